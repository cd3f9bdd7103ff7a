// What an update takes from the gradient of all parameters together, before it changes the first of
// them: how much the gradient is clipped, and how a hypergradient optimizer adapts the rate. The
// engines compute the sums; the few numbers that follow from them are computed here, for both.
//
// Clipping (Pascanu et al., ICML 2013, algorithm 1, in TensorFlow's form, tf.clip_by_global_norm):
// g *= clip_norm / max(|g|, clip_norm), of the raw gradient, before l2 is added.
//
// Hypergradients (Baydin et al., ICLR 2018, section 2 and algorithms 4 to 6). With g_t the
// gradient, clipped and with its l2 term, and d_(t-1) the direction of the step before, of which
// the step took rate times,
//   sgd_hd       d = g
//   nesterov_hd  d = g + mu v
//   adam_hd      d = (m / (1-b1^t)) / (sqrt(v / (1-b2^t)) + epsilon)
// the hypergradient is h_t = g_t . d_(t-1), and 0 in the first step. One number, the adaptation, is
// carried from step to step, so that it goes with every policy and is the paper's rule where the
// policy is constant; b is hypergradient_rate:
//   additive        x_t = x_(t-1) + b h_t, begins at 0;  rate = policy(t) + x_t,
//                   and x_t is never below -policy(t)
//   multiplicative  f_t = f_(t-1) (1 + b h_t / (|g_t| |d_(t-1)|)), begins at 1, with 0/0 counted as
//                   0;  rate = policy(t) f_t, and f_t is never below 0
// A sum that is no number makes the adaptation, the rate and with them the parameters no numbers,
// so that the next loss shows that training has diverged.
#pragma once

#include "stepladder/training/optimizer.hpp"

namespace stepladder::training {

// Of a gradient g and the direction d of the step before, over all parameters.
struct Alignment {
  double product = 0;            // g . d
  double gradient_squares = 0;   // |g|^2
  double direction_squares = 0;  // |d|^2
};

// What clipping multiplies a gradient of that norm by: 1 without clipping or up to clip_norm, NaN
// for a norm that is not finite.
[[nodiscard]] double clip_factor(const Optimizer& optimizer, double norm) noexcept;

// The adaptation before the first step: it leaves the policy's rate as it is.
[[nodiscard]] double neutral_adaptation(const Optimizer& optimizer) noexcept;

// The adaptation for a step from that of the step before. policy_rate: the policy's rate at this
// step.
[[nodiscard]] double adapted(const Optimizer& optimizer, double adaptation, double policy_rate,
                             const Alignment& alignment) noexcept;

// The rate of a step. From 0 up, or not finite; the policy's where the optimizer adapts nothing.
[[nodiscard]] double adapted_rate(const Optimizer& optimizer, double adaptation,
                                  double policy_rate) noexcept;

}  // namespace stepladder::training
