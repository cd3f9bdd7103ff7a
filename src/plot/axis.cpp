#include "stepladder/plot/axis.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include "stepladder/trial/number_text.hpp"

namespace stepladder::plot {
namespace {

double forth(const Axis& axis, double value) {
  return axis.spacing == Spacing::log ? std::log(value) : value;
}

// 10 to a whole power, exact where a double can be.
double power_of_ten(int exponent) {
  return exponent >= 0 ? std::pow(10.0, exponent) : 1 / std::pow(10.0, -exponent);
}

std::vector<Tick> linear_ticks(const Axis& axis, std::size_t labels) {
  const double span = axis.high - axis.low;
  const int magnitude = static_cast<int>(std::floor(std::log10(span))) - 2;
  for (int exponent = magnitude;; ++exponent) {
    for (const double mantissa : {1.0, 2.0, 5.0}) {
      const double step = mantissa * power_of_ten(exponent);
      const double first = std::ceil(axis.low / step - 1e-9);
      const double last = std::floor(axis.high / step + 1e-9);
      if (last - first + 1 > static_cast<double>(labels)) continue;
      std::vector<Tick> ticks;
      for (int i = 0; first + i <= last; ++i) {
        const double value = (first + i) * step;
        ticks.push_back({.value = value, .label = decimals_text(value, std::max(0, -exponent))});
      }
      return ticks;
    }
  }
}

std::vector<Tick> log_ticks(const Axis& axis, std::size_t labels) {
  const int lowest = static_cast<int>(std::floor(std::log10(axis.low) + 1e-9));
  const int highest = static_cast<int>(std::floor(std::log10(axis.high) + 1e-9));
  std::vector<Tick> ticks;
  for (int exponent = lowest; exponent <= highest; ++exponent)
    for (int mantissa = 1; mantissa <= 9; ++mantissa) {
      const double value = mantissa * power_of_ten(exponent);
      if (value >= axis.low * (1 - 1e-9) && value <= axis.high * (1 + 1e-9))
        ticks.push_back({.value = value});
    }
  const auto mantissa_of = [](double value) {
    return static_cast<int>(
        std::lround(value / power_of_ten(static_cast<int>(std::floor(std::log10(value) + 1e-9)))));
  };
  // One notation for all of them.
  const bool is_plain = axis.low >= 1e-6 && axis.high < 1e6;
  const auto label_of = [&](double value) {
    if (is_plain) return number_text(value, 1);
    const int exponent = static_cast<int>(std::floor(std::log10(value) + 1e-9));
    return fmt::format("{}e{}", mantissa_of(value), exponent);
  };
  // The richest set of labels that fits; every 2nd, 3rd, ... decade where one a decade is too much.
  for (const std::vector<int>& set :
       {std::vector<int>{1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 2, 5}, {1, 3}, {1}}) {
    const auto is_labelled = [&](const Tick& tick) {
      return std::find(set.begin(), set.end(), mantissa_of(tick.value)) != set.end();
    };
    const auto count = std::count_if(ticks.begin(), ticks.end(), is_labelled);
    if (count > static_cast<std::ptrdiff_t>(labels) && set.size() > 1) continue;
    const std::ptrdiff_t every = 1 + (count - 1) / static_cast<std::ptrdiff_t>(labels);
    std::ptrdiff_t seen = 0;
    for (Tick& tick : ticks)
      if (is_labelled(tick) && seen++ % every == 0) tick.label = label_of(tick.value);
    break;
  }
  if (axis.high / axis.low > 1e6)  // small marks between decades would be a blur
    std::erase_if(ticks, [&](const Tick& tick) { return mantissa_of(tick.value) != 1; });
  return ticks;
}

}  // namespace

double Axis::at(double value) const {
  const double share =
      (forth(*this, value) - forth(*this, low)) / (forth(*this, high) - forth(*this, low));
  return first + share * (last - first);
}

double Axis::value_at(double pixel) const {
  const double share = (pixel - first) / (last - first);
  const double value = forth(*this, low) + share * (forth(*this, high) - forth(*this, low));
  return spacing == Spacing::log ? std::exp(value) : value;
}

double Axis::clamped(double value) const { return at(std::clamp(value, low, high)); }

Axis padded(Axis axis, double share) {
  if (axis.spacing == Spacing::log) {
    const double length = std::log(axis.high / axis.low);
    const double room = length > 1e-9 ? share * length : std::log(2.0);
    axis.low *= std::exp(-room);
    axis.high *= std::exp(room);
    return axis;
  }
  const double length = axis.high - axis.low;
  const double room = length > 1e-12 ? share * length : std::max(0.05 * std::abs(axis.high), 1e-3);
  axis.low -= room;
  axis.high += room;
  return axis;
}

std::vector<Tick> ticks_of(const Axis& axis, std::size_t labels) {
  // Within less than a factor of three a logarithmic axis is as good as linear.
  const bool is_log = axis.spacing == Spacing::log && axis.high / axis.low > 3;
  if (!is_log) return linear_ticks(axis, std::max<std::size_t>(labels, 2));
  return log_ticks(axis, std::max<std::size_t>(labels, 2));
}

}  // namespace stepladder::plot
