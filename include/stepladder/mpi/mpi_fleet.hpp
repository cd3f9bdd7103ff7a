// Workers as MPI ranks: rank 0 holds the MpiFleet, every other rank an MpiLink. Worker w is rank w
// + 1. Most MPI libraries tell of no rank's death, so both sides speak regularly: a worker that has
// been silent for the heartbeat's limit is taken for lost, and joins again if it speaks; a worker
// that has not heard of rank 0 for twice that long leaves, so that nobody is left behind.
#pragma once

#include <chrono>
#include <set>

#include "stepladder/fleet/fleet.hpp"
#include "stepladder/mpi/channel.hpp"
#include "stepladder/mpi/deaths.hpp"
#include "stepladder/mpi/silence.hpp"

namespace stepladder::mpi {

struct Heartbeat {
  Seconds silence_max = 30;  // of a worker, before it is taken for lost

  // How often a worker speaks, at the least, and rank 0 to each worker.
  [[nodiscard]] Seconds pulse() const { return std::min(1.0, silence_max / 10); }
  [[nodiscard]] Seconds scheduler_pulse() const { return silence_max / 4; }
  // Of rank 0, before a worker leaves.
  [[nodiscard]] Seconds scheduler_silence_max() const { return 2 * silence_max; }
};

class MpiFleet final : public fleet::Fleet {
 public:
  explicit MpiFleet(MPI_Comm communicator, Heartbeat heartbeat = {}, Seconds offset = 0);

  [[nodiscard]] fleet::Arrivals next() override;
  // A retired worker is kept waiting until dismiss(), when it is known whether all may end MPI
  // together.
  void carry_out(const schedule::Command& command) override;
  [[nodiscard]] Seconds now() const override;

  // At the end: tells every rank to leave, lost ones excepted, and waits a while until that has
  // gone out.
  void dismiss();
  [[nodiscard]] bool anyone_lost() const noexcept { return !lost_.empty(); }
  // Whether no worker has been heard of for twice the heartbeat's limit.
  [[nodiscard]] bool is_deserted() const;

 private:
  struct Contact {  // to a worker that has spoken and is not lost
    Seconds heard = 0;
    Seconds spoke_to = 0;
    LeaseId lease;
    Steps at = 0;  // its last step heard of, of that lease
    bool is_retired = false;
  };
  void receive_all(fleet::Arrivals& arrivals);
  void take_in(const Channel::Packet& packet, fleet::Arrivals& arrivals);
  void look_after(fleet::Arrivals& arrivals);
  void find_the_lost(fleet::Arrivals& arrivals);
  void bury_the_dead(fleet::Arrivals& arrivals);
  void lose(WorkerId worker, const Contact& contact, fleet::Arrivals& arrivals);
  void tell(WorkerId worker, const wire::ToWorker& message);

  Channel channel_;
  Deaths deaths_;
  int ranks_ = 0;
  Heartbeat heartbeat_;
  Seconds offset_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  Silence silence_;
  Seconds last_heard_;  // of anybody
  Seconds next_round_ = 0;
  std::map<WorkerId, Contact> contacts_;
  std::set<WorkerId> lost_;  // ever
};

class MpiLink final : public fleet::WorkerLink {
 public:
  explicit MpiLink(MPI_Comm communicator, Heartbeat heartbeat = {});

  [[nodiscard]] std::optional<Assignment> next() override;
  [[nodiscard]] bool keep_going(LeaseId lease, Steps at) override;
  void report(const schedule::Reported& report) override;

  bool drain() { return channel_.drain(std::chrono::seconds(2)); }
  // Why next() gave none: rank 0 is dead or has been silent for too long. Work under way was given
  // back.
  [[nodiscard]] bool is_abandoned() const noexcept { return is_abandoned_; }
  // Whether rank 0 said that some rank is missing, with which MPI cannot be ended in good order.
  [[nodiscard]] bool is_anyone_missing() const noexcept { return is_anyone_missing_; }

 private:
  void take_in();
  void pulse(LeaseId lease, Steps at);
  [[nodiscard]] Seconds now() const;

  Channel channel_;
  Deaths deaths_;
  Heartbeat heartbeat_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  Silence silence_;
  Seconds next_look_ = 0;  // for the dead
  Seconds heard_ = 0;
  Seconds spoke_ = 0;
  std::optional<Assignment> assignment_;
  bool is_watched_ = false;  // the assignment under way
  bool give_back_ = false;
  bool leave_ = false;
  bool is_abandoned_ = false;
  bool is_anyone_missing_ = false;
};

}  // namespace stepladder::mpi
