// Memory that all ranks of a node see, so that what each of them needs, such as the data, is there
// once: an MPI-3 shared-memory window. The keeper, the node's lowest rank, fills it; from then on
// it is only read. Where a node has no room for shared memory, each rank gets a copy of its own.
#pragma once

#include <cstddef>
#include <span>
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
  // and what they contain afterwards is undefined. Throws MpiError; std::logic_error the second
  // time, and leaves the parts as they are.
  [[nodiscard]] std::vector<Bytes> share(const std::vector<OwnBytes>& parts);
  // Whether the last share() found room for shared memory.
  [[nodiscard]] bool is_shared() const noexcept { return window_ != MPI_WIN_NULL; }

 private:
  // Memory of that size which all ranks of the node see; null where any of them cannot have it.
  [[nodiscard]] std::byte* allocate(std::size_t size);
  // A copy of the keeper's parts in this rank's own memory.
  [[nodiscard]] std::byte* copy(const std::vector<OwnBytes>& parts, std::size_t size);

  int exceptions_at_start_;
  MPI_Comm node_ = MPI_COMM_NULL;
  int rank_ = 0;  // within the node
  MPI_Win window_ = MPI_WIN_NULL;
  std::vector<std::byte> own_;  // where there is no window
};

}  // namespace stepladder::mpi
