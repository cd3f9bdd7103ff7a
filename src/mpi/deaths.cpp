#include "stepladder/mpi/deaths.hpp"

#include <numeric>

#if defined(OPEN_MPI) && __has_include(<mpi-ext.h>)
#include <mpi-ext.h>
#endif

namespace stepladder::mpi {

#if defined(OMPI_HAVE_MPI_EXT_FTMPI)

namespace {

// The ranks of `communicator` that are in `group`.
std::vector<int> ranks_in(MPI_Group group, MPI_Comm communicator) {
  int count = 0;
  MPI_Group_size(group, &count);
  std::vector<int> numbers(static_cast<std::size_t>(count));
  std::iota(numbers.begin(), numbers.end(), 0);
  std::vector<int> ranks(numbers.size());
  MPI_Group all = MPI_GROUP_NULL;
  MPI_Comm_group(communicator, &all);
  MPI_Group_translate_ranks(group, count, numbers.data(), all, ranks.data());
  MPI_Group_free(&all);
  return ranks;
}

}  // namespace

std::vector<int> Deaths::look() {
  MPI_Group dead = MPI_GROUP_EMPTY;
  if (MPIX_Comm_get_failed(communicator_, &dead) != MPI_SUCCESS) return {};
  std::vector<int> fresh;
  if (dead != MPI_GROUP_EMPTY) {
    const std::vector<int> ranks = ranks_in(dead, communicator_);
    for (const int rank : ranks)
      if (told_.insert(rank).second) fresh.push_back(rank);
    MPI_Group_free(&dead);
    // Else receiving from any rank may fail because of them.
    int acknowledged = 0;
    if (!fresh.empty())
      MPIX_Comm_ack_failed(communicator_, static_cast<int>(ranks.size()), &acknowledged);
  }
  return fresh;
}

bool tells_of_a_death(int code) {
  int kind = MPI_SUCCESS;
  if (code != MPI_SUCCESS) MPI_Error_class(code, &kind);
  return kind == MPIX_ERR_PROC_FAILED || kind == MPIX_ERR_PROC_FAILED_PENDING;
}

#else

std::vector<int> Deaths::look() { return {}; }

bool tells_of_a_death(int /*code*/) { return false; }

#endif

}  // namespace stepladder::mpi
