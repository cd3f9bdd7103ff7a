// Every trial of a run with what it scored at the rungs, up its ladder.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "stepladder/record/history.hpp"
#include "stepladder/schedule/hyperband.hpp"

namespace stepladder::record {

struct Stop {  // a trial at a rung
  Steps steps = 0;
  std::optional<Score> score;        // on `prune`
  std::optional<Steps> diverged_at;  // on its way there; then it has no score
};

struct TrialPath {  // one trial, up its ladder
  TrialId trial;
  schedule::TrialStatus status{};
  std::size_t bracket = 0;
  std::string group;                    // of GroupName::words
  std::optional<double> learning_rate;  // none where the space has none
  bool is_audited = false;              // trained on to max_steps, whatever its scores
  Steps aim = 0;                        // up to which step it was meant to be trained
  std::vector<Stop> stops;              // ascending in steps
};

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

}  // namespace stepladder::record
