// What became of every assignment. Entries of a run are folded into stretches of its workers' time:
// a worker waits, or it holds an assignment until it reports, or is lost. This is the one place
// where leases are matched with their ends. Fed the same entries as the scheduler, live or from a
// journal.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "stepladder/schedule/messages.hpp"

namespace stepladder::schedule {

struct Work {  // an assignment, without its configuration
  LeaseId lease;
  TrialId trial;
  Cause cause = Cause::fresh;
  Steps from = 0;
  Steps to = 0;
  Steps cooldown = 0;
  Part part = Part::prune;
  bool is_of_replicate = false;
  [[nodiscard]] Steps steps() const noexcept { return to - from + cooldown; }
};

[[nodiscard]] Work work_of(const Assign& assign);

struct Stretch {
  WorkerId worker;
  Seconds from = 0;
  Seconds to = 0;
  std::optional<Work> work;          // none: it waited
  const Reported* report = nullptr;  // that ended it, inside the event; none: the worker was lost,
                                     // or is still at work
};

class Ledger {
 public:
  // The stretches that this entry ended, in order of time for each worker.
  std::vector<Stretch> add(const Event& event, const Commands& commands);

  [[nodiscard]] Seconds now() const noexcept { return now_; }  // of the last event
  // What the workers that are there are at, until now.
  [[nodiscard]] std::vector<Stretch> under_way() const;

 private:
  struct Present {
    Seconds since = 0;
    std::optional<Work> work;
  };
  void end(WorkerId worker, const Reported* report, std::vector<Stretch>& ended);
  void leave(WorkerId worker, std::vector<Stretch>& ended);

  Seconds now_ = 0;
  std::map<WorkerId, Present> present_;
  std::map<LeaseId, WorkerId> holders_;
};

}  // namespace stepladder::schedule
