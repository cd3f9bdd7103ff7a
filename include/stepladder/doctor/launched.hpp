// What the environment says of how this process was started, before MPI is.
#pragma once

#include <optional>
#include <string>

namespace stepladder::doctor {

// How many ranks the launcher (mpirun, srun) started; 1 where there is no launcher.
[[nodiscard]] int ranks_launched();
// And which of them this is; 0 where there is no launcher.
[[nodiscard]] int rank_launched();

// Whether these ranks were started by srun itself: then Slurm ends all when one dies.
[[nodiscard]] bool is_slurm_step();

// Why the MPI library of this name cannot find the other ranks, with the remedy. None where it may.
[[nodiscard]] std::optional<std::string> launcher_trouble(const std::string& library);

}  // namespace stepladder::doctor
