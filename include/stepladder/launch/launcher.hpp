// The supervisor of a run: starts mpirun, watches the run's own heartbeat and end record, ends what
// is wedged or left hanging, starts again from the journal, and says honestly how it went. It makes
// no MPI call, so nothing that happens to MPI happens to it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "stepladder/launch/mpirun.hpp"
#include "stepladder/launch/watch.hpp"
#include "stepladder/store/run_directory.hpp"

namespace stepladder::launch {

struct LaunchSettings {
  Mpirun mpirun;
  MpirunCall order;
  store::RunDirectory run;
  Limits limits;
  int restarts_max = 5;
};

// What a person is told.
struct Voice {
  // One line a decision.
  std::function<void(const std::string&)> say;
  // What is being waited for from now on; empty: nothing, or somebody else tells of it.
  std::function<void(const std::string&)> wait_for;
};

// The run's exit code. SIGUSR1, INT, TERM and HUP ask the ranks to save and stop; a second INT or
// TERM ends them at once. Throws std::runtime_error where mpirun cannot be started.
[[nodiscard]] int launch(const LaunchSettings& job, const Voice& voice);

}  // namespace stepladder::launch
