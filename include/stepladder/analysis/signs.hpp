// What speaks for a wider range of learning rates, and how far to go: the one rule by which a run
// widens its range and by which its report advises to.
#pragma once

#include <vector>

#include "stepladder/analysis/edges.hpp"
#include "stepladder/analysis/response.hpp"

namespace stepladder::analysis {

// Of a group's edges those that are signs, given its response:
// - BestAtBound and Crowded, but not where no two rates differ significantly, nor upwards where
//   the best rate is as high as does not diverge;
// - NoDivergence where high rates do not score worse, and the best rate, if it is known, comes up
//   to the upper bound.
[[nodiscard]] std::vector<Edge> signs_of(const std::vector<Edge>& edges, const Response& response);

// The bound that a sign speaks against.
[[nodiscard]] Side side_of(const Edge& sign);

// The range to search next: a side with one sign against it is moved by a factor of 3, one with two
// or more by 10, never beyond `cap`; up to `cap` where less than a factor of 2 would remain and a
// decade suffices; not at all where only a factor of 1.2 remains. The range itself where nothing is
// to be moved.
[[nodiscard]] RateRange extended(const RateRange& range, const std::vector<Edge>& signs,
                                 const RateRange& cap);

}  // namespace stepladder::analysis
