// How far repeated measurements of one quantity lie apart, and how well their mean is known.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace stepladder::report {

// The t-interval of a mean: mean ± t · s / sqrt(n), with t the quantile of Student's distribution
// of n - 1 degrees of freedom. It takes the values for independent draws of one normal
// distribution.
struct Interval {
  double low = 0;
  double high = 0;
};

struct Spread {
  std::size_t count = 0;
  double mean = 0;
  // The sample's, with n - 1. One value has neither this nor an interval.
  std::optional<double> standard_deviation;
  std::optional<Interval> interval_95;
};

// Nothing where there are no values.
[[nodiscard]] std::optional<Spread> spread_of(const std::vector<double>& values);

// The x that a variable of Student's t-distribution stays below with `probability`, in [0.5, 1).
// Found by bisection of the distribution function's finite series for whole degrees of freedom >= 1
// (Abramowitz and Stegun, 26.7.3 and 26.7.4).
[[nodiscard]] double student_t_quantile(double probability, std::size_t degrees);

// The 95 % interval of a share that was measured on so many independent rows, at least one (Wilson
// 1927; Agresti and Coull 1998, equation 2). Unlike mean ± 1.96 standard errors it has its coverage
// near 0 and 1 too.
[[nodiscard]] Interval wilson_interval(double share, std::int64_t rows);

}  // namespace stepladder::report
