#include "stepladder/analysis/best_rate.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "stepladder/trial/random.hpp"

namespace stepladder::analysis {
namespace {

// With more steps the best rate falls or stays in every theory and most experiments; where the rate
// decays in a fixed number of steps it may rise somewhat. So a rise is taken for normal, of this
// deviation in ln(rate) over a factor of 3 in steps, and nothing is held against a fall.
constexpr double kRiseDeviation = 0.4;
constexpr std::size_t kDrawsOfEach = 3;  // so many are made for each that is kept

struct Lowest {
  double place = 0;  // in grid points
  double value = 0;
};

Lowest lowest_of(const std::vector<double>& curve) {
  const auto at =
      static_cast<std::size_t>(std::min_element(curve.begin(), curve.end()) - curve.begin());
  Lowest lowest{.place = static_cast<double>(at), .value = curve[at]};
  if (at == 0 || at + 1 == curve.size()) return lowest;
  const double rise = (curve[at + 1] - curve[at - 1]) / 2;
  const double bend = curve[at + 1] - 2 * curve[at] + curve[at - 1];
  if (bend <= 0) return lowest;
  lowest.place -= rise / bend;
  lowest.value -= rise * rise / (2 * bend);
  return lowest;
}

// The logarithm of that prior, up to a constant, for one draw: of a walk, so that it does not
// depend on how many budgets there are.
double log_prior_of_rise(const std::vector<BestRateDraws>& draws_by_budget, std::size_t draw) {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < draws_by_budget.size(); ++i) {
    const double triplings = std::log(static_cast<double>(draws_by_budget[i + 1].budget.steps) /
                                      static_cast<double>(draws_by_budget[i].budget.steps)) /
                             std::log(3);
    const double rise =
        std::max(draws_by_budget[i + 1].log_rates[draw] - draws_by_budget[i].log_rates[draw], 0.0) /
        kRiseDeviation;
    sum -= rise * rise / (2 * triplings);
  }
  return sum;
}

// Draws as often as they are likely by that prior (systematic resampling: Douc, Cappé 2005).
std::vector<std::size_t> likely_draws(const std::vector<BestRateDraws>& draws_by_budget,
                                      std::size_t count, Seed seed) {
  const std::size_t drawn = draws_by_budget.front().log_rates.size();
  std::vector<double> weights;
  for (std::size_t i = 0; i < drawn; ++i) weights.push_back(log_prior_of_rise(draws_by_budget, i));
  const double highest = *std::max_element(weights.begin(), weights.end());
  double sum = 0;
  for (double& weight : weights) sum += weight = std::exp(weight - highest);
  const double first = RandomStream(seed, Purpose::analysis).uniform(0);
  std::vector<std::size_t> chosen;
  double reached = 0;
  for (std::size_t i = 0; i < drawn; ++i) {
    reached += weights[i] / sum * static_cast<double>(count);
    while (chosen.size() < count && static_cast<double>(chosen.size()) + first < reached)
      chosen.push_back(i);
  }
  while (chosen.size() < count) chosen.push_back(drawn - 1);  // rounding
  return chosen;
}

// Of grid points.
std::size_t lowest_on_average(const std::vector<std::vector<double>>& curves) {
  std::vector<double> sums(BestRateDraws::kGridPoints);
  for (const std::vector<double>& curve : curves)
    std::transform(sums.begin(), sums.end(), curve.begin(), sums.begin(), std::plus<>());
  return static_cast<std::size_t>(std::min_element(sums.begin(), sums.end()) - sums.begin());
}

template <class T>
std::vector<T> picked(const std::vector<T>& values, const std::vector<std::size_t>& which) {
  std::vector<T> chosen;
  chosen.reserve(which.size());
  for (const std::size_t i : which) chosen.push_back(values[i]);
  return chosen;
}

}  // namespace

RateWindow rate_window(const Surface& surface, Steps steps, const DivergenceLimit& limit) {
  const SearchedRates searched = surface.searched(steps);
  RateWindow budget{.steps = steps,
                    .rates = searched.rates,
                    .low = searched.low_is_known ? End::known_worse : End::open,
                    .high = searched.high_is_known ? End::known_worse : End::open};
  // The highest rate scored may be just below the limit.
  if (limit.limit && limit.limit->interval_95.low <= budget.rates.high * 1.001) {
    const double most = limit.limit->interval_95.high;
    if (most < budget.rates.high || budget.high == End::open) budget.high = End::divergence;
    budget.rates.high = std::max(std::min(budget.rates.high, most), budget.rates.low * 1.001);
  }
  return budget;
}

double BestRateDraws::value_at(std::size_t draw, double log_rate) const {
  const std::vector<double>& curve = curves[draw];
  const double place = std::clamp((log_rate - log_low) / (log_high - log_low), 0.0, 1.0) *
                       static_cast<double>(kGridPoints - 1);
  const std::size_t below = std::min(static_cast<std::size_t>(place), kGridPoints - 2);
  const double share = place - static_cast<double>(below);
  return (1 - share) * curve[below] + share * curve[below + 1];
}

std::vector<BestRateDraws> best_rate_draws(const Surface& surface,
                                           const std::vector<RateWindow>& budgets,
                                           std::size_t count, Seed seed) {
  std::vector<BestRateDraws> draws_by_budget;
  std::vector<SurfacePoint> points;
  for (const RateWindow& budget : budgets) {
    BestRateDraws draws{.budget = budget,
                        .log_low = std::log(budget.rates.low),
                        .log_high = std::log(budget.rates.high)};
    for (std::size_t i = 0; i < BestRateDraws::kGridPoints; ++i)
      points.push_back(
          {.learning_rate =
               std::exp(draws.log_low + (draws.log_high - draws.log_low) * static_cast<double>(i) /
                                            static_cast<double>(BestRateDraws::kGridPoints - 1)),
           .steps = static_cast<double>(budget.steps)});
    draws_by_budget.push_back(std::move(draws));
  }
  for (const std::vector<double>& draw : surface.draws(points, kDrawsOfEach * count, seed)) {
    auto from = draw.begin();
    for (BestRateDraws& draws : draws_by_budget) {
      std::vector<double> curve(from, from + BestRateDraws::kGridPoints);
      from += BestRateDraws::kGridPoints;
      const Lowest lowest = lowest_of(curve);
      draws.log_rates.push_back(draws.log_low +
                                (draws.log_high - draws.log_low) * lowest.place /
                                    static_cast<double>(BestRateDraws::kGridPoints - 1));
      draws.log_lowest.push_back(lowest.value);
      draws.curves.push_back(std::move(curve));
    }
  }
  if (draws_by_budget.empty()) return draws_by_budget;
  const std::vector<std::size_t> likely = likely_draws(draws_by_budget, count, seed);
  for (BestRateDraws& draws : draws_by_budget) {
    draws.log_rates = picked(draws.log_rates, likely);
    draws.log_lowest = picked(draws.log_lowest, likely);
    draws.curves = picked(draws.curves, likely);
    const std::size_t settled = lowest_on_average(draws.curves);
    for (const std::vector<double>& curve : draws.curves)
      draws.log_scores.push_back(curve[settled]);
  }
  return draws_by_budget;
}

Estimate estimate_of(const std::vector<double>& draws) {
  return {.value = quantile(draws, 0.5), .interval_95 = middle_95(draws)};
}

Estimate exp(const Estimate& log) {
  return {.value = std::exp(log.value),
          .interval_95 = {.low = std::exp(log.interval_95.low),
                          .high = std::exp(log.interval_95.high)}};
}

}  // namespace stepladder::analysis
