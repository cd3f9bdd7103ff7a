#include "stepladder/schedule/ledger.hpp"

namespace stepladder::schedule {

Work work_of(const Assign& assign) {
  const Assignment& a = assign.assignment;
  return {.lease = a.lease,
          .trial = a.trial,
          .cause = assign.cause,
          .from = a.from,
          .to = a.to,
          .cooldown = a.cooldown,
          .part = a.part,
          .is_of_replicate = a.draws.has_value()};
}

std::vector<Stretch> Ledger::add(const Event& event, const Commands& commands) {
  std::vector<Stretch> ended;
  now_ = event.at;
  if (const auto* joined = std::get_if<WorkerJoined>(&event.what)) {
    leave(joined->worker, ended);
    present_[joined->worker] = {.since = now_, .work = std::nullopt};
  } else if (const auto* lost = std::get_if<WorkerLost>(&event.what)) {
    leave(lost->worker, ended);
  } else if (std::holds_alternative<Restarted>(event.what)) {
    while (!present_.empty()) leave(present_.begin()->first, ended);
  } else if (const auto* report = std::get_if<Reported>(&event.what)) {
    const auto holder = holders_.find(report->lease);
    if (holder != holders_.end()) end(holder->second, report, ended);
  }
  for (const Command& command : commands) {
    if (const auto* assign = std::get_if<Assign>(&command)) {
      end(assign->worker, nullptr, ended);
      present_[assign->worker] = {.since = now_, .work = work_of(*assign)};
      holders_[assign->assignment.lease] = assign->worker;
    } else if (const auto* retire = std::get_if<Retire>(&command)) {
      leave(retire->worker, ended);
    }
  }
  return ended;
}

// Of what the worker is at; from now on it waits.
void Ledger::end(WorkerId worker, const Reported* report, std::vector<Stretch>& ended) {
  const auto found = present_.find(worker);
  if (found == present_.end()) return;
  Present& present = found->second;
  ended.push_back({.worker = worker,
                   .from = present.since,
                   .to = now_,
                   .work = present.work,
                   .report = report});
  if (present.work) holders_.erase(present.work->lease);
  present = {.since = now_, .work = std::nullopt};
}

void Ledger::leave(WorkerId worker, std::vector<Stretch>& ended) {
  end(worker, nullptr, ended);
  present_.erase(worker);
}

std::vector<Stretch> Ledger::under_way() const {
  std::vector<Stretch> stretches;
  for (const auto& [worker, present] : present_)
    stretches.push_back(
        {.worker = worker, .from = present.since, .to = now_, .work = present.work});
  return stretches;
}

}  // namespace stepladder::schedule
