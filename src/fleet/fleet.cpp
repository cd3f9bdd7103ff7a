#include "stepladder/fleet/fleet.hpp"

#include <chrono>
#include <exception>

#include "stepladder/store/files.hpp"

namespace stepladder::fleet {

schedule::Answer judge_nothing(const schedule::Hyperband& scheduler) {
  if (const auto rounds = scheduler.awaits_round())
    return schedule::RoundJudged{.rounds = *rounds, .dropped = {}};
  return schedule::RangeKept{};
}

void coordinate(schedule::Hyperband& scheduler, const Record& record, Fleet& fleet,
                const CoordinateOptions& options) {
  std::vector<wire::Entry> entries;
  do {
    Arrivals arrivals;
    if (scheduler.awaits_answer()) {
      arrivals.push_back(schedule::event_of(options.judge(scheduler), fleet.now()));
    } else {
      arrivals = fleet.next();
    }
    if (auto why = options.reason_to_stop(); why && !scheduler.stopping())
      arrivals.push_back({.at = fleet.now(), .what = schedule::StopRequested{std::move(*why)}});

    entries.clear();
    for (schedule::Event& event : arrivals) {
      schedule::Commands commands = scheduler.handle(event);
      entries.push_back({.event = std::move(event), .commands = std::move(commands)});
    }
    record(entries);
    for (const wire::Entry& entry : entries)
      for (const schedule::Command& command : entry.commands) fleet.carry_out(command);
    options.observe(scheduler, entries);
  } while (scheduler.workers() > 0 || !(scheduler.finished() || scheduler.stopping()));
}

namespace {

using Clock = std::chrono::steady_clock;

Result attempt(const Train& train, const Assignment& assignment, const KeepGoing& keep_going) {
  try {
    return train(assignment, keep_going);
  } catch (const store::StorageError& error) {
    return {.outcome = StorageFailed{error.what()}, .effort = {}};
  } catch (const std::bad_alloc&) {
    return {
        .outcome = Crashed{"there is not enough memory for it; make the model smaller, or start "
                           "fewer ranks a node"},
        .effort = {}};
  } catch (const std::exception& error) {
    return {.outcome = Crashed{error.what()}, .effort = {}};
  }
}

}  // namespace

void work(WorkerLink& link, const Train& train) {
  auto idle_since = Clock::now();
  while (const std::optional<Assignment> assignment = link.next()) {
    const Seconds waiting = std::chrono::duration<double>(Clock::now() - idle_since).count();
    const LeaseId lease = assignment->lease;
    Result result =
        attempt(train, *assignment, [&](Steps at) { return link.keep_going(lease, at); });
    result.effort.waiting = waiting;
    idle_since = Clock::now();
    link.report({.lease = lease,
                 .outcome = std::move(result.outcome),
                 .effort = result.effort,
                 .by_group = std::move(result.by_group)});
  }
}

}  // namespace stepladder::fleet
