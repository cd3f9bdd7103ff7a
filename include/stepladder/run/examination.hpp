// What is wrong with the machines of a run, or with how its ranks were started, before it begins.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "stepladder/doctor/findings.hpp"
#include "stepladder/run/ranks.hpp"

namespace stepladder::run {

// What a run is going to need.
struct Need {
  std::filesystem::path run_directory;  // empty: not known
  std::optional<doctor::CheckpointNeed> checkpoints;
  std::string data;             // what was read of it, in words; empty: nothing
  std::string sharing_trouble;  // this rank's, as in doctor::RankFacts
};

// Collective; rank 0 gets the findings. Leaves nothing behind in the run directory's folder. Throws
// InputError where that cannot be used.
[[nodiscard]] std::vector<doctor::Finding> examine_ranks(Ranks& ranks, const Need& need);

// Throws InputError for the first error; returns the warnings, each as a line with its remedy.
[[nodiscard]] std::vector<std::string> warnings_in(const std::vector<doctor::Finding>& findings);

}  // namespace stepladder::run
