// `stepladder plan`: what a schedule will cost, before it is paid for.
#include <algorithm>
#include <map>

#include <fmt/core.h>

#include "stepladder/advice/range_judgement.hpp"
#include "stepladder/app/materials.hpp"
#include "stepladder/app/simulate.hpp"
#include "stepladder/app/tuning_run.hpp"
#include "stepladder/experiment/experiment.hpp"
#include "stepladder/report/plan_report.hpp"
#include "stepladder/simulation/virtual_run.hpp"
#include "stepladder/training/bench.hpp"
#include "stepladder/training/engines.hpp"
#include "stepladder/training/trainer.hpp"
#include "stepladder/wire/checkpoint.hpp"

namespace stepladder::app {
namespace {

// A plan may be asked for without data; then these are the thread's images.
constexpr DataShape kImages{.inputs = 784, .classes = 10};
constexpr wire::PartRows kRowsOfImages{.prune = 5000, .final = 5000, .test = 10'000};

struct OptimizerShare {
  training::Optimizer optimizer;
  double share = 0;
};

// Kinds of optimizers that the space chooses, cheapest first: one for all that keep as much.
std::vector<OptimizerShare> optimizers_of(const experiment::Experiment& experiment) {
  constexpr std::uint32_t kTrials = 64;
  const search::Sampler sampler(experiment.space, experiment.seed, experiment.search);
  std::map<std::size_t, OptimizerShare> by_cost;
  double sum = 0;
  for (std::uint32_t trial = 0; trial < kTrials; ++trial) {
    if (sampler.configurations() && trial >= *sampler.configurations()) break;
    const Configuration configuration = sampler.configuration_of(TrialId{trial});
    if (configuration.find("learning_rate") == nullptr) continue;
    const training::Optimizer optimizer = training::recipe_of(configuration).optimizer;
    const std::size_t cost =
        2 * training::moments(optimizer.kind) + (training::needs_whole_gradient(optimizer) ? 1 : 0);
    ++by_cost.emplace(cost, OptimizerShare{.optimizer = optimizer}).first->second.share;
    ++sum;
  }
  std::vector<OptimizerShare> optimizers;
  optimizers.reserve(by_cost.size());
  for (const auto& [cost, found] : by_cost)
    optimizers.push_back({.optimizer = found.optimizer, .share = found.share / sum});
  return optimizers.empty() ? std::vector<OptimizerShare>{{.share = 1}} : optimizers;
}

double measured_seconds_per_step(const experiment::Experiment& experiment, const DataShape& data) {
  double mean = 0;
  for (const auto& [optimizer, share] : optimizers_of(experiment)) {
    const training::EngineSettings settings{
        .architecture = training::architecture_of(experiment.model, data.inputs, data.classes),
        .optimizer = optimizer,
        .keep_probability = experiment.model.keep_probability,
        .batch = experiment.model.batch};
    const auto engine = training::engine_maker(experiment.model)(settings);
    mean += share / training::measure(*engine, settings, 1.0).steps_per_second;
  }
  return mean;
}

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
  simulation::PlannedWork work{.seed = experiment.seed,
                               .per_step = seconds_per_step,
                               .overhead = [&](const Assignment& assignment) {
                                 return seconds_per_step / 3 *
                                        static_cast<double>(rows_of(rows, assignment.part)) /
                                        static_cast<double>(experiment.model.batch);
                               }};
  const auto run_of = [&](schedule::Hyperband& scheduler) {
    return simulation::run_in_virtual_time(scheduler, simulation::planning_workload(work),
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
  return {.workers = workers,
          .steps = run.steps,
          .core_hours = workers * run.makespan / 3600,
          .makespan = run.makespan,
          .makespan_min = makespan_min,
          .utilisation = run.utilisation,
          .checkpoint_bytes = checkpoint_bytes * static_cast<std::int64_t>(scheduler.begun()),
          .trials = static_cast<std::int64_t>(scheduler.trials().size()),
          .is_budget_spent = budget > 0 && run.steps - run.confirmation_steps >= budget};
}

// With the dearest optimizer.
std::int64_t bytes_of_checkpoint(const experiment::Experiment& experiment, const DataShape& data) {
  const training::EngineSettings settings{
      .architecture = training::architecture_of(experiment.model, data.inputs, data.classes),
      .optimizer = optimizers_of(experiment).back().optimizer,
      .keeps_average = experiment.plan.rung_score == schedule::RungScore::average};
  std::size_t bytes =
      settings.architecture.parameters() * training::parts_of(settings) * sizeof(float);
  wire::save(training::State{}, [&](std::span<const std::byte> more) { bytes += more.size(); });
  return static_cast<std::int64_t>(bytes);
}

}  // namespace

doctor::Checkpoints checkpoints_of(const experiment::Experiment& experiment,
                                   std::optional<DataShape> data) {
  const schedule::Plan& plan = experiment.plan;
  return {.bytes_each = bytes_of_checkpoint(experiment, data.value_or(kImages)),
          .count = plan.trials == 0
                       ? 0
                       : plan.trials +
                             advice::trials_of_extensions(experiment::scheduler_of(experiment)) +
                             plan.finalists * plan.confirmation_seeds,
          .bytes_max = experiment.run.checkpoint_bytes_max,
          .is_exact = data.has_value()};
}

int show_plan(const PlanOptions& options) {
  experiment::Experiment experiment = experiment::load_experiment(
      options.experiment, options.overrides, experiment::Needs::schedule);
  report::PlanReport report;
  DataShape shape = kImages;
  wire::PartRows rows = kRowsOfImages;
  if (!experiment.data.place.empty()) {
    Materials outline = gather(std::move(experiment), data::Contents::outline);
    const DataSummary& data = *outline.summary;
    shape = shape_of(data);
    rows = data.rows;
    report.data = report::PlanData{.words = "data: " + to_text(data),
                                   .rows = data.rows,
                                   .features = data.features,
                                   .classes = data.classes};
    experiment = std::move(outline.experiment);
  }
  report.plan = experiment.plan;
  report.seconds_per_step = options.seconds_per_step ? *options.seconds_per_step
                                                     : measured_seconds_per_step(experiment, shape);
  for (const std::uint32_t workers : options.workers)
    report.workers.push_back(preview(experiment, rows, workers, report.seconds_per_step,
                                     bytes_of_checkpoint(experiment, shape), report));
  report.warnings = experiment.warnings;
  for (std::string& warning : report::plan_warnings(report))
    report.warnings.push_back(std::move(warning));
  if (experiment.plan.extend_range) report.warnings.push_back(cost_of_extensions(experiment));
  fmt::print("{}", options.json ? report::plan_json(report) : report::plan_text(report));
  return kFinished;
}

}  // namespace stepladder::app
