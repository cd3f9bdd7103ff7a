// Who holds what: the workers, their leases, and the tasks that wait for a worker because the one
// before was lost, crashed or gave them back. It also keeps the record of each trial's setbacks,
// and says when a trial is to be given up. It knows nothing of rungs or scores.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "stepladder/schedule/losses.hpp"
#include "stepladder/schedule/task.hpp"
#include "stepladder/trial/ids.hpp"

namespace stepladder::schedule {

struct Lease {
  WorkerId worker;
  Task task;
};

class Leases {
 public:
  // A trial that crashed this often is given up.
  static constexpr int kCrashesMax = 3;

  // A worker is there, or there again, and free. What it held is put back.
  void join(WorkerId worker);
  // A worker is gone. Returns what it held, which waits for nobody yet.
  [[nodiscard]] std::optional<Task> lose(WorkerId worker);
  // A worker reports on its lease and is free. Nothing where the lease is not current.
  [[nodiscard]] std::optional<Task> end(LeaseId lease);
  // All workers are gone. What they held is put back, in the order of the leases.
  void restart();

  // The task waits for the next free worker, behind those that wait already.
  void put_back(Task task);
  [[nodiscard]] std::optional<Task> take_waiting();
  // The task is over, well or badly.
  void close(const Task& task);
  // Of the tasks that wait, only those of the search are still wanted.
  void forget_waiting_end();

  // The free worker with the lowest id.
  [[nodiscard]] std::optional<WorkerId> free_worker() const;
  LeaseId give(WorkerId worker, const Task& task);
  // All free workers leave; returns them in order.
  [[nodiscard]] std::vector<WorkerId> dismiss_free();

  // One more crash of a trial. False where it was one too many.
  [[nodiscard]] bool may_try_again(TrialId trial);
  // One more loss of a trial's worker, last heard of at this step.
  void count_loss(TrialId trial, Steps heard_at);
  // Since it completed a task.
  [[nodiscard]] Losses losses(TrialId trial) const;
  void forget_losses(TrialId trial);

  [[nodiscard]] std::size_t workers() const noexcept { return workers_.size(); }
  // By lease, hence in order of assignment.
  [[nodiscard]] const std::map<LeaseId, Lease>& all() const noexcept { return leases_; }
  // How many tasks are held or wait that were given out for this reason.
  [[nodiscard]] std::size_t under_way(Cause cause) const noexcept {
    return under_way_[static_cast<std::size_t>(cause)];
  }
  // Whether nobody holds anything and nothing waits.
  [[nodiscard]] bool are_none() const noexcept { return leases_.empty() && waiting_.empty(); }
  // Whether a task of this trial is held or waits.
  [[nodiscard]] bool is_busy(TrialId trial) const { return busy_.contains(trial); }

 private:
  std::map<WorkerId, std::optional<LeaseId>> workers_;
  std::set<WorkerId> free_;
  std::map<LeaseId, Lease> leases_;
  std::deque<Task> waiting_;
  std::set<TrialId> busy_;
  std::array<std::size_t, kCauseNames.size()> under_way_{};  // by cause
  std::map<TrialId, Losses> losses_;
  std::map<TrialId, std::uint8_t> crashes_;
  LeaseId next_{1};
};

}  // namespace stepladder::schedule
