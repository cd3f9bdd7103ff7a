#include "stepladder/analysis/optimism.hpp"

#include <algorithm>
#include <cmath>

#include "stepladder/analysis/spread.hpp"

namespace stepladder::analysis {
namespace {

struct Proportion {
  double value = 0;
  double variance = 0;
};

Proportion with_one_of_each(const MeasuredShare& share) {
  const auto rows = static_cast<double>(share.rows);
  const double p = (share.value * rows + 1) / (rows + 2);
  return {.value = p, .variance = p * (1 - p) / (rows + 2)};
}

}  // namespace

// E = integral of x d(P(x)^n) = integral over x > 0 of (1 - P(x)^n) - P(-x)^n, by the trapezoidal
// rule, which converges faster than any power for such integrands.
double expected_largest_normal(std::size_t count) {
  constexpr double kEnd = 12;
  constexpr int kPoints = 2400;
  const auto n = static_cast<double>(count);
  double sum = 0;
  for (int i = 0; i <= kPoints; ++i) {
    const double x = kEnd * i / kPoints;
    const double value =
        1 - std::pow(normal_probability(x), n) - std::pow(normal_probability(-x), n);
    sum += (i == 0 || i == kPoints ? 0.5 : 1.0) * value;
  }
  return sum * kEnd / kPoints;
}

std::optional<Optimism> expected_optimism(const std::vector<double>& shares, double error) {
  if (shares.size() < 2) return std::nullopt;
  const double seen = *spread_of(shares)->standard_deviation;
  Optimism optimism{.of = shares.size(), .error = error};
  optimism.spread = std::sqrt(std::max(seen * seen - error * error, 0.0));
  const double largest = expected_largest_normal(shares.size());
  optimism.if_all_were_equal = error * largest;
  const double both = std::hypot(error, optimism.spread);
  optimism.expected = both > 0 ? error * error / both * largest : 0;
  return optimism;
}

SeenOptimism seen_optimism(const MeasuredShare& picked_for, const std::vector<double>& fresh,
                           std::int64_t fresh_rows) {
  const Spread spread = *spread_of(fresh);
  SeenOptimism seen{.value = picked_for.value - spread.mean};
  if (!spread.standard_deviation || picked_for.rows <= 0 || fresh_rows <= 0) return seen;
  const Proportion picked = with_one_of_each(picked_for);
  const Proportion mean = with_one_of_each({.value = spread.mean, .rows = fresh_rows});
  const auto count = static_cast<double>(spread.count);
  const double of_seeds = *spread.standard_deviation * *spread.standard_deviation * (1 + 1 / count);
  const double of_rows = picked.variance + mean.variance;
  const double middle = picked.value - mean.value;
  const double reach =
      welch_quantile(of_seeds, spread.count - 1, of_rows) * std::sqrt(of_seeds + of_rows);
  seen.interval_95 = Interval{.low = middle - reach, .high = middle + reach};
  return seen;
}

}  // namespace stepladder::analysis
