// The supervisor of a run: starts mpirun, watches the run's own heartbeat and end record, ends what
// is wedged or left hanging, starts again from the journal, and says honestly how it went. It makes
// no MPI call, so nothing that happens to MPI happens to it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "stepladder/launch/attendance.hpp"
#include "stepladder/launch/mpirun.hpp"
#include "stepladder/launch/watch.hpp"
#include "stepladder/store/run_directory.hpp"

namespace stepladder::launch {

// What the launcher tells the ranks: the name of this start, the file for the words of one that
// ends before its run directory is open, and that in which those on other machines than the
// launcher's hold their locks.
inline constexpr const char* kIncarnation = "STEPLADDER_INCARNATION";
inline constexpr const char* kEarlyEnd = "STEPLADDER_EARLY_END";
inline constexpr const char* kAttendanceFile = "STEPLADDER_ATTENDANCE";
inline constexpr const char* kLauncherHost = "STEPLADDER_LAUNCHER_HOST";

struct Job {
  Mpirun mpirun;
  Order order;
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
[[nodiscard]] int launch(const Job& job, const Voice& voice);

// For a rank that ends before its run directory is open: leaves word for its launcher, if it has
// one. Never fails.
void leave_word(int exit_code, const std::string& why);

// For a rank, before it starts MPI: lets its launcher know while it lives, if that has no other way
// to see it. To be kept for good.
[[nodiscard]] std::optional<Attendance> attend(int rank);

// The name of this start: the launcher's, or one made up here.
[[nodiscard]] std::string incarnation();

}  // namespace stepladder::launch
