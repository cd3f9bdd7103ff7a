#if !STEPLADDER_HAS_MPI

// What mpi_ranks.hpp promises, in a build without MPI.
#include "stepladder/doctor/launched.hpp"
#include "stepladder/run/mpi_ranks.hpp"
#include "stepladder/trial/input_error.hpp"

namespace stepladder::run {

MpiLibrary mpi_library() { return {}; }

std::optional<std::string> trouble_with_ranks() {
  return std::to_string(doctor::ranks_launched()) +
         " ranks were started, but this program was built without MPI; start it once, with "
         "--threads, or build it with MPI (cmake -DSTEPLADDER_MPI=ON)";
}

std::unique_ptr<Ranks> start_ranks(int&, char**&) { throw InputError(*trouble_with_ranks()); }

int exit_code_for_mpirun(int exit_code) { return exit_code; }

void abort_ranks(int) {}

}  // namespace stepladder::run

#endif
