// Memory that all ranks of a node see, so that what each of them needs, such as the data, is there
// once. The keeper, the node's lowest rank, fills it; from then on it is only read. It is a file
// without a name (memfd_create), which the others reach through the keeper's entry in /proc.
//
// Not a window of MPI_Win_allocate_shared: Open MPI 4 puts that into a file in /dev/shm, of which a
// container has 64 MB by default. Where the file does not fit, the keeper gets an error and the
// others wait inside the call for ever. This one needs no room in /dev/shm and ends with its last
// user. Where a node's ranks cannot share it all the same, each of them gets a copy of its own.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <mpi.h>

#include "stepladder/mpi/session.hpp"

namespace stepladder::mpi {

class NodeMemory {
 public:
  using Bytes = std::span<const std::byte>;
  using OwnBytes = std::span<std::byte>;

  // Collective over all ranks of the session, which must outlive it. Throws MpiError.
  explicit NodeMemory(const Session& session);
  NodeMemory(const NodeMemory&) = delete;
  NodeMemory& operator=(const NodeMemory&) = delete;
  // Collective over the node, unless it runs because of an exception. A rank that leaves at once
  // does not come here.
  ~NodeMemory();

  [[nodiscard]] bool is_keeper() const noexcept { return rank_ == 0; }

  // Collective over the node, once: the keeper's parts, which only it gives and all get, each at a
  // multiple of 64 bytes. They live as long as this object. The keeper's own are used up: their
  // pages go back to the system while they are copied, so that a node never holds the data twice,
  // and what they contain afterwards is undefined. Throws MpiError, std::system_error;
  // std::logic_error the second time, and leaves the parts as they are.
  [[nodiscard]] std::vector<Bytes> share(const std::vector<OwnBytes>& parts);
  // Whether the last share() gave all ranks of the node the same memory; a copy to each otherwise.
  [[nodiscard]] bool is_shared() const noexcept { return trouble_.empty(); }
  // Why there are copies, in the system's words; empty where there are none.
  [[nodiscard]] const std::string& trouble() const noexcept { return trouble_; }

 private:
  // Collective over the node: memory that all its ranks see or, with trouble_, each rank's own.
  void map(std::size_t size);
  void unmap();
  void copy_from_keeper();

  int exceptions_at_start_;
  MPI_Comm node_ = MPI_COMM_NULL;
  int rank_ = 0;     // within the node
  OwnBytes memory_;  // only the keeper may write to what is shared
  std::string trouble_;
};

}  // namespace stepladder::mpi
