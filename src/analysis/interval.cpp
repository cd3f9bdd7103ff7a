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
  return wilson_interval(share, static_cast<double>(rows), kNormalQuantile);
}

Interval wilson_interval(double share, double rows, double quantile) {
  const double square = quantile * quantile;
  const double middle = (share + square / (2 * rows)) / (1 + square / rows);
  const double half = quantile / (1 + square / rows) *
                      std::sqrt(share * (1 - share) / rows + square / (4 * rows * rows));
  return {.low = share <= 0 ? 0 : middle - half, .high = share >= 1 ? 1 : middle + half};
}

double normal_probability(double z) { return std::erfc(-z / std::numbers::sqrt2) / 2; }

double normal_quantile(double probability) {
  if (probability > 0.5) return -normal_quantile(1 - probability);
  double low = -40;
  double high = 0;
  for (int i = 0; i < 100; ++i) {
    const double middle = (low + high) / 2;
    (normal_probability(middle) < probability ? low : high) = middle;
  }
  return (low + high) / 2;
}

Interval possible_values(const Metric& metric) noexcept {
  switch (metric.kind) {
    case MetricKind::share:
      return kAnyShare;
    case MetricKind::log_loss:
      return kNotNegative;
    case MetricKind::plain:
      break;
  }
  return kAnyValue;
}

double standard_error(double share, std::int64_t rows) {
  if (rows <= 0) return 0;
  const auto n = static_cast<double>(rows);
  // One right, one wrong row more where all are alike: else nothing would seem surer.
  if (share <= 0 || share >= 1) return std::sqrt((n + 1) / std::pow(n + 2, 3));
  return std::sqrt(share * (1 - share) / n);
}

}  // namespace stepladder::analysis
