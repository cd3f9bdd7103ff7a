// What the scheduler is told and what it answers. These two variants are the whole protocol: the
// journal is a list of them, and a fleet is whatever turns the world into events, and carries the
// commands out.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "stepladder/schedule/plan.hpp"
#include "stepladder/schedule/task.hpp"
#include "stepladder/search/sampler.hpp"
#include "stepladder/trial/assignment.hpp"
#include "stepladder/trial/ids.hpp"
#include "stepladder/trial/outcome.hpp"

namespace stepladder::schedule {

struct WorkerJoined {  // also one that was lost and is back
  WorkerId worker;
  friend bool operator==(const WorkerJoined&, const WorkerJoined&) = default;
};
struct Reported {  // ignored unless the lease is current: late, doubled and forged reports change
                   // nothing
  LeaseId lease;
  Outcome outcome;
  Effort effort;
  // Of a score on `final`: what it is in each of as many random groups of the rows, the same for
  // every trial, so that it can be said how much two scores owe to the rows. May be empty.
  std::vector<Score> by_group{};
  friend bool operator==(const Reported&, const Reported&) = default;
};
struct WorkerLost {
  WorkerId worker;
  Steps heard_at = 0;  // the last step of its assignment it was heard of at; 0: never
  friend bool operator==(const WorkerLost&, const WorkerLost&) = default;
};
struct StopRequested {  // end soon, to be resumed later
  std::string why;      // to follow "stopping": "on SIGTERM"
  friend bool operator==(const StopRequested&, const StopRequested&) = default;
};
struct Restarted {  // the scheduler was started anew from its journal; all workers are gone
  friend bool operator==(const Restarted&, const Restarted&) = default;
};

// The same run goes on with more of something. The first event of a start, before Restarted: no
// worker is there. Ignored where it would not fit: see growth_to().
struct Grown {
  Growth growth;
  friend bool operator==(const Grown&, const Grown&) = default;
};

// The answers to the scheduler's questions. Whoever drives it looks at the scores; the journal
// holds what came of it, so that nobody looks again. Ignored where it was not asked. To
// Hyperband::awaits_range():
struct RangeExtended {
  search::Extension extension;
  friend bool operator==(const RangeExtended&, const RangeExtended&) = default;
};
struct RangeKept {
  friend bool operator==(const RangeKept&, const RangeKept&) = default;
};
// To Hyperband::awaits_round(): who of the finalists is behind for sure after so many rounds of
// seeds, and gets no further ones.
struct RoundJudged {
  std::int64_t rounds = 0;
  std::vector<TrialId> dropped;
  friend bool operator==(const RoundJudged&, const RoundJudged&) = default;
};
using Answer = std::variant<RangeKept, RangeExtended, RoundJudged>;

struct Event {
  Seconds at = 0;  // when it arrived; recorded, never decided on
  std::variant<WorkerJoined, Reported, WorkerLost, StopRequested, Restarted, RangeExtended,
               RangeKept, Grown, RoundJudged>
      what;
  friend bool operator==(const Event&, const Event&) = default;
};

[[nodiscard]] inline Event event_of(const Answer& answer, Seconds at) {
  Event event{.at = at, .what = RangeKept{}};
  std::visit([&event](const auto& what) { event.what = what; }, answer);
  return event;
}

struct Assign {
  WorkerId worker;
  Assignment assignment;
  Cause cause = Cause::fresh;
  friend bool operator==(const Assign&, const Assign&) = default;
};
struct Recall {  // save what you have and report Interrupted
  WorkerId worker;
  friend bool operator==(const Recall&, const Recall&) = default;
};
struct Retire {  // no more work will come
  WorkerId worker;
  friend bool operator==(const Retire&, const Retire&) = default;
};
struct Choose {  // the winner is fixed from here on; only now may the test part be scored
  TrialId trial;
  TrialId model;  // whose weights are kept and tested: the trial itself, or its best replicate
  friend bool operator==(const Choose&, const Choose&) = default;
};
struct GiveUp {  // the trial counts as crashed from here on
  TrialId trial;
  std::string reason;
  friend bool operator==(const GiveUp&, const GiveUp&) = default;
};
using Command = std::variant<Assign, Recall, Retire, Choose, GiveUp>;
using Commands = std::vector<Command>;

}  // namespace stepladder::schedule
