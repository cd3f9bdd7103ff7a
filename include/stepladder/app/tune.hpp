// `stepladder tune`: the main job. Under mpirun rank 0 schedules and every other rank trains;
// alone, threads train. The same command starts a run and resumes it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "stepladder/app/progress.hpp"
#include "stepladder/experiment/experiment.hpp"
#include "stepladder/mpi/node_memory.hpp"
#include "stepladder/mpi/session.hpp"

namespace stepladder::app {

enum class WorkloadKind {
  training,
  idle,  // made-up scores at once, without data or checkpoints: what is measured is the scheduler
};

struct TuneOptions {
  std::filesystem::path experiment;
  std::optional<std::filesystem::path> run_directory;  // default runs/NAME
  std::vector<std::string> overrides;
  std::uint32_t threads = 0;            // without MPI; 0: one a processor
  std::optional<std::string> deadline;  // default the end of the Slurm job, if it runs in one
  ProgressOptions progress;
  WorkloadKind workload = WorkloadKind::training;
};

// Where a run's files are. Throws InputError where that cannot be.
[[nodiscard]] std::filesystem::path run_directory_of(const TuneOptions& options,
                                                     const experiment::Experiment& experiment);

// The exit code. Throw InputError, data::DataError, store::StorageError.
[[nodiscard]] int tune_with_threads(const TuneOptions& options);

// On every rank of a session of at least two. Complaints of any rank are thrown as InputError on
// rank 0, and make the others return kWrongInput in silence.
[[nodiscard]] int tune_with_ranks(const TuneOptions& options, const mpi::Session& session,
                                  mpi::NodeMemory& memory);

}  // namespace stepladder::app
