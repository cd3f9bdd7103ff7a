// By how much the best of many looks better than it is: its heldout score was not only measured, it
// was chosen for being good.
#pragma once

#include <cstddef>
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
// `accuracies`: of all the trials the best was chosen from, at one budget. Errors of different
// trials on the same rows are positively correlated, which makes the true optimism smaller. Nothing
// for fewer than two.
[[nodiscard]] std::optional<Optimism> expected_optimism(const std::vector<double>& accuracies,
                                                        double error);

// What was seen of it: the score it was chosen by minus the mean over fresh seeds. The interval is
// that mean's t-interval, mirrored; none for one seed.
struct SeenOptimism {
  double value = 0;
  std::optional<Interval> interval_95;
};
// Needs at least one fresh accuracy.
[[nodiscard]] SeenOptimism seen_optimism(double accuracy_chosen_by,
                                         const std::vector<double>& fresh_accuracies);

}  // namespace stepladder::analysis
