#include "stepladder/schedule/leases.hpp"

#include <utility>

namespace stepladder::schedule {

void Leases::join(WorkerId worker) {
  if (const std::optional<Task> held = lose(worker)) put_back(*held);
  workers_[worker] = std::nullopt;
  free_.insert(worker);
}

std::optional<Task> Leases::lose(WorkerId worker) {
  const auto found = workers_.find(worker);
  if (found == workers_.end()) return std::nullopt;
  const std::optional<LeaseId> lease = found->second;
  workers_.erase(found);
  free_.erase(worker);
  if (!lease) return std::nullopt;
  return leases_.extract(*lease).mapped().task;
}

std::optional<Task> Leases::end(LeaseId lease) {
  const auto found = leases_.find(lease);
  if (found == leases_.end()) return std::nullopt;
  const Lease ended = leases_.extract(found).mapped();
  workers_[ended.worker] = std::nullopt;
  free_.insert(ended.worker);
  return ended.task;
}

void Leases::restart() {
  for (const auto& [id, held] : std::exchange(leases_, {})) put_back(held.task);
  workers_.clear();
  free_.clear();
}

void Leases::put_back(Task task) {
  task.is_retry = true;
  waiting_.push_back(task);
}

std::optional<Task> Leases::take_waiting() {
  if (waiting_.empty()) return std::nullopt;
  const Task task = waiting_.front();
  waiting_.pop_front();
  return task;
}

void Leases::close(const Task& task) {
  busy_.erase(task.trial);
  --under_way_[static_cast<std::size_t>(task.cause)];
}

void Leases::forget_waiting_end() {
  for (const Task& task : std::exchange(waiting_, {}))
    task.climbs() ? waiting_.push_back(task) : close(task);
}

std::optional<WorkerId> Leases::free_worker() const {
  if (free_.empty()) return std::nullopt;
  return *free_.begin();
}

LeaseId Leases::give(WorkerId worker, const Task& task) {
  const LeaseId lease{next_.value++};
  free_.erase(worker);
  workers_[worker] = lease;
  leases_.emplace(lease, Lease{worker, task});
  busy_.insert(task.trial);
  if (!task.is_retry) ++under_way_[static_cast<std::size_t>(task.cause)];
  return lease;
}

std::vector<WorkerId> Leases::dismiss_free() {
  std::vector<WorkerId> dismissed(free_.begin(), free_.end());
  free_.clear();
  for (const WorkerId worker : dismissed) workers_.erase(worker);
  return dismissed;
}

bool Leases::may_try_again(TrialId trial) { return ++crashes_[trial] < kCrashesMax; }

void Leases::count_loss(TrialId trial, Steps heard_at) { losses_[trial].add(heard_at); }

Losses Leases::losses(TrialId trial) const {
  const auto found = losses_.find(trial);
  return found == losses_.end() ? Losses{} : found->second;
}

void Leases::forget_losses(TrialId trial) { losses_.erase(trial); }

}  // namespace stepladder::schedule
