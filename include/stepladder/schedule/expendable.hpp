// Which trials' trained states are least likely to be needed again, for whoever has no room for
// all.
#pragma once

#include <vector>

#include "stepladder/schedule/hyperband.hpp"

namespace stepladder::schedule {

// First those that failed, then those that will never be trained again, then those that may climb,
// the lowest rungs first, then replicates one of which will be the winner's model; in each, the
// worst first. Trials at work and the leader, or the chosen model, are not among them. O(n log n)
// in the number of trials.
[[nodiscard]] std::vector<TrialId> expendable(const Hyperband& scheduler);

}  // namespace stepladder::schedule
