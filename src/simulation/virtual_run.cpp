#include "stepladder/simulation/virtual_run.hpp"

#include <cmath>
#include <map>

namespace stepladder::simulation {

VirtualRun run_in_virtual_time(schedule::Hyperband& scheduler, Workload workload,
                               const VirtualRunOptions& options, const fleet::Record& record) {
  VirtualRun run;
  SimulatedFleet fleet(options.workers, std::move(workload), options.disturbances, options.seed);
  Seconds last_report = 0;
  struct Counted {
    Steps steps = 0;
    bool is_replicate = false;
  };
  std::map<LeaseId, Counted> under_way;  // what each assignment is counted as
  const auto count = [&run](Steps steps, bool is_replicate) {
    run.steps += steps;
    if (is_replicate) run.confirmation_steps += steps;
  };
  const auto observe = [&](const schedule::Hyperband&, std::span<const wire::Entry> entries) {
    run.events += entries.size();
    for (const wire::Entry& entry : entries) {
      if (const auto* report = std::get_if<schedule::Reported>(&entry.event.what)) {
        last_report = entry.event.at;
        if (const auto found = under_way.find(report->lease); found != under_way.end()) {
          count(report->effort.steps - found->second.steps, found->second.is_replicate);
          under_way.erase(found);
        }
      }
      for (const schedule::Command& command : entry.commands) {
        const auto* assign = std::get_if<schedule::Assign>(&command);
        if (assign == nullptr || assign->assignment.steps() == 0) continue;
        const Assignment& a = assign->assignment;
        count(a.steps(), a.draws.has_value());
        under_way.emplace(a.lease, Counted{a.steps(), a.draws.has_value()});
        if (options.keep_stretches)
          run.stretches.push_back({.trial = a.trial, .from = a.from, .to = a.to});
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
