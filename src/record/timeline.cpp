#include "stepladder/record/timeline.hpp"

#include <algorithm>

namespace stepladder::record {

void Timeline::add(const wire::Entry& entry) {
  if (const auto* joined = std::get_if<schedule::WorkerJoined>(&entry.event.what))
    stretches_[joined->worker];
  for (const schedule::Stretch& ended : ledger_.add(entry.event, entry.commands)) {
    if (!ended.work) {
      push(ended.worker, {.from = ended.from, .to = ended.to});
      continue;
    }
    const TrialId trial = ended.work->trial;
    const auto* report = ended.report;
    if (report == nullptr || std::holds_alternative<Crashed>(report->outcome) ||
        std::holds_alternative<StorageFailed>(report->outcome)) {
      push(ended.worker,
           {.from = ended.from, .to = ended.to, .doing = Doing::lost, .trial = trial});
      continue;
    }
    // Its scoring came last.
    const Seconds begun = ended.to - std::clamp(report->effort.scoring, 0.0, ended.to - ended.from);
    push(ended.worker, {.from = ended.from, .to = begun, .doing = Doing::training, .trial = trial});
    push(ended.worker, {.from = begun, .to = ended.to, .doing = Doing::scoring, .trial = trial});
  }
}

void Timeline::push(WorkerId worker, const Stretch& stretch) {
  if (stretch.to > stretch.from) stretches_[worker].push_back(stretch);
}

std::map<WorkerId, std::vector<Stretch>> Timeline::stretches() const {
  auto all = stretches_;
  for (const schedule::Stretch& at : ledger_.under_way())
    if (at.to > at.from)
      all[at.worker].push_back(
          {.from = at.from,
           .to = at.to,
           .doing = at.work ? Doing::training : Doing::waiting,
           .trial = at.work ? std::optional<TrialId>(at.work->trial) : std::nullopt});
  return all;
}

}  // namespace stepladder::record
