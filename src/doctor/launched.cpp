#include "stepladder/doctor/launched.hpp"

#include <cstdlib>

namespace stepladder::doctor {

int ranks_launched() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"})
    if (const char* value = std::getenv(name)) return std::atoi(value);
  // A Slurm step (srun) has a PMIx server or none; only the number of its tasks tells that several
  // were started.
  if (std::getenv("SLURM_STEP_ID") != nullptr)
    if (const char* value = std::getenv("SLURM_STEP_NUM_TASKS")) return std::atoi(value);
  return 1;
}

int rank_launched() {
  for (const char* name : {"OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_PROCID"})
    if (const char* rank = std::getenv(name)) return std::atoi(rank);
  return 0;
}

bool is_slurm_step() {
  return std::getenv("SLURM_STEP_ID") != nullptr && std::getenv("OMPI_COMM_WORLD_SIZE") == nullptr;
}

std::optional<std::string> launcher_trouble(const std::string& library) {
  if (!is_slurm_step() || ranks_launched() < 2) return std::nullopt;
  const auto is_there = [](const char* name) { return std::getenv(name) != nullptr; };
  // Open MPI 5 speaks PMIx only; 4 may have been built for Slurm's PMI-2 as well, and says so if
  // not.
  if (!library.starts_with("Open MPI") || is_there("PMIX_NAMESPACE") || is_there("PMI_RANK"))
    return std::nullopt;
  return "srun started " + std::to_string(ranks_launched()) +
         " tasks without PMIx, by which this Open MPI's ranks find each other; use srun "
         "--mpi=pmix (srun --mpi=list shows whether there is one), or stepladder launch in a job "
         "script, as slurm/tune.sbatch does";
}

}  // namespace stepladder::doctor
