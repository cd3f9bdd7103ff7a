#include "stepladder/simulation/virtual_run.hpp"

#include <cmath>

#include "stepladder/schedule/ledger.hpp"

namespace stepladder::simulation {

VirtualRun run_in_virtual_time(schedule::Hyperband& scheduler, Workload workload,
                               const VirtualRunOptions& options, const fleet::Record& record) {
  VirtualRun run;
  SimulatedFleet fleet(options.workers, std::move(workload), options.disturbances, options.seed);
  Seconds last_report = 0;
  schedule::Ledger ledger;
  const auto count = [&run](Steps steps, const schedule::Work& work) {
    run.steps += steps;
    if (work.is_of_replicate) run.confirmation_steps += steps;
  };
  const auto observe = [&](const schedule::Hyperband&, std::span<const wire::Entry> entries) {
    run.events += entries.size();
    for (const wire::Entry& entry : entries) {
      if (std::holds_alternative<schedule::Reported>(entry.event.what))
        last_report = entry.event.at;
      for (const schedule::Stretch& ended : ledger.add(entry.event, entry.commands))
        if (ended.report != nullptr && ended.work->steps() > 0)
          count(ended.report->effort.steps - ended.work->steps(), *ended.work);
      for (const schedule::Command& command : entry.commands) {
        const auto* assign = std::get_if<schedule::Assign>(&command);
        if (assign == nullptr || assign->assignment.steps() == 0) continue;
        const schedule::Work work = schedule::work_of(*assign);
        count(work.steps(), work);
        if (options.keep_stretches)
          run.stretches.push_back({.trial = work.trial, .from = work.from, .to = work.to});
      }
    }
  };
  fleet::coordinate(scheduler, record, fleet,
                    {.judge_range = options.judge_range, .observe = observe});
  run.makespan = last_report;
  const double available = run.makespan * options.workers;
  run.utilisation = available > 0 ? fleet.busy() / available : 0;
  return run;
}

Workload planning_workload(Seed seed, Seconds seconds_per_step, Seconds scoring) {
  return [=](const Assignment& assignment) -> Work {
    const RandomStream random(seed, Purpose::simulation, assignment.drawn_as().value);
    const auto steps = static_cast<double>(assignment.steps());
    const double quality = random.uniform(0);
    const double loss = 0.3 + 0.2 * quality + 2.0 / std::sqrt(static_cast<double>(assignment.to));
    return {.outcome = Score{.accuracy = 1 / (1 + loss), .loss = loss},
            .duration = steps * seconds_per_step + scoring};
  };
}

}  // namespace stepladder::simulation
