// A run's scores as the estimators want them.
#pragma once

#include <vector>

#include "stepladder/analysis/observation.hpp"
#include "stepladder/record/groups.hpp"
#include "stepladder/record/leaderboard.hpp"
#include "stepladder/record/paths.hpp"

namespace stepladder::record {

struct RateEvidence {  // of a run
  Metrics metrics;
  Seed seed;                      // of the draws
  analysis::RateRange searched;   // of learning rates; 0 and 0 where there are none
  std::vector<GroupName> groups;  // best first
  std::vector<analysis::Observation> observations;
};

// Of the trials that have a learning rate.
[[nodiscard]] std::vector<analysis::Observation> observations_of(
    const std::vector<TrialPath>& paths, const schedule::Hyperband& scheduler,
    const wire::PartRows& rows);

// Of the trials in `read`; `paths` are all, `board` is of the same run.
[[nodiscard]] RateEvidence rate_evidence_of(const Leaderboard& board,
                                            const schedule::Hyperband& scheduler,
                                            const std::vector<TrialPath>& paths,
                                            const std::vector<TrialPath>& read);
[[nodiscard]] RateEvidence rate_evidence_of(const Leaderboard& board,
                                            const schedule::Hyperband& scheduler,
                                            const History& history);

}  // namespace stepladder::record
