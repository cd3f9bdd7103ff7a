// `stepladder doctor`: what is wrong with the machine, or with how ranks are started on it, before
// a run is; and the same examination at the start of every run.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "stepladder/app/tune.hpp"
#include "stepladder/doctor/findings.hpp"
#include "stepladder/experiment/experiment.hpp"
#include "stepladder/mpi/session.hpp"

namespace stepladder::app {

struct DoctorOptions {
  TuneOptions tune;  // the experiment may be left out
  bool json = false;
};

// What a run is going to need.
struct Need {
  std::filesystem::path run_directory;  // empty: not known
  std::optional<doctor::Checkpoints> checkpoints;
  int threads = 0;              // of workers, without MPI
  std::string data;             // what was read of it, in words; empty: nothing
  std::string sharing_trouble;  // this rank's, as in doctor::RankFacts
};

// Collective; rank 0 gets the findings. Without a session, of this process alone. Leaves nothing
// behind in the run directory's folder. Throws InputError where that cannot be used.
[[nodiscard]] std::vector<doctor::Finding> examine_ranks(const mpi::Session* session,
                                                         const Need& need);

// Throws InputError for the first error; returns the warnings, each as a line with its remedy.
[[nodiscard]] std::vector<std::string> warnings_in(const std::vector<doctor::Finding>& findings);

// Without MPI both pointers are null. Prints it on rank 0; returns the exit code: 0, or 2 where
// something is an error. Throws InputError.
[[nodiscard]] int show_doctor(const DoctorOptions& options, const mpi::Session* session,
                              mpi::NodeMemory* memory);

}  // namespace stepladder::app
