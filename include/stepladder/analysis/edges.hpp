// Where the search may have been too narrow: the best rate may lie outside the range, or more steps
// than the largest budget may pay. Numbers only; signs.hpp weighs them. All
// but BestAtBound are comparisons of scores and rates as they are, no fit, so that a scheduler may
// decide by them.
#pragma once

#include <cstddef>
#include <optional>
#include <variant>
#include <vector>

#include "stepladder/analysis/interval.hpp"
#include "stepladder/analysis/observation.hpp"

namespace stepladder::analysis {

struct RateRange {  // searched on a logarithmic scale, 0 < min < max
  double min = 0;
  double max = 0;
  friend bool operator==(const RateRange&, const RateRange&) = default;
};

enum class Side { low, high };

// The best rate's 95 % interval at the largest budget comes within a hundredth of the range's
// logarithmic width of a bound.
struct BestAtBound {
  Side side = Side::low;
  double bound = 0;
  Interval best_rate_95;
};
// The best configuration, or two of the best three, lie in the outer tenth of the range (on the
// logarithmic scale), at the largest budget with at least three scores.
struct Crowded {
  Side side = Side::high;
  double bound = 0;
  Steps steps = 0;
  bool best_is_there = false;
  std::size_t of_best_three = 0;
};
// No trial diverged although the outer tenth of the range was tried, so the highest useful rate may
// be higher. `scores_turn` says that rates in the upper third of the range score worse than those
// in the middle third (Mann and Whitney's rank sum test, one-sided, 5 %, at the smallest budget):
// then nothing is amiss.
struct NoDivergence {
  double highest_rate = 0;
  bool scores_turn = false;
};
// The best share (Metrics::share) at the largest budget is better than that at the one before by
// more than two standard errors of their difference (taken for independent): more steps may pay
// further.
struct StillImproving {
  Steps from = 0;
  Steps to = 0;
  double gain = 0;
  double standard_error = 0;
};
using Edge = std::variant<BestAtBound, Crowded, NoDivergence, StillImproving>;

[[nodiscard]] std::optional<Crowded> crowded(const std::vector<Observation>& observations,
                                             const RateRange& range, const Metrics& metrics);
[[nodiscard]] std::optional<NoDivergence> no_divergence(
    const std::vector<Observation>& observations, const RateRange& range, const Metrics& metrics);
[[nodiscard]] std::optional<StillImproving> still_improving(
    const std::vector<Observation>& observations, const Metrics& metrics);

// All of the above for one group. `best_rate_95`: of the largest budget, where it is known; an
// interval that is cut off by the range touches the bound.
[[nodiscard]] std::vector<Edge> edges_of(const std::vector<Observation>& observations,
                                         const RateRange& range, const Metrics& metrics,
                                         std::optional<Interval> best_rate_95 = std::nullopt);

}  // namespace stepladder::analysis
