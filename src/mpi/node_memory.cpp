#include "stepladder/mpi/node_memory.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <stdexcept>
#include <sys/mman.h>
#include <unistd.h>

namespace stepladder::mpi {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kBlock = std::size_t{1} << 20U;
constexpr std::size_t kBroadcastMax = std::size_t{1} << 30U;  // MPI counts are ints

std::size_t rounded_up(std::size_t size) {
  return (size + kAlignment - 1) / kAlignment * kAlignment;
}

// Where each part begins, as all lie one behind the other; last, where they end.
std::vector<std::size_t> offsets_of(const std::vector<std::uint64_t>& sizes) {
  std::vector<std::size_t> offsets = {0};
  for (const std::uint64_t size : sizes) offsets.push_back(offsets.back() + rounded_up(size));
  return offsets;
}

// Gives the whole pages inside `used` back to the system. Where that fails, it costs memory only.
void release(NodeMemory::OwnBytes used) {
  static const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const std::size_t ahead = -reinterpret_cast<std::uintptr_t>(used.data()) % page;
  if (used.size() < ahead + page) return;
  const std::size_t whole = (used.size() - ahead) / page * page;
  static_cast<void>(madvise(used.data() + ahead, whole, MADV_DONTNEED));
}

// Uses the parts up.
void lay_out(const std::vector<NodeMemory::OwnBytes>& parts, std::byte* to) {
  for (const NodeMemory::OwnBytes part : parts) {
    for (std::size_t done = 0; done < part.size(); done += kBlock) {
      const NodeMemory::OwnBytes block = part.subspan(done, std::min(kBlock, part.size() - done));
      std::copy(block.begin(), block.end(), to + done);
      release(block);
    }
    to += rounded_up(part.size());
  }
}

}  // namespace

NodeMemory::NodeMemory(const Session& session) : exceptions_at_start_(std::uncaught_exceptions()) {
  require(MPI_Comm_split_type(session.communicator(), MPI_COMM_TYPE_SHARED, session.rank(),
                              MPI_INFO_NULL, &node_),
          "MPI_Comm_split_type");
  require(MPI_Comm_set_errhandler(node_, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  require(MPI_Comm_rank(node_, &rank_), "MPI_Comm_rank");
}

NodeMemory::~NodeMemory() {
  if (std::uncaught_exceptions() > exceptions_at_start_) return;
  if (is_shared()) {
    MPI_Win_unlock_all(window_);
    MPI_Win_free(&window_);
  }
  MPI_Comm_free(&node_);
}

std::vector<NodeMemory::Bytes> NodeMemory::share(const std::vector<OwnBytes>& parts) {
  if (is_shared() || !own_.empty()) throw std::logic_error("NodeMemory: shared twice");
  std::vector<std::uint64_t> sizes;
  sizes.reserve(parts.size());
  for (const OwnBytes part : parts) sizes.push_back(part.size());
  auto count = static_cast<std::uint64_t>(sizes.size());
  require(MPI_Bcast(&count, 1, MPI_UINT64_T, 0, node_), "MPI_Bcast");
  sizes.resize(count);
  require(MPI_Bcast(sizes.data(), static_cast<int>(count), MPI_UINT64_T, 0, node_), "MPI_Bcast");
  const std::vector<std::size_t> offsets = offsets_of(sizes);

  std::byte* begin = allocate(offsets.back());
  if (begin == nullptr) {
    begin = copy(parts, offsets.back());
  } else {
    if (is_keeper()) lay_out(parts, begin);
    require(MPI_Win_sync(window_), "MPI_Win_sync");
    require(MPI_Barrier(node_), "MPI_Barrier");
    require(MPI_Win_sync(window_), "MPI_Win_sync");
  }
  std::vector<Bytes> shared;
  for (std::size_t i = 0; i < sizes.size(); ++i) shared.emplace_back(begin + offsets[i], sizes[i]);
  return shared;
}

std::byte* NodeMemory::allocate(std::size_t size) {
  std::byte* own = nullptr;
  const auto own_size = static_cast<MPI_Aint>(is_keeper() ? size + kAlignment : 0);
  const int code = MPI_Win_allocate_shared(own_size, 1, MPI_INFO_NULL, node_,
                                           static_cast<void*>(&own), &window_);
  const int mine = code == MPI_SUCCESS ? 1 : 0;
  int all = 0;
  require(MPI_Allreduce(&mine, &all, 1, MPI_INT, MPI_MIN, node_), "MPI_Allreduce");
  if (all == 0) {
    // Freeing is collective, and not every rank has a window to free: it stays until the end.
    window_ = MPI_WIN_NULL;
    return nullptr;
  }
  // Nobody writes once the keeper is done, so one epoch lasts for the window's life.
  require(MPI_Win_lock_all(MPI_MODE_NOCHECK, window_), "MPI_Win_lock_all");
  MPI_Aint found_size = 0;
  int unit = 0;
  std::byte* begin = nullptr;
  require(MPI_Win_shared_query(window_, 0, &found_size, &unit, static_cast<void*>(&begin)),
          "MPI_Win_shared_query");
  // MPI promises no alignment. Every rank maps whole pages, so the keeper's gap is everybody's.
  auto gap = static_cast<std::uint64_t>(-reinterpret_cast<std::uintptr_t>(begin) % kAlignment);
  require(MPI_Bcast(&gap, 1, MPI_UINT64_T, 0, node_), "MPI_Bcast");
  return begin + gap;
}

std::byte* NodeMemory::copy(const std::vector<OwnBytes>& parts, std::size_t size) {
  own_.resize(std::max<std::size_t>(size, 1));
  if (is_keeper()) lay_out(parts, own_.data());
  for (std::size_t done = 0; done < size; done += kBroadcastMax) {
    const auto count = static_cast<int>(std::min(kBroadcastMax, size - done));
    require(MPI_Bcast(own_.data() + done, count, MPI_BYTE, 0, node_), "MPI_Bcast");
  }
  return own_.data();
}

}  // namespace stepladder::mpi
