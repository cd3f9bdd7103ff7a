#include "stepladder/report/timeline.hpp"

#include <algorithm>
#include <utility>

namespace stepladder::report {

void Timeline::add(const wire::Entry& entry) {
  now_ = entry.event.at;
  const auto& what = entry.event.what;
  if (const auto* joined = std::get_if<schedule::WorkerJoined>(&what)) {
    end(joined->worker, true);
    present_[joined->worker] = {.since = now_};
    stretches_[joined->worker];
  } else if (const auto* lost = std::get_if<schedule::WorkerLost>(&what)) {
    end(lost->worker, true);
    present_.erase(lost->worker);
  } else if (std::holds_alternative<schedule::Restarted>(what)) {
    for (const auto& [worker, held] : present_) end(worker, true);
    present_.clear();
  } else if (const auto* report = std::get_if<schedule::Reported>(&what)) {
    on(*report);
  }
  for (const schedule::Command& command : entry.commands) on(command);
}

void Timeline::on(const schedule::Reported& report) {
  const auto lease = leases_.find(report.lease);
  if (lease == leases_.end()) return;
  const WorkerId worker = lease->second;
  Present& held = present_.at(worker);
  if (std::holds_alternative<Crashed>(report.outcome) ||
      std::holds_alternative<StorageFailed>(report.outcome)) {
    end(worker, true);
    return;
  }
  // Its scoring came last.
  const Seconds scoring = std::clamp(report.effort.scoring, 0.0, now_ - held.since);
  push(worker,
       {.from = held.since, .to = now_ - scoring, .doing = Doing::training, .trial = held.trial});
  push(worker, {.from = now_ - scoring, .to = now_, .doing = Doing::scoring, .trial = held.trial});
  leases_.erase(lease);
  held = {.since = now_};
}

void Timeline::on(const schedule::Command& command) {
  if (const auto* assign = std::get_if<schedule::Assign>(&command)) {
    end(assign->worker, false);
    present_[assign->worker] = {
        .since = now_, .lease = assign->assignment.lease, .trial = assign->assignment.trial};
    leases_[assign->assignment.lease] = assign->worker;
  } else if (const auto* retire = std::get_if<schedule::Retire>(&command)) {
    end(retire->worker, false);
    present_.erase(retire->worker);
  }
}

// Of whatever the worker is at; from now on it waits.
void Timeline::end(WorkerId worker, bool is_lost) {
  const auto found = present_.find(worker);
  if (found == present_.end()) return;
  Present& held = found->second;
  Stretch stretch{.from = held.since, .to = now_};
  if (held.lease) {
    stretch.doing = is_lost ? Doing::lost : Doing::training;
    stretch.trial = held.trial;
    leases_.erase(*held.lease);
  }
  push(worker, stretch);
  held = {.since = now_};
}

void Timeline::push(WorkerId worker, const Stretch& stretch) {
  if (stretch.to > stretch.from) stretches_[worker].push_back(stretch);
}

std::map<WorkerId, std::vector<Stretch>> Timeline::stretches() const {
  auto all = stretches_;
  for (const auto& [worker, held] : present_)
    if (now_ > held.since)
      all[worker].push_back(
          {.from = held.since,
           .to = now_,
           .doing = held.lease ? Doing::training : Doing::waiting,
           .trial = held.lease ? std::optional<TrialId>(held.trial) : std::nullopt});
  return all;
}

}  // namespace stepladder::report
