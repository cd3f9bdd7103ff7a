// A whole run in virtual time, summed up: the real scheduler under the real coordinator, with
// simulated workers.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "stepladder/fleet/fleet.hpp"
#include "stepladder/simulation/simulated_fleet.hpp"

namespace stepladder::simulation {

struct StepSpan {  // one assignment that trained
  TrialId trial;
  Steps from = 0;
  Steps to = 0;
};

struct VirtualRun {
  Seconds makespan = 0;
  double utilisation = 0;  // busy worker-seconds over workers times makespan
  // Of all assignments: what was trained until the report, or until the divergence; of those that
  // were lost, all.
  Steps steps = 0;
  Steps confirmation_steps = 0;  // of them, of the finalists' replicates
  Steps audit_steps = 0;         // of them, of audits
  std::uint64_t events = 0;
  std::vector<StepSpan> spans;  // in order of dispatch; only where asked for
};

struct VirtualRunOptions {
  std::uint32_t workers = 1;
  Disturbances disturbances = {};
  Seed seed = {};  // of the disturbances
  bool keep_spans = false;
  fleet::Judge judge = fleet::judge_nothing;
};

// Runs `scheduler` to its end. `record` sees every entry, as a journal would.
[[nodiscard]] VirtualRun run_in_virtual_time(schedule::Hyperband& scheduler, Training workload,
                                             const VirtualRunOptions& options,
                                             const fleet::Record& record);

// What an assignment takes beside its steps: to score, to save.
using Overhead = std::function<Seconds(const Assignment&)>;

struct PlannedTraining {  // what planning assumes
  Seed seed;
  Seconds per_step = 0;
  Overhead overhead;
  double diverging = 0;  // the share of trials that diverge at their first step
};

// Trials of different quality that improve with steps: for planning, where only times and counts
// matter. A pure function of (seed, trial, steps).
[[nodiscard]] Training planned_training(PlannedTraining work);

// How long the rest of a run takes, simulated with scores and divergence like those so far.
// `under_way`: for how long trials have been worked on already. 0 where there is no worker.
[[nodiscard]] Seconds time_left(schedule::Hyperband scheduler, Seconds per_step,
                                const Overhead& overhead, std::map<TrialId, Seconds> under_way);

// About how many steps a run takes that is given more, from where it stands: its rest in virtual
// time, with scores like those it has. Nothing where it cannot grow so.
[[nodiscard]] std::optional<Steps> steps_of(const schedule::Growth& growth,
                                            schedule::Hyperband scheduler);

}  // namespace stepladder::simulation
