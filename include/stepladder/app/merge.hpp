// `stepladder merge`: the journals of several runs of one experiment, which differ in the seed
// only: their winners, their leaderboards side by side, and one answer from all of them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace stepladder::app {

struct MergeOptions {
  std::vector<std::filesystem::path> run_directories;
  std::string format = "text";  // text, json, csv
  std::size_t top = 0;          // trials to show; 0: ten as text, else all
};

// Prints it; returns the exit code. Writes nothing, so it may be called while the runs go on.
// Throws InputError where a folder holds no run, or two runs are not of one experiment (naming the
// first setting that differs) or have the same seed; store::StorageError.
[[nodiscard]] int merge_runs(const MergeOptions& options);

}  // namespace stepladder::app
