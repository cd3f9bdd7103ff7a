// `stepladder tune`: the main job. Under mpirun rank 0 schedules and every other rank trains;
// alone, threads train. The same command starts a run and resumes it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "stepladder/experiment/experiment.hpp"
#include "stepladder/run/progress.hpp"
#include "stepladder/run/ranks.hpp"
#include "stepladder/run/workload.hpp"

namespace stepladder::run {

struct TuneOptions {
  std::filesystem::path experiment;
  std::optional<std::filesystem::path> run_directory;  // default runs/NAME
  std::vector<std::string> overrides;
  int threads = 0;                      // of an unaccompanied process; 0: one a processor
  std::optional<std::string> deadline;  // default the end of the Slurm job, if it runs in one
  ProgressOptions progress;
  WorkloadKind workload = WorkloadKind::mlp;
};

// Where a run's files are. Throws InputError where that cannot be.
[[nodiscard]] std::filesystem::path run_directory_of(const TuneOptions& options,
                                                     const experiment::Experiment& experiment);

// On every rank; the exit code. What is wrong with the input of any rank is thrown on rank 0, and
// makes the others return kWrongInput in silence. Throws InputError, data::DataError,
// store::StorageError, Halted.
[[nodiscard]] int tune(const TuneOptions& options, Ranks& ranks);

}  // namespace stepladder::run
