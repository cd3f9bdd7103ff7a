// Ranks that a launcher started and that speak to each other over MPI. The only door to MPI: what
// includes this does not see mpi.h, and a build without MPI has it as well.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "stepladder/run/ranks.hpp"

namespace stepladder::run {

// The library as it was at the build, and as it calls itself now; both empty where there is none.
struct MpiLibrary {
  std::string built_with;  // "Open MPI 4.1.4", for instance
  std::string running;
};
[[nodiscard]] MpiLibrary mpi_library();

// Before MPI is started: why that cannot go well, with the remedy. None where it may.
[[nodiscard]] std::optional<std::string> trouble_with_ranks();

// Collective: starts MPI. Its end is collective too, unless an exception is under way. Throws
// std::runtime_error.
[[nodiscard]] std::unique_ptr<Ranks> start_ranks(int& argc, char**& argv);

// What a rank is to exit with, so that mpirun adds no error of its own.
[[nodiscard]] int exit_code_for_mpirun(int exit_code);

// Ends every rank, where MPI is started and not finalized; returns otherwise.
void abort_ranks(int exit_code);

}  // namespace stepladder::run
