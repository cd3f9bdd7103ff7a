// What is wrong with how a run is about to be started, and the remedy in words. A pure function of
// the facts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stepladder/doctor/facts.hpp"

namespace stepladder::doctor {

enum class Gravity {
  well,
  warning,  // it will run, not as well as it could
  error,    // it would fail, or give wrong results
};

struct Finding {
  Gravity gravity = Gravity::well;
  std::string about;  // one word
  std::string what;
  std::string remedy;  // empty where all is well
};

struct CheckpointNeed {
  std::int64_t bytes_each = 0;  // at the most
  std::int64_t count = 0;       // of all that the plan will take; 0: its number of trials is open
  std::int64_t bytes_max = 0;   // that the run may keep; 0: no limit
  bool is_exact = true;         // false: there is no data, and its shape is a guess
};

struct Patient {
  std::vector<RankFacts> ranks;  // one where there is no MPI
  int ranks_launched = 1;        // by what the launcher says
  bool is_slurm_step = false;    // started by srun itself
  int slurm_tasks = 0;           // of the job; 0: there is no job
  int threads = 0;               // of workers, where there is no MPI
  std::string mpi_built;         // the library at the build, as "Open MPI 4.1.4"; empty: none
  std::optional<StorageFacts> storage;  // where the run directory is known
  std::optional<CheckpointNeed> checkpoints;
  std::string data;  // what was read of it, in words; empty: nothing
};

// Whether the ranks of each node hold the data once. `troubles` has each rank's own: why its node
// cannot, in the system's words; empty where it can.
[[nodiscard]] Finding sharing(const std::vector<std::string>& hosts,
                              const std::vector<std::string>& troubles);

// All findings, in a fixed order; those that are well included.
[[nodiscard]] std::vector<Finding> examine(const Patient& patient);

[[nodiscard]] std::string to_text(const std::vector<Finding>& findings);
[[nodiscard]] std::string to_json(const std::vector<Finding>& findings);

}  // namespace stepladder::doctor
