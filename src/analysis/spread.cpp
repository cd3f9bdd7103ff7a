#include "stepladder/analysis/spread.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace stepladder::analysis {
namespace {

// The probability that |T| < t.
double student_t_within(double t, std::size_t degrees) {
  const double angle = std::atan2(t, std::sqrt(static_cast<double>(degrees)));
  const double cosine = std::cos(angle);
  const bool is_odd = degrees % 2 == 1;
  double term = is_odd ? cosine : 1;
  double sum = degrees == 1 ? 0 : term;
  for (std::size_t k = is_odd ? 3 : 2; k < degrees; k += 2) {
    term *= cosine * cosine * static_cast<double>(k - 1) / static_cast<double>(k);
    sum += term;
  }
  sum *= std::sin(angle);
  return is_odd ? 2 / std::numbers::pi * (angle + sum) : sum;
}

}  // namespace

double student_t_quantile(double probability, std::size_t degrees) {
  const double within = 2 * probability - 1;
  double low = 0;
  double high = 1;
  while (student_t_within(high, degrees) < within) high *= 2;
  for (double middle = high / 2; low < middle && middle < high; middle = low + (high - low) / 2)
    (student_t_within(middle, degrees) < within ? low : high) = middle;
  return low;
}

double welch_quantile(double estimated_variance, std::size_t degrees, double known_variance,
                      double probability) {
  constexpr double kMost = 10'000;  // as good as normal
  if (estimated_variance <= 0)
    return student_t_quantile(probability, static_cast<std::size_t>(kMost));
  const double share = estimated_variance / (estimated_variance + known_variance);
  const double effective = std::min(static_cast<double>(degrees) / (share * share), kMost);
  return student_t_quantile(probability, static_cast<std::size_t>(effective));
}

std::optional<Spread> spread_of(const std::vector<double>& values, const Interval& possible,
                                double error) {
  if (values.empty()) return std::nullopt;
  const auto count = static_cast<double>(values.size());
  Spread spread{.count = values.size()};
  for (const double value : values) spread.mean += value / count;
  if (values.size() == 1) return spread;
  double squares = 0;
  for (const double value : values) squares += (value - spread.mean) * (value - spread.mean);
  const double deviation = std::sqrt(squares / (count - 1));
  const double reach =
      student_t_quantile(1 - error / 2, values.size() - 1) * deviation / std::sqrt(count);
  spread.standard_deviation = deviation;
  spread.interval_95 = Interval{.low = std::max(spread.mean - reach, possible.low),
                                .high = std::min(spread.mean + reach, possible.high)};
  return spread;
}

std::optional<Spread> share_over_seeds(const std::vector<double>& shares, std::int64_t rows,
                                       double error) {
  std::optional<Spread> spread = spread_of(shares, {.low = 0, .high = 1}, error);
  if (!spread || !spread->interval_95 || rows <= 0) return spread;
  const double p = std::clamp(spread->mean, 0.0, 1.0);
  const double deviation = *spread->standard_deviation;
  const double of_seeds = deviation * deviation / static_cast<double>(spread->count);
  const double of_rows = p * (1 - p) / static_cast<double>(rows);
  const double share_of_rows = of_seeds > 0 ? of_rows / (of_rows + of_seeds) : 1;
  spread->interval_95 =
      wilson_interval(p, static_cast<double>(rows) * share_of_rows,
                      welch_quantile(of_seeds, spread->count - 1, of_rows, 1 - error / 2));
  return spread;
}

}  // namespace stepladder::analysis
