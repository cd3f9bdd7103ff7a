#include "stepladder/training/learning_rate.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "stepladder/trial/elementary.hpp"

namespace stepladder::training {
namespace {

// From `start` to `end` along half a cosine; share in [0, 1].
double half_cosine(double start, double end, double share) {
  return end + (start - end) / 2 * (1 + elementary::cos_pi(share));
}

double periods(Steps t, Steps decay_steps, bool staircase) {
  const Steps whole = t / decay_steps;
  if (staircase) return static_cast<double>(whole);
  return static_cast<double>(t) / static_cast<double>(decay_steps);
}

struct RateAt {
  Steps t;
  double horizon;

  [[nodiscard]] double share() const { return std::min(1.0, static_cast<double>(t) / horizon); }

  double operator()(const ConstantRate& policy) const { return policy.rate; }
  double operator()(const ExponentialDecay& policy) const {
    return policy.rate *
           elementary::pow(policy.decay_rate, periods(t, policy.decay_steps, policy.staircase));
  }
  double operator()(const InverseTimeDecay& policy) const {
    return policy.rate / (1 + policy.decay_rate * periods(t, policy.decay_steps, policy.staircase));
  }
  double operator()(const PolynomialDecay& policy) const {
    const double end = policy.end_factor * policy.rate;
    const double left = 1 - static_cast<double>(std::min(t, policy.decay_steps)) /
                                static_cast<double>(policy.decay_steps);
    return (policy.rate - end) * elementary::pow(left, policy.power) + end;
  }
  double operator()(const LinearToZero& policy) const { return policy.rate * (1 - share()); }
  double operator()(const CosineDecay& policy) const {
    return half_cosine(policy.rate, policy.end_factor * policy.rate, share());
  }
  double operator()(const OneCycle& policy) const {
    const double initial = policy.rate / 25;
    const double top = 0.3 * horizon - 1;  // the update that is the highest
    const double step = std::min(static_cast<double>(t), horizon - 1);
    if (step < top) return half_cosine(initial, policy.rate, step / top);
    const double fall = horizon - 1 - top;
    return half_cosine(policy.rate, initial / 1e4, fall > 0 ? (step - top) / fall : 0);
  }
  double operator()(const WarmupStableDecay& policy) const {
    const double cooldown = std::max(1.0, std::round(policy.cooldown_fraction * horizon));
    const double left = std::max(0.0, horizon - static_cast<double>(t));
    return policy.rate * std::min(1.0, left / cooldown);
  }
};

}  // namespace

HorizonUse horizon_use(const LearningRatePolicy& policy) noexcept {
  return std::visit([](const auto& p) { return p.kHorizonUse; }, policy);
}

double rate_at(const LearningRatePolicy& policy, Steps t, Steps horizon) {
  if (horizon < 1 && horizon_use(policy) != HorizonUse::none)
    throw std::logic_error("rate_at: this policy needs a horizon");
  return std::visit(RateAt{t, static_cast<double>(horizon)}, policy);
}

double warmup_factor(Steps warmup_steps, Steps t) noexcept {
  if (t >= warmup_steps) return 1;
  return static_cast<double>(t + 1) / static_cast<double>(warmup_steps);
}

}  // namespace stepladder::training
