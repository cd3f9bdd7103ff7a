#include "stepladder/simulation/virtual_run.hpp"

#include <algorithm>
#include <cmath>

#include "stepladder/schedule/ledger.hpp"

namespace stepladder::simulation {

VirtualRun run_in_virtual_time(schedule::Hyperband& scheduler, Training workload,
                               const VirtualRunOptions& options, const fleet::Record& record) {
  VirtualRun run;
  SimulatedFleet fleet(options.workers, std::move(workload), options.disturbances, options.seed);
  Seconds last_report = 0;
  schedule::Ledger ledger;
  const auto count = [&run](Steps steps, const schedule::Work& work) {
    run.steps += steps;
    if (work.is_of_replicate) run.confirmation_steps += steps;
    if (work.cause == schedule::Cause::audited) run.audit_steps += steps;
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
        if (options.keep_spans)
          run.spans.push_back({.trial = work.trial, .from = work.from, .to = work.to});
      }
    }
  };
  fleet::coordinate(scheduler, record, fleet, {.judge = options.judge, .observe = observe});
  run.makespan = last_report;
  const double available = run.makespan * options.workers;
  run.utilisation = available > 0 ? fleet.busy() / available : 0;
  return run;
}

Training planned_training(PlannedTraining work) {
  return [work = std::move(work)](const Assignment& assignment) -> Trained {
    const RandomStream random(work.seed, Purpose::simulation, assignment.drawn_as().value);
    const auto steps = static_cast<double>(assignment.steps());
    // A finalist has been trained that far before.
    if (!assignment.draws && random.uniform(1) < work.diverging)
      return {.outcome = Diverged{assignment.from + 1}, .duration = work.per_step};
    const double quality = random.uniform(0);
    const double loss = 0.3 + 0.2 * quality + 2.0 / std::sqrt(static_cast<double>(assignment.to));
    return {.outcome = Score{1 / (1 + loss), loss},
            .duration = steps * work.per_step + work.overhead(assignment)};
  };
}

namespace {

// What a run's scores have been, so that those to come can be taken to be alike: how many trials
// are promoted depends on how new ones stand among old ones.
class ScoresSoFar {
 public:
  explicit ScoresSoFar(const schedule::Hyperband& scheduler) : metrics_(scheduler.plan().metrics) {
    for (const schedule::Bracket& bracket : scheduler.brackets())
      for (const schedule::Rung& rung : bracket.rungs()) {
        AtLevel& at = levels_[rung.level()];
        for (const schedule::Rung::Entry& entry : rung.entries())
          if (entry.standing.failed)
            ++at.failed;
          else
            at.standings.push_back(entry.standing);
      }
    for (auto& [level, at] : levels_) {
      std::sort(at.standings.begin(), at.standings.end());
      for (std::size_t i = 0; i < at.standings.size(); ++i)
        places_[at.standings[i].trial] =
            (static_cast<double>(i) + 0.5) / static_cast<double>(at.standings.size());
    }
  }

  // A trial stays where it stood among the others; a new one stands anywhere.
  [[nodiscard]] Outcome operator()(const Assignment& assignment) const {
    const RandomStream random({}, Purpose::simulation, assignment.drawn_as().value);
    const auto known = places_.find(assignment.trial);
    const double place = known != places_.end() ? known->second : random.uniform(0);
    const auto found = levels_.find(assignment.to);
    double value = place;  // smaller is better; where nobody was there yet, any order will do
    if (found != levels_.end()) {
      const auto& [standings, failed] = found->second;
      const auto scored = static_cast<double>(standings.size());
      const bool is_new = known == places_.end() && !assignment.draws;
      if (is_new && random.uniform(1) * (scored + failed) < failed)
        return Diverged{assignment.from + 1};
      if (!standings.empty()) value = standings[static_cast<std::size_t>(place * scored)].keys[0];
    }
    std::array<double, kMetricsMax> values{};
    values[metrics_.deciding] = metrics_.first().key(value);  // turned twice, so as it was
    return Score(std::span(values).first(metrics_.size()));
  }

 private:
  struct AtLevel {
    std::vector<Standing> standings;  // best first
    double failed = 0;
  };
  Metrics metrics_;
  std::map<Steps, AtLevel> levels_;
  std::map<TrialId, double> places_;  // in (0, 1), 0 the best, at the highest level with a score
};

}  // namespace

Seconds time_left(schedule::Hyperband scheduler, Seconds per_step, const Overhead& overhead,
                  std::map<TrialId, Seconds> under_way) {
  const auto workers = static_cast<std::uint32_t>(scheduler.workers());
  if (workers == 0) return 0;
  const ScoresSoFar scores(scheduler);
  static_cast<void>(scheduler.handle({.at = 0, .what = schedule::Restarted{}}));
  const auto rest = [&](const Assignment& assignment) {
    const Outcome outcome = scores(assignment);
    if (std::holds_alternative<Diverged>(outcome)) return Trained{outcome, per_step};
    Seconds left = static_cast<double>(assignment.steps()) * per_step + overhead(assignment);
    if (const auto begun = under_way.find(assignment.trial); begun != under_way.end()) {
      left = std::max(0.0, left - begun->second);
      under_way.erase(begun);
    }
    return Trained{outcome, left};
  };
  return run_in_virtual_time(scheduler, rest, {.workers = workers},
                             [](std::span<const wire::Entry>) {})
      .makespan;
}

std::optional<Steps> steps_of(const schedule::Growth& growth, schedule::Hyperband scheduler) {
  const ScoresSoFar scores(scheduler);
  static_cast<void>(scheduler.handle({.at = 0, .what = schedule::Grown{growth}}));
  if (scheduler.plan().max_steps != growth.max_steps || scheduler.plan().trials != growth.trials)
    return std::nullopt;
  const auto rest = [&](const Assignment& assignment) { return Trained{scores(assignment), 1}; };
  return run_in_virtual_time(scheduler, rest, {.workers = 1}, [](std::span<const wire::Entry>) {})
      .steps;
}

}  // namespace stepladder::simulation
