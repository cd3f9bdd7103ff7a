// `stepladder plan`: what a schedule will cost, before it is paid for.
#include <algorithm>
#include <map>

#include <fmt/core.h>

#include "stepladder/advice/range_judgement.hpp"
#include "stepladder/app/simulate.hpp"
#include "stepladder/experiment/experiment.hpp"
#include "stepladder/report/plan_report.hpp"
#include "stepladder/run/costs.hpp"
#include "stepladder/run/materials.hpp"
#include "stepladder/simulation/virtual_run.hpp"
#include "stepladder/training/bench.hpp"
#include "stepladder/training/engines.hpp"
#include "stepladder/training/trainer.hpp"
#include "stepladder/trial/exit_code.hpp"
#include "stepladder/wire/checkpoint.hpp"

namespace stepladder::app {
namespace {

constexpr wire::PartRows kRowsOfImages{.prune = 5000, .final = 5000, .test = 10'000};

// The preview knows no scores, so it extends nothing.
std::string cost_of_extensions(const experiment::Experiment& experiment) {
  schedule::Plan plan = experiment.plan;
  plan.trials = advice::trials_of_extensions(experiment::scheduler_of(experiment));
  plan.total_steps = 0;
  plan.confirmation_seeds = 0;
  return fmt::format(
      "extend_range may begin about {} trials more than shown, if both bounds of learning_rate are "
      "passed by a factor of {}: about {} steps{}",
      plan.trials, text(Value{plan.extend_range_max}), schedule::expected_steps(plan),
      experiment.plan.total_steps > 0 ? ", within total_steps" : "");
}

std::int64_t rows_of(const wire::PartRows& rows, Part part) {
  return part == Part::prune ? rows.prune : part == Part::final ? rows.final : rows.test;
}

report::PlanForWorkers preview(const experiment::Experiment& experiment, const wire::PartRows& rows,
                               std::uint32_t workers, double seconds_per_step,
                               std::int64_t checkpoint_bytes, report::PlanReport& report) {
  // Scoring a row is a third of training on it.
  simulation::PlannedTraining work{.seed = experiment.seed,
                                   .per_step = seconds_per_step,
                                   .overhead = [&](const Assignment& assignment) {
                                     return seconds_per_step / 3 *
                                            static_cast<double>(rows_of(rows, assignment.part)) /
                                            static_cast<double>(experiment.model.batch);
                                   }};
  const auto run_of = [&](schedule::Hyperband& scheduler) {
    return simulation::run_in_virtual_time(scheduler, simulation::planned_training(work),
                                           {.workers = workers},
                                           [](std::span<const wire::Entry>) {});
  };
  schedule::Hyperband scheduler = experiment::scheduler_of(experiment);
  const simulation::VirtualRun run = run_of(scheduler);
  work.diverging = report::kPlannedToDiverge;
  schedule::Hyperband diverging = experiment::scheduler_of(experiment);
  const Seconds makespan_min = std::min(run.makespan, run_of(diverging).makespan);
  report.brackets = report::plan_brackets(scheduler);
  report.confirmation = report::plan_confirmation(scheduler);
  const Steps budget = experiment.plan.total_steps;
  return {
      .workers = workers,
      .steps = run.steps,
      .audit_steps = run.audit_steps,
      .core_hours = workers * run.makespan / 3600,
      .makespan = run.makespan,
      .makespan_min = makespan_min,
      .utilisation = run.utilisation,
      .checkpoint_bytes = checkpoint_bytes * static_cast<std::int64_t>(scheduler.begun().size()),
      .trials = static_cast<std::int64_t>(scheduler.trials().size()),
      .is_budget_spent =
          budget > 0 && run.steps - run.confirmation_steps - run.audit_steps >= budget,
      .is_exhausted = scheduler.is_exhausted()};
}

}  // namespace

int show_plan(const PlanOptions& options) {
  experiment::Experiment experiment = experiment::load_experiment(
      options.experiment, options.overrides, experiment::Needs::schedule);
  report::PlanReport report;
  run::DataShape shape = run::kImages;
  wire::PartRows rows = kRowsOfImages;
  if (!experiment.data.place.empty()) {
    run::Materials outline = run::gather(std::move(experiment), data::Contents::outline);
    const run::DataSummary& data = *outline.summary;
    shape = run::shape_of(data);
    rows = data.rows;
    report.data = report::PlanData{.words = "data: " + to_text(data),
                                   .rows = data.rows,
                                   .features = data.features,
                                   .classes = data.classes};
    experiment = std::move(outline.experiment);
  }
  report.plan = experiment.plan;
  report.seconds_per_step = options.seconds_per_step
                                ? *options.seconds_per_step
                                : run::measured_seconds_per_step(experiment, shape);
  for (const std::uint32_t workers : options.workers)
    report.workers.push_back(preview(experiment, rows, workers, report.seconds_per_step,
                                     run::bytes_of_checkpoint(experiment, shape), report));
  report.warnings = experiment.warnings;
  for (std::string& warning : report::plan_warnings(report))
    report.warnings.push_back(std::move(warning));
  if (experiment.plan.extend_range) report.warnings.push_back(cost_of_extensions(experiment));
  fmt::print("{}", options.json ? report::plan_json(report) : report::plan_text(report));
  return kFinished;
}

}  // namespace stepladder::app
