// One optimizer update of all parameters, by the formulas in optimizer.hpp and whole_gradient.hpp.
#pragma once

#include <span>

#include "stepladder/training/optimizer.hpp"
#include "stepladder/training/whole_gradient.hpp"
#include "stepladder/trial/ids.hpp"

namespace stepladder::training {

// 1 / (1 - beta^t), Adam's correction of a mean that began at 0.
[[nodiscard]] double bias_correction(double beta, Steps t) noexcept;

// values: [1 + moments][parameters], see State; gradient: [parameters]. t: the updates done with
// this one, 1, 2, ... Results depend in their last bits on the alignment of both spans.
template <class Scalar>
void update(const Optimizer& optimizer, double rate, Steps t, std::span<Scalar> values,
            std::span<const Scalar> gradient);

// Scales the gradient, before anything else is done with it; leaves it alone without clipping.
template <class Scalar>
void clip(const Optimizer& optimizer, std::span<Scalar> gradient);

// Of the clipped gradient with its l2 term and the direction of the step before, which is recovered
// from the moments in `values`; t as for the update that follows. Nothing in the first step. Needs
// an optimizer that adapts its rate.
template <class Scalar>
[[nodiscard]] Alignment alignment(const Optimizer& optimizer, Steps t,
                                  std::span<const Scalar> values, std::span<const Scalar> gradient);

extern template void update<float>(const Optimizer&, double, Steps, std::span<float>,
                                   std::span<const float>);
extern template void update<double>(const Optimizer&, double, Steps, std::span<double>,
                                    std::span<const double>);
extern template void clip<float>(const Optimizer&, std::span<float>);
extern template void clip<double>(const Optimizer&, std::span<double>);
extern template Alignment alignment<float>(const Optimizer&, Steps, std::span<const float>,
                                           std::span<const float>);
extern template Alignment alignment<double>(const Optimizer&, Steps, std::span<const double>,
                                            std::span<const double>);

}  // namespace stepladder::training
