#include "stepladder/training/whole_gradient.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace stepladder::training {
namespace {

// The larger one; NaN where `value` is.
double at_least(double bound, double value) { return value < bound ? bound : value; }

double cosine(const Alignment& alignment) {
  const double norms =
      std::sqrt(alignment.gradient_squares) * std::sqrt(alignment.direction_squares);
  return norms == 0 ? 0 : alignment.product / norms;
}

}  // namespace

double clip_factor(const Optimizer& optimizer, double norm) noexcept {
  if (!optimizer.clip_norm) return 1;
  if (!std::isfinite(norm)) return std::numeric_limits<double>::quiet_NaN();
  return *optimizer.clip_norm / std::max(norm, *optimizer.clip_norm);
}

double neutral_adaptation(const Optimizer& optimizer) noexcept {
  const bool adds =
      adapts_rate(optimizer.kind) && optimizer.hypergradient == Hypergradient::additive;
  return adds ? 0 : 1;
}

double adapted(const Optimizer& optimizer, double adaptation, double policy_rate,
               const Alignment& alignment) noexcept {
  const double rate = optimizer.hypergradient_rate;
  if (optimizer.hypergradient == Hypergradient::additive)
    return at_least(-policy_rate, adaptation + rate * alignment.product);
  return at_least(0, adaptation * (1 + rate * cosine(alignment)));
}

double adapted_rate(const Optimizer& optimizer, double adaptation, double policy_rate) noexcept {
  if (!adapts_rate(optimizer.kind)) return policy_rate;
  if (optimizer.hypergradient == Hypergradient::additive) return policy_rate + adaptation;
  return policy_rate * adaptation;
}

}  // namespace stepladder::training
