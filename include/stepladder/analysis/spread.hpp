// How far repeated measurements of one quantity lie apart, and how well their mean is known.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "stepladder/analysis/interval.hpp"

namespace stepladder::analysis {

struct Spread {
  std::size_t count = 0;
  double mean = 0;
  // The sample's, with n - 1. One value has neither this nor an interval.
  std::optional<double> standard_deviation;
  // The t-interval of the mean: mean ± t · s / sqrt(n), with t the quantile of Student's
  // distribution of n - 1 degrees of freedom. It takes the values for independent draws of one
  // normal distribution.
  std::optional<Interval> interval_95;
};

// Nothing where there are no values.
[[nodiscard]] std::optional<Spread> spread_of(const std::vector<double>& values);

// The x that a variable of Student's t-distribution stays below with `probability`, in [0.5, 1).
// Found by bisection of the distribution function's finite series for whole degrees of freedom >= 1
// (Abramowitz and Stegun, 26.7.3 and 26.7.4).
[[nodiscard]] double student_t_quantile(double probability, std::size_t degrees);

}  // namespace stepladder::analysis
