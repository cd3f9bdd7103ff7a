// The seam between the scheduler and the world. A Fleet is rank 0's side: workers as a stream of
// events, commands carried out. A WorkerLink is a worker's side. Three worlds implement them: MPI
// ranks, threads, virtual time.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "stepladder/schedule/hyperband.hpp"
#include "stepladder/schedule/messages.hpp"
#include "stepladder/wire/journal_line.hpp"

namespace stepladder::fleet {

using Arrivals = std::vector<schedule::Event>;

class Fleet {
 public:
  virtual ~Fleet() = default;
  // Everything that has arrived, in order of arrival. Waits for a while, but not for ever: may be
  // empty.
  [[nodiscard]] virtual Arrivals next() = 0;
  // Returns before the command has taken effect. A worker that is gone is no error.
  virtual void carry_out(const schedule::Command& command) = 0;
  // The time that arrivals are stamped with.
  [[nodiscard]] virtual Seconds now() const = 0;
};

class WorkerLink {
 public:
  virtual ~WorkerLink() = default;
  // Waits for the next assignment; none when the worker is to leave.
  [[nodiscard]] virtual std::optional<Assignment> next() = 0;
  // Called now and then while an assignment is carried out: false when it is to be given back.
  [[nodiscard]] virtual bool keep_going(LeaseId lease, Steps at) = 0;
  virtual void report(const schedule::Reported& report) = 0;
};

// Makes entries last. What it returned for survives a crash; it throws rather than return
// otherwise.
using Record = std::function<void(std::span<const wire::Entry>)>;

// Answers the question that a scheduler asks: awaits_range() or awaits_round().
using Judge = std::function<schedule::Answer(const schedule::Hyperband&)>;
// That the range stays, and that no finalist is dropped.
[[nodiscard]] schedule::Answer judge_nothing(const schedule::Hyperband& scheduler);

struct CoordinateOptions {
  // Asked each round: why the run is to end soon and be resumed later, in words that follow
  // "stopping"; none while it is not.
  std::function<std::optional<std::string>()> reason_to_stop = [] { return std::nullopt; };
  // Asked whenever the scheduler awaits an answer: what the scores say.
  Judge judge = judge_nothing;
  // Told each round what was just recorded, which may be nothing.
  std::function<void(const schedule::Hyperband&, std::span<const wire::Entry>)> observe =
      [](const schedule::Hyperband&, std::span<const wire::Entry>) {};
};

// Rank 0's whole life: arrivals are handled, recorded as one group, and only then are their
// commands carried out. Returns when every worker is retired.
void coordinate(schedule::Hyperband& scheduler, const Record& record, Fleet& fleet,
                const CoordinateOptions& options = {});

// Carries an assignment out. The callable is to be asked every so often, with the step reached;
// once it says false the work is saved and the outcome is Interrupted.
using KeepGoing = std::function<bool(Steps at)>;
struct Result {
  Outcome outcome;
  Effort effort;
  std::vector<Score> by_group{};  // as in schedule::Reported
};
using Train = std::function<Result(const Assignment&, const KeepGoing&)>;

// A worker's whole life. An exception out of `train` becomes Crashed, a
// store::StorageError StorageFailed. How long it waited for an
// assignment goes with the report on it.
void work(WorkerLink& link, const Train& train);

}  // namespace stepladder::fleet
