#include "stepladder/analysis/optimism.hpp"

#include <algorithm>
#include <cmath>

#include "stepladder/analysis/spread.hpp"

namespace stepladder::analysis {

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

std::optional<Optimism> expected_optimism(const std::vector<double>& accuracies, double error) {
  if (accuracies.size() < 2) return std::nullopt;
  const double seen = *spread_of(accuracies)->standard_deviation;
  Optimism optimism{.of = accuracies.size(), .error = error};
  optimism.spread = std::sqrt(std::max(seen * seen - error * error, 0.0));
  const double largest = expected_largest_normal(accuracies.size());
  optimism.if_all_were_equal = error * largest;
  const double both = std::hypot(error, optimism.spread);
  optimism.expected = both > 0 ? error * error / both * largest : 0;
  return optimism;
}

SeenOptimism seen_optimism(double accuracy_chosen_by, const std::vector<double>& fresh_accuracies) {
  const Spread fresh = *spread_of(fresh_accuracies);
  SeenOptimism seen{.value = accuracy_chosen_by - fresh.mean};
  if (fresh.interval_95)
    seen.interval_95 = Interval{.low = accuracy_chosen_by - fresh.interval_95->high,
                                .high = accuracy_chosen_by - fresh.interval_95->low};
  return seen;
}

}  // namespace stepladder::analysis
