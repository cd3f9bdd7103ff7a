#include "stepladder/analysis/ridge.hpp"

#include <algorithm>
#include <cmath>

namespace stepladder::analysis {
namespace {

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

}  // namespace

RidgeBudget ridge_budget(const Surface& surface, Steps steps, const DivergenceLimit& limit) {
  const SearchedRates searched = surface.searched(steps);
  RidgeBudget budget{.steps = steps,
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

double Ridge::value_at(std::size_t draw, double log_rate) const {
  const std::vector<double>& curve = curves[draw];
  const double place = std::clamp((log_rate - log_low) / (log_high - log_low), 0.0, 1.0) *
                       static_cast<double>(kGridPoints - 1);
  const std::size_t below = std::min(static_cast<std::size_t>(place), kGridPoints - 2);
  const double share = place - static_cast<double>(below);
  return (1 - share) * curve[below] + share * curve[below + 1];
}

std::vector<Ridge> ridges_of(const Surface& surface, const std::vector<RidgeBudget>& budgets,
                             std::size_t draws, Seed seed) {
  std::vector<Ridge> ridges;
  std::vector<SurfacePoint> points;
  for (const RidgeBudget& budget : budgets) {
    Ridge ridge{.budget = budget,
                .log_low = std::log(budget.rates.low),
                .log_high = std::log(budget.rates.high)};
    for (std::size_t i = 0; i < Ridge::kGridPoints; ++i)
      points.push_back(
          {.learning_rate =
               std::exp(ridge.log_low + (ridge.log_high - ridge.log_low) * static_cast<double>(i) /
                                            static_cast<double>(Ridge::kGridPoints - 1)),
           .steps = static_cast<double>(budget.steps)});
    ridges.push_back(std::move(ridge));
  }
  for (const std::vector<double>& draw : surface.draws(points, draws, seed)) {
    auto from = draw.begin();
    for (Ridge& ridge : ridges) {
      std::vector<double> curve(from, from + Ridge::kGridPoints);
      from += Ridge::kGridPoints;
      const Lowest lowest = lowest_of(curve);
      ridge.log_rates.push_back(ridge.log_low + (ridge.log_high - ridge.log_low) * lowest.place /
                                                    static_cast<double>(Ridge::kGridPoints - 1));
      ridge.log_scores.push_back(lowest.value);
      ridge.curves.push_back(std::move(curve));
    }
  }
  return ridges;
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
