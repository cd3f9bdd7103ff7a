// `stepladder launch`: `tune` on ranks, under a supervisor that outlives whatever happens to them.
#pragma once

#include <string>
#include <vector>

#include "stepladder/launch/mpirun.hpp"
#include "stepladder/launch/watch.hpp"
#include "stepladder/run/tune.hpp"

namespace stepladder::app {

struct LaunchOptions {
  run::TuneOptions tune;
  std::vector<std::string> tune_arguments;  // what was given for `tune`, to be passed on
  int ranks = 0;                            // 0: Slurm's tasks, or one a processor and one more
  std::vector<std::string> hosts;           // NAME or NAME:RANKS
  int restarts_max = 5;
  launch::Limits limits;
  std::string mpirun = "mpirun";
  std::vector<std::string> mpirun_options;
};

// The exit code. Throws InputError.
[[nodiscard]] int launch_ranks(const LaunchOptions& options);

}  // namespace stepladder::app
