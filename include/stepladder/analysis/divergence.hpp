// How high the learning rate may be before training diverges, at each step budget.
#pragma once

#include <optional>
#include <vector>

#include "stepladder/analysis/interval.hpp"
#include "stepladder/analysis/observation.hpp"

namespace stepladder::analysis {

// At a budget, a trial has survived if it was scored there or later, and has diverged if it did so
// by then; a trial that was pruned earlier says nothing.
struct DivergenceLimit {
  std::optional<double> highest_survivor;  // rate
  std::optional<double> lowest_diverged;   // rate
  // The rate that separates the two best: fewest survivors above plus diverged below, the geometric
  // middle of all such rates. None where nothing diverged or nothing survived, or where a limit
  // below or above all rates would have fewer on the wrong side.
  // The interval resamples trials and always holds the gap between the neighbours of the limit.
  std::optional<Estimate> limit;
};

[[nodiscard]] DivergenceLimit divergence_limit(const std::vector<Observation>& observations,
                                               Steps steps, Seed seed);

}  // namespace stepladder::analysis
