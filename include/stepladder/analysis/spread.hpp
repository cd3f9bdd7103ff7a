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

// Nothing where there are no values. The interval ends where the quantity does: what lies beyond
// `possible` is cut off, which loses no coverage. It misses with probability `error`, which is
// smaller where it has to allow for having been looked at several times.
[[nodiscard]] std::optional<Spread> spread_of(const std::vector<double>& values,
                                              const Interval& possible = kAnyValue,
                                              double error = 0.05);

// Of shares of rows that trainings with fresh seeds score, all on the same `rows`. Two things make
// their mean uncertain as a statement on the configuration: the seeds, s² / n, and the rows,
// p (1 - p) / rows, which all trainings share, so that it does not shrink with n. The interval is
// Wilson's for as many independent rows as leave the same variance (the effective sample size of
// surveys: Kott and Carr 1997), with welch_quantile(). It lies within [0, 1]. Without rows (a
// simulated run) it is that of spread_of().
[[nodiscard]] std::optional<Spread> share_over_seeds(const std::vector<double>& shares,
                                                     std::int64_t rows, double error = 0.05);

// What the quantile of `probability` (0.975: 1.96) is for a normal error, for one of two
// independent parts: one whose variance was estimated with so many degrees of freedom (>= 1), and
// one whose variance is known (Satterthwaite 1946; Welch 1947). Degrees are rounded down.
[[nodiscard]] double welch_quantile(double estimated_variance, std::size_t degrees,
                                    double known_variance, double probability = 0.975);

// The x that a variable of Student's t-distribution stays below with `probability`, in [0.5, 1).
// Found by bisection of the distribution function's finite series for whole degrees of freedom >= 1
// (Abramowitz and Stegun, 26.7.3 and 26.7.4).
[[nodiscard]] double student_t_quantile(double probability, std::size_t degrees);

}  // namespace stepladder::analysis
