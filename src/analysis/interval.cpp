#include "stepladder/analysis/interval.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace stepladder::analysis {
namespace {

double quantile_of_sorted(const std::vector<double>& values, double probability) {
  const double place = probability * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (place - static_cast<double>(below)) * (values[above] - values[below]);
}

}  // namespace

double quantile(std::vector<double> values, double probability) {
  std::sort(values.begin(), values.end());
  return quantile_of_sorted(values, probability);
}

Interval middle_95(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return {.low = quantile_of_sorted(values, 0.025), .high = quantile_of_sorted(values, 0.975)};
}

Interval wilson_interval(double share, std::int64_t rows) {
  if (rows <= 0) return {.low = 0, .high = 1};
  constexpr double kNormalQuantile = 1.959963984540054;  // of probability 0.975
  constexpr double kSquare = kNormalQuantile * kNormalQuantile;
  const auto n = static_cast<double>(rows);
  const double middle = (share + kSquare / (2 * n)) / (1 + kSquare / n);
  const double half = kNormalQuantile / (1 + kSquare / n) *
                      std::sqrt(share * (1 - share) / n + kSquare / (4 * n * n));
  return {.low = share <= 0 ? 0 : middle - half, .high = share >= 1 ? 1 : middle + half};
}

double normal_probability(double z) { return std::erfc(-z / std::numbers::sqrt2) / 2; }

}  // namespace stepladder::analysis
