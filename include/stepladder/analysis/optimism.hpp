// By how much the best of many looks better than it is: its heldout score was not only measured, it
// was chosen for being good.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "stepladder/analysis/interval.hpp"

namespace stepladder::analysis {

// The expected largest of `count` independent standard normal variables: 0, 0.564, 0.846, ...;
// 1.54 of 10, 2.51 of 100. Needs count >= 1.
[[nodiscard]] double expected_largest_normal(std::size_t count);

struct Optimism {  // in the scores' unit; positive: looks better than it is
  std::size_t of = 0;
  double error = 0;   // standard error of one score
  double spread = 0;  // standard deviation of the trials' true scores: sqrt(max(0, s² - error²))
  // Normal true scores under normal errors (empirical Bayes): error² / sqrt(error² + spread²) ·
  // E[largest of n].
  double expected = 0;
  double if_all_were_equal = 0;  // error · E[largest of n]: the most it can be
};
// `shares`: of all the trials the best was chosen from, at one budget. Errors of different
// trials on the same rows are positively correlated, which makes the true optimism smaller. Nothing
// for fewer than two.
[[nodiscard]] std::optional<Optimism> expected_optimism(const std::vector<double>& shares,
                                                        double error);

// What was seen of it: the share a configuration was picked for less its mean over trainings
// with fresh seeds, on other rows. Even where nothing was chosen the two differ, because seeds and
// rows do; the interval is what that leaves of the difference. The seeds: s² (1 + 1/n), for the
// training that was picked is one more draw. The rows: p (1 - p) / rows of each sample, with a
// success and a failure added (Agresti and Caffo 2000), so that a share of 1 has an error too.
// s² has some of the rows' luck in it as well, where trainings fail at different rows; the interval
// is wider for it.
struct SeenOptimism {
  double value = 0;
  std::optional<Interval> interval_95;  // none for one seed, or without rows (a simulated run)
  [[nodiscard]] bool is_shown() const noexcept { return interval_95 && !interval_95->contains(0); }
};
struct MeasuredShare {
  double value = 0;
  std::int64_t rows = 0;  // that it was measured on
};
// `fresh`: at least one, all on the same `fresh_rows`.
[[nodiscard]] SeenOptimism seen_optimism(const MeasuredShare& picked_for,
                                         const std::vector<double>& fresh, std::int64_t fresh_rows);

}  // namespace stepladder::analysis
