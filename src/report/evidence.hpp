// Private to the room: a run's trials with their scores, and the same as the estimators want them.
#pragma once

#include <vector>

#include "stepladder/analysis/observation.hpp"
#include "stepladder/report/history.hpp"
#include "stepladder/report/run_report.hpp"

namespace stepladder::report {

// By id, replicates left out.
[[nodiscard]] std::vector<TrialPath> paths_of(const schedule::Hyperband& scheduler,
                                              const History& history);

// Which trials the analysis reads: of a very large run the first of those that it began with, and
// of each extension, by id and in proportion. A trial's configuration does not depend on how many
// there are, so they are a fair sample, and two thousand leave no doubt worth the hours that all
// would take.
inline constexpr std::size_t kTrialsReadMax = 2048;
[[nodiscard]] std::vector<TrialPath> sample_of(const std::vector<TrialPath>& paths,
                                               const schedule::Hyperband& scheduler);

// Of the trials that have a learning rate.
[[nodiscard]] std::vector<analysis::Observation> observations_of(
    const std::vector<TrialPath>& paths, const schedule::Hyperband& scheduler,
    const wire::PartRows& rows);

}  // namespace stepladder::report
