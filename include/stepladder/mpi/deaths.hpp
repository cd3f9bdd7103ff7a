// What the MPI library itself tells of ranks that died: ULFM, which Open MPI 5 has when it is
// started with --with-ft ulfm. It tells within a tenth of a second what the heartbeat finds out
// after its limit; but not of every death, and other libraries tell nothing, so the heartbeat goes
// on beside it.
#pragma once

#include <set>
#include <vector>

#include <mpi.h>

namespace stepladder::mpi {

class Deaths {
 public:
  // The communicator must outlive this.
  explicit Deaths(MPI_Comm communicator) : communicator_(communicator) {}

  // The ranks that have died since the last look, as far as the library tells.
  [[nodiscard]] std::vector<int> look();
  // Whether look() has ever told of this one.
  [[nodiscard]] bool include(int rank) const { return told_.contains(rank); }

 private:
  [[maybe_unused]] MPI_Comm communicator_;  // not asked without ULFM
  std::set<int> told_;
};

// Whether a call has failed because a rank is dead. Never so without ULFM.
[[nodiscard]] bool tells_of_a_death(int code);

}  // namespace stepladder::mpi
