#include "stepladder/analysis/surface.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace stepladder::analysis {
namespace {

// Maps [low, high] to [-1, 1]; everything to 0 where they are equal.
double centred(double value, double low, double high) {
  return high > low ? (2 * value - low - high) / (high - low) : 0;
}

// The trials that got furthest first, thinned out from the end.
std::vector<Observation> thinned(std::vector<Observation> scored, std::size_t count_max) {
  if (scored.size() <= count_max) return scored;
  std::map<TrialId, Steps> furthest;
  for (const Observation& observation : scored)
    furthest[observation.trial] = std::max(furthest[observation.trial], observation.steps);
  std::stable_sort(scored.begin(), scored.end(), [&](const Observation& a, const Observation& b) {
    const Steps of_a = furthest[a.trial];
    const Steps of_b = furthest[b.trial];
    return of_a != of_b ? of_a > of_b : a.trial < b.trial;
  });
  // Whoever got beyond the first budget stays as far as there is room for half of them.
  const std::size_t kept = count_max / 2;
  std::vector<Observation> chosen(scored.begin(),
                                  scored.begin() + static_cast<std::ptrdiff_t>(kept));
  const std::size_t left = scored.size() - kept;
  for (std::size_t i = 0; i < count_max - kept; ++i)
    chosen.push_back(scored[kept + i * left / (count_max - kept)]);
  return chosen;
}

}  // namespace

std::optional<Surface> Surface::fit(const std::vector<Observation>& observations, Measure measure) {
  std::vector<Observation> scored;
  for (const Observation& observation : observations)
    if (measured(observation, measure)) scored.push_back(observation);
  if (scored.size() < kScoresMin) return std::nullopt;
  scored = thinned(std::move(scored), kScoresMax);

  const std::vector<Steps> budgets = budgets_of(scored);
  Interval rates{.low = scored.front().learning_rate, .high = scored.front().learning_rate};
  double sum = 0;
  double squares = 0;
  for (const Observation& observation : scored) {
    rates.low = std::min(rates.low, observation.learning_rate);
    rates.high = std::max(rates.high, observation.learning_rate);
    sum += std::log(*measured(observation, measure));
  }
  if (!(rates.low < rates.high)) return std::nullopt;
  const double mean = sum / static_cast<double>(scored.size());
  for (const Observation& observation : scored) {
    const double away = std::log(*measured(observation, measure)) - mean;
    squares += away * away;
  }
  const double deviation =
      std::max(std::sqrt(squares / static_cast<double>(scored.size() - 1)), 1e-9);

  const Scales scales{.rates = rates,
                      .steps = {.low = static_cast<double>(budgets.front()),
                                .high = static_cast<double>(budgets.back())},
                      .mean = mean,
                      .deviation = deviation};
  std::vector<Datum> data;
  for (const Observation& observation : scored)
    data.push_back({.place = scales.place({.learning_rate = observation.learning_rate,
                                           .steps = static_cast<double>(observation.steps)}),
                    .y = (std::log(*measured(observation, measure)) - mean) / deviation,
                    .trial = observation.trial.value,
                    .noise_class = static_cast<std::uint32_t>(
                        std::lower_bound(budgets.begin(), budgets.end(), observation.steps) -
                        budgets.begin())});
  return Surface(measure, budgets, scales, GaussianProcess(std::move(data), budgets.size()));
}

Place Surface::Scales::place(const SurfacePoint& point) const {
  const double x = std::log(point.learning_rate);
  const double t = std::log(point.steps);
  const Interval xs{.low = std::log(rates.low), .high = std::log(rates.high)};
  const Interval ts{.low = std::log(steps.low), .high = std::log(steps.high)};
  return {.x = centred(x, xs.low, xs.high),
          .t = centred(t, ts.low, ts.high),
          .u = 2 * (x + t - (xs.low + xs.high + ts.low + ts.high) / 2) / (xs.high - xs.low)};
}

Estimate Surface::at(const SurfacePoint& point) const {
  const GaussianProcess::Prediction y = process_.at(scales_.place(point));
  const double middle = scales_.mean + scales_.deviation * y.mean;
  const double reach = 1.959963984540054 * scales_.deviation * y.deviation;
  return {.value = std::exp(middle),
          .interval_95 = {.low = std::exp(middle - reach), .high = std::exp(middle + reach)}};
}

std::vector<std::vector<double>> Surface::draws(std::span<const SurfacePoint> points,
                                                std::size_t count, Seed seed) const {
  std::vector<Place> places;
  for (const SurfacePoint& point : points) places.push_back(scales_.place(point));
  std::vector<std::vector<double>> drawn = process_.draws(places, count, seed);
  for (std::vector<double>& draw : drawn)
    for (double& y : draw) y = scales_.mean + scales_.deviation * y;
  return drawn;
}

double Surface::trial_deviation() const { return scales_.deviation * process_.trial_deviation(); }

double Surface::noise(std::size_t budget) const {
  return scales_.deviation * process_.noise(budget);
}

}  // namespace stepladder::analysis
