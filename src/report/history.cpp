#include "stepladder/report/history.hpp"

#include <algorithm>

namespace stepladder::report {

Account& Account::operator+=(const Account& other) noexcept {
  training += other.training;
  evaluating += other.evaluating;
  checkpointing += other.checkpointing;
  waiting += other.waiting;
  lost += other.lost;
  under_way += other.under_way;
  return *this;
}

void History::add(const wire::Entry& entry) {
  advance(entry.event.at);
  const auto& what = entry.event.what;
  if (const auto* joined = std::get_if<schedule::WorkerJoined>(&what)) {
    leave(joined->worker);
    workers_[joined->worker] = {.lease = std::nullopt, .waiting_since = now_};
  } else if (const auto* lost = std::get_if<schedule::WorkerLost>(&what)) {
    leave(lost->worker);
  } else if (std::holds_alternative<schedule::Restarted>(what)) {
    while (!workers_.empty()) leave(workers_.begin()->first);
  } else if (const auto* report = std::get_if<schedule::Reported>(&what)) {
    on_report(*report);
  } else if (std::holds_alternative<schedule::RangeKept>(what)) {
    is_range_kept_ = true;
  }
  for (const schedule::Command& command : entry.commands) on_command(command);
}

void History::on_report(const schedule::Reported& report) {
  const auto found = leases_.find(report.lease);
  if (found == leases_.end()) return;
  const Lease lease = found->second;
  leases_.erase(found);
  workers_[lease.worker] = {.lease = std::nullopt, .waiting_since = now_};
  const Effort& effort = report.effort;
  steps_spent_ += effort.steps;
  steps_recomputed_ += effort.recomputed;
  const Seconds at_work = effort.training + effort.scoring + effort.checkpointing;
  accounts_[lease.worker] += {.training = effort.training,
                              .evaluating = effort.scoring,
                              .checkpointing = effort.checkpointing,
                              .waiting = std::max(0.0, now_ - lease.begun - at_work)};
  const auto* score = std::get_if<Score>(&report.outcome);
  if (score != nullptr && lease.part == Part::prune)
    points_.push_back({.trial = lease.trial, .steps = lease.to, .score = *score});
  const auto* diverged = std::get_if<Diverged>(&report.outcome);
  if (diverged != nullptr && lease.part == Part::prune)
    divergences_.push_back({.trial = lease.trial, .steps = lease.to, .at = diverged->at});
}

void History::on_command(const schedule::Command& command) {
  if (const auto* assign = std::get_if<schedule::Assign>(&command)) {
    const Assignment& assignment = assign->assignment;
    Worker& worker = workers_[assign->worker];
    accounts_[assign->worker].waiting += now_ - worker.waiting_since;
    worker.lease = assignment.lease;
    leases_[assignment.lease] = {.worker = assign->worker,
                                 .trial = assignment.trial,
                                 .to = assignment.to,
                                 .part = assignment.part,
                                 .begun = now_};
    Steps& aim = aims_[assignment.trial];
    aim = std::max(aim, assignment.to);
  } else if (const auto* retire = std::get_if<schedule::Retire>(&command)) {
    leave(retire->worker);
  }
}

void History::advance(Seconds at) {
  const Seconds passed = at - now_;
  present_ += passed * static_cast<double>(workers_.size());
  busy_ += passed * static_cast<double>(leases_.size());
  now_ = at;
}

// A worker is there no more; what it held is lost.
void History::leave(WorkerId worker) {
  const auto found = workers_.find(worker);
  if (found == workers_.end()) return;
  Account& account = accounts_[worker];
  if (found->second.lease) {
    const auto lease = leases_.find(*found->second.lease);
    account.lost += now_ - lease->second.begun;
    leases_.erase(lease);
  } else {
    account.waiting += now_ - found->second.waiting_since;
  }
  workers_.erase(found);
}

std::map<WorkerId, Account> History::accounts() const {
  std::map<WorkerId, Account> accounts = accounts_;
  for (const auto& [id, worker] : workers_) {
    Account& account = accounts[id];
    if (worker.lease) {
      account.under_way += now_ - leases_.at(*worker.lease).begun;
    } else {
      account.waiting += now_ - worker.waiting_since;
    }
  }
  return accounts;
}

Steps History::aim(TrialId trial) const {
  const auto found = aims_.find(trial);
  return found == aims_.end() ? 0 : found->second;
}

double History::utilisation() const noexcept { return present_ > 0 ? busy_ / present_ : 0.0; }

}  // namespace stepladder::report
