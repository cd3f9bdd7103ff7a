// Small messages between ranks that may die. Rules found by experiment with Open MPI: stay below
// the eager limit, keep at most one send to a rank in flight, never block, and look twice before
// sleeping, because one MPI_Improbe moves messages along but reports only what was there before.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <optional>

#include <mpi.h>

#include "stepladder/wire/messages.hpp"

namespace stepladder::mpi {

class Channel {
 public:
  // The communicator must outlive the channel.
  explicit Channel(MPI_Comm communicator) : communicator_(communicator) {}
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  // Does not wait for pending sends; their bytes live on as long as MPI may read them.
  ~Channel();

  struct Packet {
    int rank = 0;
    wire::Bytes bytes;
  };
  // The next message, if one is there.
  [[nodiscard]] std::optional<Packet> receive();

  // Takes the bytes; sends them once what was sent to that rank before is gone. Returns at once.
  // What the library says is for a dead rank is dropped.
  void send(int rank, wire::Bytes bytes);
  // Moves pending sends along.
  void progress();
  [[nodiscard]] bool nothing_pending(int rank) const;
  // Whether everything sent is gone; waits up to the limit.
  bool drain(std::chrono::milliseconds limit);

 private:
  struct Outbox {
    std::deque<wire::Bytes> queue;  // the front one is in flight iff `request` is active
    MPI_Request request = MPI_REQUEST_NULL;
  };
  void progress(int rank, Outbox& outbox);

  MPI_Comm communicator_;
  std::map<int, Outbox> outboxes_;
};

// Waiting without burning a core: spins for 50 us, then sleeps 20 us, half as long again each time,
// up to 2 ms.
class Patience {
 public:
  void wait();

 private:
  std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
  std::chrono::microseconds sleep_{20};
};

}  // namespace stepladder::mpi
