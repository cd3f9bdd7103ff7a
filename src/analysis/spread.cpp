#include "stepladder/analysis/spread.hpp"

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

std::optional<Spread> spread_of(const std::vector<double>& values) {
  if (values.empty()) return std::nullopt;
  const auto count = static_cast<double>(values.size());
  Spread spread{.count = values.size()};
  for (const double value : values) spread.mean += value / count;
  if (values.size() == 1) return spread;
  double squares = 0;
  for (const double value : values) squares += (value - spread.mean) * (value - spread.mean);
  const double deviation = std::sqrt(squares / (count - 1));
  const double reach = student_t_quantile(0.975, values.size() - 1) * deviation / std::sqrt(count);
  spread.standard_deviation = deviation;
  spread.interval_95 = Interval{.low = spread.mean - reach, .high = spread.mean + reach};
  return spread;
}

}  // namespace stepladder::analysis
