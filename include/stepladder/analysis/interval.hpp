// Intervals and the few distributions they need.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "stepladder/trial/metrics.hpp"

namespace stepladder::analysis {

struct Interval {
  double low = 0;
  double high = 0;
  [[nodiscard]] bool contains(double value) const noexcept { return low <= value && value <= high; }
  friend bool operator==(const Interval&, const Interval&) = default;
};

inline constexpr Interval kAnyValue{.low = -std::numeric_limits<double>::infinity(),
                                    .high = std::numeric_limits<double>::infinity()};
inline constexpr Interval kNotNegative{.low = 0, .high = kAnyValue.high};
inline constexpr Interval kAnyShare{.low = 0, .high = 1};

// Where the values of a metric may lie.
[[nodiscard]] Interval possible_values(const Metric& metric) noexcept;

// A number and its 95 % interval, in the number's own unit.
struct Estimate {
  double value = 0;
  Interval interval_95;
  friend bool operator==(const Estimate&, const Estimate&) = default;
};

// The value that a share `probability` of the values is not above, linear between neighbours
// (Hyndman and Fan 1996, definition 7). Needs at least one value; probability in [0, 1].
[[nodiscard]] double quantile(std::vector<double> values, double probability);

// The middle 95 % of draws or resamples. Needs at least one value.
[[nodiscard]] Interval middle_95(std::vector<double> values);

// The standard error of a share measured on so many rows: sqrt(p (1 - p) / n), the binomial
// one; of a share of 0 or 1 that of one row right and one wrong more, since it is not 0.
[[nodiscard]] double standard_error(double share, std::int64_t rows);

// The 95 % interval of a share that was measured on so many independent rows (Wilson 1927; Agresti
// and Coull 1998, equation 2). Unlike mean ± 1.96 standard errors it has its coverage near 0 and 1
// too. Of no rows: [0, 1].
[[nodiscard]] Interval wilson_interval(double share, std::int64_t rows);

// The same of a number of rows that need not be whole, above 0, `quantile` standard errors wide.
[[nodiscard]] Interval wilson_interval(double share, double rows, double quantile);

// The probability that a standard normal variable stays below z.
[[nodiscard]] double normal_probability(double z);

// The z below which a standard normal variable stays with `probability`, in (0, 1).
[[nodiscard]] double normal_quantile(double probability);

}  // namespace stepladder::analysis
