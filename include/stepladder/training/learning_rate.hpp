// Learning-rate policies: pure functions of the number of updates already done, t = 0, 1, 2, ...,
// and, for those that are bound to one, of the horizon T: the length of the run they were planned
// for. The last update of a run is at t = T - 1, and none of these is 0 there unless it was asked
// to be. Beyond the horizon a bound policy stays where it ended.
//
// A policy is a struct here, its formula in learning_rate.cpp, and one row of kPolicies.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>
#include <variant>

#include "stepladder/training/takes.hpp"
#include "stepladder/trial/ids.hpp"

namespace stepladder::training {

// Whether a policy looks at the horizon. The scheduler must know: the score of a bound one in the
// middle of its way says little of what it would have reached had it been planned to end there.
enum class HorizonUse {
  none,      // the same at step t however long the run
  cooldown,  // only its last part depends on where the run ends
  bound,     // every step does
};

struct ConstantRate {
  static constexpr HorizonUse kHorizonUse = HorizonUse::none;
  double rate = 0.1;
  friend bool operator==(const ConstantRate&, const ConstantRate&) = default;
};

// rate * decay_rate^(t / decay_steps); with staircase the exponent is floor(t / decay_steps).
// TensorFlow 1's tf.train.exponential_decay, computed in double precision. With staircase it is
// also the "step" policy.
struct ExponentialDecay {
  static constexpr HorizonUse kHorizonUse = HorizonUse::none;
  double rate = 0.1;
  Steps decay_steps = 1000;
  double decay_rate = 0.96;
  bool staircase = false;
  friend bool operator==(const ExponentialDecay&, const ExponentialDecay&) = default;
};

// rate / (1 + decay_rate * t / decay_steps); with staircase floor(t / decay_steps).
// tf.train.inverse_time_decay.
struct InverseTimeDecay {
  static constexpr HorizonUse kHorizonUse = HorizonUse::none;
  double rate = 0.1;
  Steps decay_steps = 1000;
  double decay_rate = 0.5;
  bool staircase = false;
  friend bool operator==(const InverseTimeDecay&, const InverseTimeDecay&) = default;
};

// (rate - end) * (1 - min(t, D) / D)^power + end, D = decay_steps, end = end_factor * rate.
// tf.train.polynomial_decay without cycles.
struct PolynomialDecay {
  static constexpr HorizonUse kHorizonUse = HorizonUse::none;
  double rate = 0.1;
  Steps decay_steps = 1000;
  double power = 1;
  double end_factor = 0;
  friend bool operator==(const PolynomialDecay&, const PolynomialDecay&) = default;
};

// rate * (1 - t / T): at the last update rate / T, so that no step is wasted (Defazio et al. 2023).
struct LinearToZero {
  static constexpr HorizonUse kHorizonUse = HorizonUse::bound;
  double rate = 0.1;
  friend bool operator==(const LinearToZero&, const LinearToZero&) = default;
};

// end + (rate - end) / 2 * (1 + cos(pi t / T)), end = end_factor * rate (Loshchilov and Hutter,
// ICLR 2017, equation 5, one period).
struct CosineDecay {
  static constexpr HorizonUse kHorizonUse = HorizonUse::bound;
  double rate = 0.1;
  double end_factor = 0;
  friend bool operator==(const CosineDecay&, const CosineDecay&) = default;
};

// Half a cosine up from rate / 25 to rate over the first 30 % of T, half a cosine down to rate /
// 250000 at t = T - 1 (Smith and Topin 2018, in fastai's and PyTorch's form; momentum is left
// alone).
struct OneCycle {
  static constexpr HorizonUse kHorizonUse = HorizonUse::bound;
  double rate = 0.1;  // the highest
  friend bool operator==(const OneCycle&, const OneCycle&) = default;
};

// Stable at rate, then linear towards zero over the last cooldown_fraction of T: c = max(1,
// round(fraction * T)) steps, rate * (T - t) / c in them (Haegele et al. 2024; with warm-up:
// warm-up, stable, decay).
struct WarmupStableDecay {
  static constexpr HorizonUse kHorizonUse = HorizonUse::cooldown;
  double rate = 0.1;
  double cooldown_fraction = 0.2;
  friend bool operator==(const WarmupStableDecay&, const WarmupStableDecay&) = default;
};

using LearningRatePolicy =
    std::variant<ConstantRate, ExponentialDecay, InverseTimeDecay, PolynomialDecay, LinearToZero,
                 CosineDecay, OneCycle, WarmupStableDecay>;

// Calls visit(name, value) for each hyperparameter of one of these policies, in the order of the
// documentation; `value` refers to the policy's own.
template <class Policy, class Visit>
constexpr void for_each_hyperparameter(Policy& policy, const Visit& visit) {
  visit("learning_rate", policy.rate);
  if constexpr (requires { policy.decay_steps; }) visit("decay_steps", policy.decay_steps);
  if constexpr (requires { policy.decay_rate; }) visit("decay_rate", policy.decay_rate);
  if constexpr (requires { policy.staircase; }) visit("staircase", policy.staircase);
  if constexpr (requires { policy.power; }) visit("power", policy.power);
  if constexpr (requires { policy.end_factor; }) visit("end_factor", policy.end_factor);
  if constexpr (requires { policy.cooldown_fraction; })
    visit("cooldown_fraction", policy.cooldown_fraction);
}

// All that is known of a policy beside its formula. Whether it looks at the horizon, horizon_use()
// says.
struct PolicyRow {
  std::string_view word;      // in experiment files
  std::string_view name;      // in reports
  LearningRatePolicy policy;  // with the defaults of what it takes
  Takes takes{};              // beside learning_rate, which all take
};

// Messages list the words in this order.
inline constexpr auto kPolicies = std::to_array<PolicyRow>({
    {.word = "constant", .name = "a constant rate", .policy = ConstantRate{}},
    {.word = "exponential",
     .name = "exponential decay",
     .policy = ExponentialDecay{},
     .takes = {{"decay_steps", "decay_rate", "staircase"}}},
    {.word = "step",
     .name = "step decay",
     .policy = ExponentialDecay{.staircase = true},
     .takes = {{"decay_steps", "decay_rate"}}},
    {.word = "inverse_time",
     .name = "inverse-time decay",
     .policy = InverseTimeDecay{},
     .takes = {{"decay_steps", "decay_rate", "staircase"}}},
    {.word = "polynomial",
     .name = "polynomial decay",
     .policy = PolynomialDecay{},
     .takes = {{"decay_steps", "power", "end_factor"}}},
    {.word = "linear", .name = "linear decay", .policy = LinearToZero{}},
    {.word = "cosine", .name = "cosine decay", .policy = CosineDecay{}, .takes = {{"end_factor"}}},
    {.word = "one_cycle", .name = "one-cycle", .policy = OneCycle{}},
    {.word = "wsd", .name = "wsd", .policy = WarmupStableDecay{}, .takes = {{"cooldown_fraction"}}},
});

// What a configuration has that names none.
inline constexpr std::string_view kPolicyIfUnnamed = "constant";

// nullptr where no policy has that word.
[[nodiscard]] constexpr const PolicyRow* policy_named(std::string_view word) noexcept {
  const auto* const found = std::find_if(kPolicies.begin(), kPolicies.end(),
                                         [&](const PolicyRow& row) { return row.word == word; });
  return found == kPolicies.end() ? nullptr : found;
}

[[nodiscard]] HorizonUse horizon_use(const LearningRatePolicy& policy) noexcept;

// std::logic_error where the policy needs a horizon and it is below 1.
[[nodiscard]] double rate_at(const LearningRatePolicy& policy, Steps t, Steps horizon = 0);

// The factor of a linear warm-up: (t + 1) / warmup_steps, at most 1. 1 without warm-up,
// warmup_steps = 0.
[[nodiscard]] double warmup_factor(Steps warmup_steps, Steps t) noexcept;

}  // namespace stepladder::training
