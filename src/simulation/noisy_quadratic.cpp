#include "stepladder/simulation/noisy_quadratic.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "stepladder/trial/elementary.hpp"

namespace stepladder::simulation {
namespace {

double rate_at(RateShape shape, double peak, Steps step, Steps steps) {
  if (shape == RateShape::constant) return peak;
  return peak * (1 - static_cast<double>(step) / static_cast<double>(steps));
}

double loss_of(const NoisyQuadratic& problem, const std::vector<double>& moments) {
  double sum = 0;
  for (std::size_t i = 0; i < moments.size(); ++i) sum += problem.curvatures[i] * moments[i];
  return sum / 2;
}

struct Descent {
  double loss = 0;
  Steps steps = 0;  // fewer than asked for: diverged there
};

Descent descend(const NoisyQuadratic& problem, RateShape shape, double peak, Steps steps) {
  constexpr Steps kStepsBetweenChecks = 16;
  std::vector<double> moments(problem.curvatures.size(), problem.start);
  const double too_high = 10 * loss_of(problem, moments);
  for (Steps step = 0; step < steps; ++step) {
    const double rate = rate_at(shape, peak, step, steps);
    const double noise = rate * rate * problem.noise;
    for (std::size_t i = 0; i < moments.size(); ++i) {
      const double h = problem.curvatures[i];
      const double kept = 1 - rate * h;
      moments[i] = kept * kept * moments[i] + noise * h;
    }
    if (step % kStepsBetweenChecks == 0 && !(loss_of(problem, moments) < too_high))
      return {.loss = too_high, .steps = step + 1};
  }
  const double loss = loss_of(problem, moments);
  return {.loss = loss, .steps = loss < too_high ? steps : steps - 1};
}

}  // namespace

NoisyQuadratic NoisyQuadratic::power_law(std::size_t directions, double power, double noise) {
  NoisyQuadratic problem{.noise = noise};
  for (std::size_t i = 1; i <= directions; ++i)
    problem.curvatures.push_back(elementary::pow(static_cast<double>(i), -power));
  return problem;
}

std::optional<double> exact_loss(const NoisyQuadratic& problem, RateShape shape, double rate,
                                 Steps steps) {
  const Descent descent = descend(problem, shape, rate, steps);
  if (descent.steps < steps) return std::nullopt;
  return descent.loss;
}

double exact_best_rate(const NoisyQuadratic& problem, RateShape shape, Steps steps, double low,
                       double high) {
  constexpr int kScan = 200;
  const auto loss_at = [&](double log_rate) {
    return descend(problem, shape, elementary::exp(log_rate), steps).loss;
  };
  const double first = elementary::log(low);
  const double width = (elementary::log(high) - first) / kScan;
  int best = 0;
  double lowest = loss_at(first);
  for (int i = 1; i <= kScan; ++i) {
    const double loss = loss_at(first + i * width);
    if (loss < lowest) best = i;
    lowest = std::min(lowest, loss);
  }
  const double golden = (std::sqrt(5.0) - 1) / 2;
  double left = first + std::max(best - 1, 0) * width;
  double right = first + std::min(best + 1, kScan) * width;
  while (right - left > 1e-6) {
    const double inner_left = right - golden * (right - left);
    const double inner_right = left + golden * (right - left);
    if (loss_at(inner_left) < loss_at(inner_right)) {
      right = inner_right;
    } else {
      left = inner_left;
    }
  }
  return elementary::exp((left + right) / 2);
}

Training quadratic_workload(NoisyQuadratic problem, RateShape shape, const QuadraticNoise& noise,
                            Seed seed) {
  return [problem = std::move(problem), shape, noise,
          seed](const Assignment& assignment) -> Trained {
    const Value* given = assignment.configuration.find("learning_rate");
    if (given == nullptr || !std::holds_alternative<double>(*given))
      throw std::logic_error("the noisy quadratic needs a learning_rate");
    const Descent descent = descend(problem, shape, std::get<double>(*given), assignment.to);
    if (descent.steps < assignment.to)
      return {.outcome = Diverged{descent.steps}, .duration = static_cast<double>(descent.steps)};
    const RandomStream of_trial(seed, Purpose::simulation, assignment.trial.value, 1);
    const RandomStream of_score(seed, Purpose::simulation, assignment.trial.value,
                                static_cast<std::uint64_t>(assignment.to));
    const double loss = descent.loss * elementary::exp(noise.trial * of_trial.normal(0) +
                                                       noise.heldout * of_score.normal(0));
    return {.outcome = Score{elementary::exp(-loss), loss},
            .duration = static_cast<double>(assignment.to - assignment.from)};
  };
}

}  // namespace stepladder::simulation
