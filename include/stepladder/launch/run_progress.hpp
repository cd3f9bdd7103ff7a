// What a run has to show at a moment, so that two moments can be compared.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "stepladder/store/run_directory.hpp"

namespace stepladder::launch {

struct RunProgress {
  std::uint64_t results = 0;          // reports in the journal, up to where it can be read
  std::set<std::string> checkpoints;  // files
};

[[nodiscard]] RunProgress progress_of(const store::RunDirectory& run);

// Whether there is a result or a checkpoint that was not there before.
[[nodiscard]] bool has_progressed(const RunProgress& before, const RunProgress& after);

// The ranks that were taken for lost when the journal ends. Empty where it cannot be read.
[[nodiscard]] std::vector<int> ranks_lost(const store::RunDirectory& run);

}  // namespace stepladder::launch
