#include "stepladder/mpi/mpi_fleet.hpp"

#include <fmt/core.h>
#include <spdlog/spdlog.h>

#include "stepladder/mpi/session.hpp"

namespace stepladder::mpi {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Seconds kRoundMax = 0.25;  // next() returns by then, with or without arrivals
constexpr int kScheduler = 0;
constexpr Seconds kBetweenLooks = 0.1;  // of a worker, for the dead

int rank_of(WorkerId worker) { return static_cast<int>(worker.value) + 1; }
WorkerId worker_at(int rank) { return WorkerId{static_cast<std::uint32_t>(rank - 1)}; }

Seconds since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

int size_of(MPI_Comm communicator) {
  int size = 0;
  require(MPI_Comm_size(communicator, &size), "MPI_Comm_size");
  return size;
}

}  // namespace

MpiFleet::MpiFleet(MPI_Comm communicator, Heartbeat heartbeat, Seconds offset)
    : channel_(communicator),
      deaths_(communicator),
      ranks_(size_of(communicator)),
      heartbeat_(heartbeat),
      offset_(offset),
      silence_(heartbeat.silence_max, offset),
      last_heard_(offset) {}

Seconds MpiFleet::now() const { return offset_ + since(start_); }

fleet::Arrivals MpiFleet::next() {
  fleet::Arrivals arrivals;
  const Seconds end = now() + kRoundMax;
  Patience patience;
  for (;;) {
    receive_all(arrivals);
    channel_.progress();
    look_after(arrivals);
    if (!arrivals.empty() || now() >= end) return arrivals;
    patience.wait();
  }
}

void MpiFleet::receive_all(fleet::Arrivals& arrivals) {
  while (const auto packet = channel_.receive()) take_in(*packet, arrivals);
}

void MpiFleet::take_in(const Channel::Packet& packet, fleet::Arrivals& arrivals) {
  const WorkerId worker = worker_at(packet.rank);
  const wire::ToScheduler message = wire::to_scheduler_from(packet.bytes);
  last_heard_ = now();
  // A report comes before the joining of a worker that was taken for lost: its lease is gone, so it
  // changes nothing.
  if (const auto* report = std::get_if<schedule::Reported>(&message))
    arrivals.push_back({.at = now(), .what = *report});
  const auto* pulse = std::get_if<wire::Pulse>(&message);
  const auto found = contacts_.find(worker);
  if (found != contacts_.end()) {
    found->second.heard = now();
    if (pulse != nullptr && pulse->lease == found->second.lease) found->second.at = pulse->at;
    return;
  }
  if (deaths_.include(packet.rank)) return;  // a last word
  // While it says it is still at it, a lost worker must finish first; its pulse with no lease says
  // it is free.
  if (pulse != nullptr && pulse->lease != LeaseId{}) {
    channel_.send(packet.rank, wire::encode(wire::ToWorker{wire::GiveBack{}}));
  } else {
    contacts_[worker] = {.heard = now(), .spoke_to = now()};
    arrivals.push_back({.at = now(), .what = schedule::WorkerJoined{worker}});
  }
}

void MpiFleet::look_after(fleet::Arrivals& arrivals) {
  if (silence_.look(now()))
    spdlog::info("the scheduler was held up itself; workers' silence is counted anew");
  if (now() < next_round_) return;
  next_round_ = now() + heartbeat_.pulse() / 10;
  find_the_lost(arrivals);
  bury_the_dead(arrivals);
  for (auto& [worker, contact] : contacts_)
    if (now() - contact.spoke_to >= heartbeat_.scheduler_pulse() &&
        channel_.nothing_pending(rank_of(worker)))
      tell(worker, wire::StillHere{});
}

void MpiFleet::find_the_lost(fleet::Arrivals& arrivals) {
  for (auto entry = contacts_.begin(); entry != contacts_.end();) {
    const auto& [worker, contact] = *entry;
    if (!silence_.is_too_long(contact.heard)) {
      ++entry;
      continue;
    }
    spdlog::warn(fmt::format("worker {} has been silent for {:.1f} s and is taken for lost",
                             worker.value, now() - contact.heard));
    lose(worker, contact, arrivals);
    entry = contacts_.erase(entry);
  }
  for (int rank = 1; rank < ranks_ && silence_.is_too_long(offset_); ++rank)
    if (!contacts_.contains(worker_at(rank)) && lost_.insert(worker_at(rank)).second)
      spdlog::warn(
          fmt::format("worker {} has never been heard of and is taken for lost", rank - 1));
}

void MpiFleet::bury_the_dead(fleet::Arrivals& arrivals) {
  for (const int rank : deaths_.look()) {
    const WorkerId worker = worker_at(rank);
    spdlog::warn(fmt::format("worker {} has died, says MPI", worker.value));
    lost_.insert(worker);
    const auto found = contacts_.find(worker);
    if (found == contacts_.end()) continue;
    lose(worker, found->second, arrivals);
    contacts_.erase(found);
  }
}

void MpiFleet::lose(WorkerId worker, const Contact& contact, fleet::Arrivals& arrivals) {
  lost_.insert(worker);
  if (!contact.is_retired)
    arrivals.push_back({.at = now(), .what = schedule::WorkerLost{worker, contact.at}});
}

void MpiFleet::tell(WorkerId worker, const wire::ToWorker& message) {
  channel_.send(rank_of(worker), wire::encode(message));
  if (const auto found = contacts_.find(worker); found != contacts_.end())
    found->second.spoke_to = now();
}

void MpiFleet::carry_out(const schedule::Command& command) {
  if (const auto* assign = std::get_if<schedule::Assign>(&command)) {
    tell(assign->worker, wire::Start{assign->assignment});
    if (const auto found = contacts_.find(assign->worker); found != contacts_.end()) {
      found->second.lease = assign->assignment.lease;
      found->second.at = 0;
    }
  } else if (const auto* recall = std::get_if<schedule::Recall>(&command)) {
    tell(recall->worker, wire::GiveBack{});
  } else if (const auto* retire = std::get_if<schedule::Retire>(&command)) {
    if (const auto found = contacts_.find(retire->worker); found != contacts_.end())
      found->second.is_retired = true;
  }
}

void MpiFleet::dismiss() {
  for (int rank = 1; rank < ranks_; ++rank)
    if (contacts_.contains(worker_at(rank)) || !lost_.contains(worker_at(rank)))
      tell(worker_at(rank), wire::Leave{.is_anyone_missing = anyone_lost()});
  channel_.drain(std::chrono::seconds(2));
}

bool MpiFleet::is_deserted() const {
  return contacts_.empty() && !lost_.empty() && now() - last_heard_ > 2 * heartbeat_.silence_max &&
         silence_.is_too_long(last_heard_);
}

MpiLink::MpiLink(MPI_Comm communicator, Heartbeat heartbeat)
    : channel_(communicator),
      deaths_(communicator),
      heartbeat_(heartbeat),
      silence_(heartbeat.scheduler_silence_max(), 0) {
  channel_.send(kScheduler, wire::encode(wire::ToScheduler{wire::Hello{}}));
}

Seconds MpiLink::now() const { return since(start_); }

std::optional<Assignment> MpiLink::next() {
  Patience patience;
  for (;;) {
    take_in();
    if (leave_ || is_abandoned_) return std::nullopt;
    if (assignment_) {
      is_watched_ = assignment_->is_watched;
      return std::exchange(assignment_, std::nullopt);
    }
    pulse(LeaseId{}, 0);
    patience.wait();
  }
}

bool MpiLink::keep_going(LeaseId lease, Steps at) {
  take_in();
  pulse(lease, at);
  return !give_back_ && !leave_ && !is_abandoned_;
}

void MpiLink::report(const schedule::Reported& report) {
  channel_.send(kScheduler, wire::encode(wire::ToScheduler{report}));
  spoke_ = now();
  is_watched_ = false;
}

void MpiLink::take_in() {
  while (const auto packet = channel_.receive()) {
    heard_ = now();
    const wire::ToWorker message = wire::to_worker_from(packet->bytes);
    if (const auto* start = std::get_if<wire::Start>(&message)) {
      assignment_ = start->assignment;
      give_back_ = false;  // a recall from here on is of this assignment
    } else if (std::holds_alternative<wire::GiveBack>(message)) {
      give_back_ = true;
    } else if (const auto* leave = std::get_if<wire::Leave>(&message)) {
      leave_ = true;
      is_anyone_missing_ = leave->is_anyone_missing;
    }
  }
  channel_.progress();
  silence_.look(now());
  is_abandoned_ = is_abandoned_ || silence_.is_too_long(heard_);
  if (now() < next_look_) return;
  next_look_ = now() + kBetweenLooks;
  static_cast<void>(deaths_.look());
  is_abandoned_ = is_abandoned_ || deaths_.include(kScheduler);
}

// Never queues behind an unsent message: the scheduler is then either slow or gone.
void MpiLink::pulse(LeaseId lease, Steps at) {
  const bool is_due = is_watched_ || now() - spoke_ >= heartbeat_.pulse();
  if (!is_due || !channel_.nothing_pending(kScheduler)) return;
  channel_.send(kScheduler, wire::encode(wire::ToScheduler{wire::Pulse{.lease = lease, .at = at}}));
  spoke_ = now();
}

}  // namespace stepladder::mpi
