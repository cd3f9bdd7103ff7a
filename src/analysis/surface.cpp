#include "stepladder/analysis/surface.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <set>

#include "stepladder/analysis/gaussian_process.hpp"

namespace stepladder::analysis {
namespace {

constexpr std::size_t kBestKept = 4;

double log_middle(const Interval& interval) {
  return 0.5 * (std::log(interval.low) + std::log(interval.high));
}
double log_half(const Interval& interval) { return 0.5 * std::log(interval.high / interval.low); }

// What lies near the valley's floor: scores within kWindow of the lowest at their budget, and the
// best kBestKept there however far apart.
std::vector<Observation> near_the_floor(const std::vector<Observation>& scored,
                                        const Metrics& metrics) {
  std::map<Steps, std::vector<double>> ranked;
  for (const Observation& observation : scored)
    ranked[observation.steps].push_back(*measured(observation, metrics));
  std::map<Steps, double> border;
  for (auto& [steps, values] : ranked) {
    std::sort(values.begin(), values.end());
    border[steps] = std::max(values.front() * std::exp(Surface::kWindow),
                             values[std::min(values.size(), kBestKept) - 1]);
  }
  std::vector<Observation> near;
  for (const Observation& observation : scored)
    if (*measured(observation, metrics) <= border.at(observation.steps))
      near.push_back(observation);
  return near;
}

Interval rates_of(const std::vector<Observation>& observations) {
  Interval rates{.low = observations.front().learning_rate,
                 .high = observations.front().learning_rate};
  for (const Observation& observation : observations) {
    rates.low = std::min(rates.low, observation.learning_rate);
    rates.high = std::max(rates.high, observation.learning_rate);
  }
  return rates;
}

// The geometric mean.
double typical_effective_steps(const std::vector<Observation>& observations) {
  double sum = 0;
  for (const Observation& observation : observations) sum += std::log(effective_steps(observation));
  return std::exp(sum / static_cast<double>(observations.size()));
}

// For each budget the rates between the nearest ones, on either side of all that are near the
// floor, that scored too far above it to be near. A rate that was too low for some steps is too low
// for k times as many when divided by k, if its steps are as effective: it makes the same progress
// there.
std::map<Steps, SearchedRates> searched_at(const std::vector<Observation>& scored,
                                           const std::vector<Observation>& near,
                                           const Interval& tried) {
  std::map<Steps, std::vector<Observation>> near_at;
  for (const Observation& observation : near) near_at[observation.steps].push_back(observation);
  std::map<Steps, SearchedRates> searched;
  double idle = 0;  // rate times effective steps that is too little
  for (const auto& [steps, kept] : near_at) {
    const Interval hull = rates_of(kept);
    SearchedRates& at = searched[steps];
    at.rates = tried;
    const double effective = typical_effective_steps(kept);
    if (const double low = idle / effective; tried.low < low && low < hull.low) {
      at.rates.low = low;
      at.low_is_known = true;
    }
    for (const Observation& observation : scored) {
      if (observation.steps != steps) continue;
      if (observation.learning_rate < hull.low) {
        at.rates.low = std::max(at.low_is_known ? at.rates.low : 0, observation.learning_rate);
        at.low_is_known = true;
      }
      if (observation.learning_rate > hull.high) {
        at.rates.high = at.high_is_known ? std::min(at.rates.high, observation.learning_rate)
                                         : observation.learning_rate;
        at.high_is_known = true;
      }
    }
    if (at.low_is_known) idle = std::max(idle, at.rates.low * effective);
  }
  return searched;
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

std::optional<Surface> Surface::fit(const std::vector<Observation>& observations,
                                    const Metrics& metrics, std::optional<Interval> range) {
  std::vector<Observation> scored;
  for (const Observation& observation : observations)
    if (measured(observation, metrics)) scored.push_back(observation);
  if (scored.size() < kScoresMin) return std::nullopt;
  Interval tried = rates_of(scored);
  if (range)
    tried = {.low = std::min(tried.low, range->low), .high = std::max(tried.high, range->high)};
  const std::vector<Observation> near = near_the_floor(scored, metrics);
  std::map<Steps, SearchedRates> searched = searched_at(scored, near, tried);
  scored = thinned(near, kScoresMax);

  const std::vector<Steps> budgets = budgets_of(scored);
  const Interval rates = rates_of(scored);
  if (!(rates.low < rates.high)) return std::nullopt;
  double sum = 0;
  double squares = 0;
  for (const Observation& observation : scored) sum += std::log(*measured(observation, metrics));
  const double mean = sum / static_cast<double>(scored.size());
  for (const Observation& observation : scored) {
    const double away = std::log(*measured(observation, metrics)) - mean;
    squares += away * away;
  }
  const double deviation =
      std::max(std::sqrt(squares / static_cast<double>(scored.size() - 1)), 1e-9);

  Scales scales{.rates = rates,
                .steps = {.low = static_cast<double>(budgets.front()),
                          .high = static_cast<double>(budgets.back())},
                .mean = mean,
                .deviation = deviation};
  for (const Steps steps : budgets) {
    std::vector<Observation> there;
    for (const Observation& observation : scored)
      if (observation.steps == steps) there.push_back(observation);
    const double log_steps = std::log(static_cast<double>(steps));
    scales.lags.emplace_back(log_steps, log_steps - std::log(typical_effective_steps(there)));
  }
  std::vector<Datum> data;
  data.reserve(scored.size());
  for (const Observation& observation : scored)
    data.push_back({.input = scales.input(observation),
                    .y = (std::log(*measured(observation, metrics)) - mean) / deviation,
                    .trial = observation.trial.value,
                    .run = observation.run,
                    .noise_class = static_cast<std::uint32_t>(
                        std::lower_bound(budgets.begin(), budgets.end(), observation.steps) -
                        budgets.begin())});
  return Surface(budgets, scales,
                 std::make_shared<const GaussianProcess>(std::move(data), budgets.size()), tried,
                 std::move(searched));
}

// Linear between budgets, and constant beyond.
double Surface::Scales::lag_at(double log_steps) const {
  const auto next = std::find_if(lags.begin(), lags.end(),
                                 [&](const auto& lag) { return lag.first >= log_steps; });
  if (next == lags.begin()) return next->second;
  if (next == lags.end()) return lags.back().second;
  const auto before = std::prev(next);
  const double share = (log_steps - before->first) / (next->first - before->first);
  return before->second + share * (next->second - before->second);
}

// One unit for all: the process knows that rate times effective steps is progress.
Input Surface::Scales::input(double log_rate, double log_steps, double log_effective) const {
  const double unit = std::max(log_half(rates), log_half(steps));
  return {.x = (log_rate - log_middle(rates)) / unit,
          .t = (log_steps - log_middle(steps)) / unit,
          .u = (log_effective - log_middle(steps)) / unit};
}

Input Surface::Scales::input(const Observation& observation) const {
  return input(std::log(observation.learning_rate),
               std::log(static_cast<double>(observation.steps)),
               std::log(effective_steps(observation)));
}

Input Surface::Scales::input(const SurfacePoint& point) const {
  const double log_steps = std::log(point.steps);
  return input(std::log(point.learning_rate), log_steps, log_steps - lag_at(log_steps));
}

SearchedRates Surface::searched(Steps steps) const {
  const auto found = searched_.find(steps);
  return found != searched_.end() ? found->second : SearchedRates{.rates = tried_};
}

Estimate Surface::at(const SurfacePoint& point) const {
  const GaussianProcess::Prediction y = process_->at(scales_.input(point));
  const double middle = scales_.mean + scales_.deviation * y.mean;
  const double reach = 1.959963984540054 * scales_.deviation * y.deviation;
  return {.value = std::exp(middle),
          .interval_95 = {.low = std::exp(middle - reach), .high = std::exp(middle + reach)}};
}

std::vector<std::vector<double>> Surface::draws(std::span<const SurfacePoint> points,
                                                std::size_t count, Seed seed) const {
  std::vector<Input> inputs;
  for (const SurfacePoint& point : points) inputs.push_back(scales_.input(point));
  std::vector<std::vector<double>> drawn = process_->draws(inputs, count, seed);
  for (std::vector<double>& draw : drawn)
    for (double& y : draw) y = scales_.mean + scales_.deviation * y;
  return drawn;
}

double Surface::trial_deviation() const { return scales_.deviation * process_->trial_deviation(); }

double Surface::noise(std::size_t budget) const {
  return scales_.deviation * process_->noise(budget);
}

}  // namespace stepladder::analysis
