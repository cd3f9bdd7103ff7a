#include "stepladder/mpi/channel.hpp"

#include <algorithm>
#include <memory>
#include <thread>

#include "stepladder/mpi/deaths.hpp"
#include "stepladder/mpi/session.hpp"

namespace stepladder::mpi {

using namespace std::chrono_literals;

namespace {
constexpr int kTag = 1;
}

Channel::~Channel() {
  for (auto& [rank, outbox] : outboxes_) {
    if (outbox.request == MPI_REQUEST_NULL) continue;
    // The peer may be dead and the send never end: give the bytes away rather than let MPI read
    // freed memory.
    static_cast<void>(std::make_unique<std::deque<wire::Bytes>>(std::move(outbox.queue)).release());
    MPI_Request_free(&outbox.request);  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks)
  }
}

std::optional<Channel::Packet> Channel::receive() {
  for (int look = 0; look < 2; ++look) {
    int found = 0;
    MPI_Message message = MPI_MESSAGE_NULL;
    MPI_Status status;
    const int code = MPI_Improbe(MPI_ANY_SOURCE, kTag, communicator_, &found, &message, &status);
    if (tells_of_a_death(code)) continue;
    require(code, "MPI_Improbe");
    if (found == 0) continue;
    int count = 0;
    require(MPI_Get_count(&status, MPI_BYTE, &count), "MPI_Get_count");
    Packet packet{.rank = status.MPI_SOURCE, .bytes = wire::Bytes(static_cast<std::size_t>(count))};
    require(MPI_Mrecv(packet.bytes.data(), count, MPI_BYTE, &message, &status), "MPI_Mrecv");
    return packet;
  }
  return std::nullopt;
}

void Channel::send(int rank, wire::Bytes bytes) {
  Outbox& outbox = outboxes_[rank];
  outbox.queue.push_back(std::move(bytes));
  progress(rank, outbox);
}

void Channel::progress() {
  for (auto& [rank, outbox] : outboxes_) progress(rank, outbox);
}

void Channel::progress(int rank, Outbox& outbox) {
  if (outbox.request != MPI_REQUEST_NULL) {
    int done = 0;
    const int code = MPI_Test(&outbox.request, &done, MPI_STATUS_IGNORE);
    if (tells_of_a_death(code)) {  // the request is over
      outbox.queue.clear();
      return;
    }
    require(code, "MPI_Test");
    if (done == 0) return;
    outbox.queue.pop_front();
  }
  if (outbox.queue.empty()) return;
  const wire::Bytes& bytes = outbox.queue.front();
  const int code = MPI_Isend(bytes.data(), static_cast<int>(bytes.size()), MPI_BYTE, rank, kTag,
                             communicator_, &outbox.request);
  if (tells_of_a_death(code))
    outbox.queue.clear();
  else
    require(code, "MPI_Isend");
}

bool Channel::nothing_pending(int rank) const {
  const auto found = outboxes_.find(rank);
  return found == outboxes_.end() || found->second.queue.empty();
}

bool Channel::drain(std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  Patience patience;
  for (;;) {
    progress();
    const bool empty = std::all_of(outboxes_.begin(), outboxes_.end(),
                                   [](const auto& entry) { return entry.second.queue.empty(); });
    if (empty) return true;
    if (std::chrono::steady_clock::now() >= end) return false;
    patience.wait();
  }
}

void Patience::wait() {
  if (std::chrono::steady_clock::now() - since_ < 50us) return;
  std::this_thread::sleep_for(sleep_);
  sleep_ = std::min(sleep_ * 3 / 2, std::chrono::microseconds(2ms));
}

}  // namespace stepladder::mpi
