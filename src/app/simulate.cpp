#include "stepladder/app/simulate.hpp"

#include <algorithm>
#include <memory>

#include <fmt/core.h>

#include "stepladder/advice/answer.hpp"
#include "stepladder/experiment/experiment.hpp"
#include "stepladder/experiment/experiment_text.hpp"
#include "stepladder/report/run_report.hpp"
#include "stepladder/report/simulation_report.hpp"
#include "stepladder/run/recorded_run.hpp"
#include "stepladder/run/result_files.hpp"
#include "stepladder/simulation/curves.hpp"
#include "stepladder/simulation/virtual_run.hpp"
#include "stepladder/store/journal.hpp"
#include "stepladder/store/run_directory.hpp"
#include "stepladder/trial/exit_code.hpp"

namespace stepladder::app {
namespace {

// Steps are epochs of the table, and there are no more trials than it has rows.
void fit_to(const simulation::CurveTable& table, const SimulateOptions& options,
            experiment::Experiment& experiment) {
  schedule::Plan& plan = experiment.plan;
  const auto epochs = static_cast<Steps>(table.epochs);
  const auto rows = static_cast<std::int64_t>(table.curves.size());
  if (plan.min_steps > epochs)
    throw InputError(
        fmt::format("{}: min_steps = {}, but the curves of {} have {} epochs; lower min_steps",
                    options.experiment.string(), plan.min_steps, options.curves->string(), epochs));
  const bool is_one_round = plan.trials == schedule::trials_in_a_round(plan);
  plan.max_steps = std::min(plan.max_steps, epochs);
  plan.metrics = simulation::metrics_of(
      table, options.goal == "max" ? Direction::maximise : Direction::minimise);
  try {
    schedule::check(plan);
    if (is_one_round) plan.trials = schedule::trials_in_a_round(plan);  // and stays one
    plan.trials = plan.trials == 0 ? rows : std::min(plan.trials, rows);
  } catch (const schedule::PlanError& error) {
    throw InputError(options.experiment.string() + ": with the table, " + error.what());
  }
}

// A run directory like any other, but for the time in it.
class Recorder {
 public:
  Recorder(const experiment::Experiment& experiment, const std::filesystem::path& folder)
      : directory_(folder) {
    const wire::Opened opened{.seed = experiment.seed,
                              .experiment = experiment::identity_of(experiment),
                              .metrics = experiment.plan.metrics};
    directory_.check();
    if (directory_.has_journal())
      throw InputError(folder.string() + ": holds a run already; choose another with --run-dir");
    directory_.create();
    lock_.emplace(directory_).sign();
    store::write_atomically(directory_.experiment(), opened.experiment);
    journal_ = store::Journal::create(directory_.journal(), opened);
  }

  void append(std::span<const wire::Entry> entries) {
    pending_.insert(pending_.end(), entries.begin(), entries.end());
    if (pending_.size() >= kEntriesAtOnce) flush();
  }

  void conclude() {
    flush();
    run::RecordedRun run(directory_.root());
    run::write_leaderboard_files(directory_, run::report_of(run).board);
  }

 private:
  // Nothing is acted on that a crash could take back, so the disk may be waited for less often.
  static constexpr std::size_t kEntriesAtOnce = 4096;

  void flush() {
    journal_->append(pending_);
    pending_.clear();
  }

  store::RunDirectory directory_;
  std::optional<store::RunLock> lock_;
  std::optional<store::Journal> journal_;
  std::vector<wire::Entry> pending_;
};

}  // namespace

int simulate(const SimulateOptions& options) {
  experiment::Experiment experiment = experiment::load_experiment(
      options.experiment, options.overrides,
      options.curves ? experiment::Needs::table : experiment::Needs::schedule);
  std::unique_ptr<simulation::CurveTable> table;
  simulation::Training workload = simulation::made_up_training(experiment.seed);
  if (options.curves) {
    table = std::make_unique<simulation::CurveTable>(simulation::read_curves(*options.curves));
    fit_to(*table, options, experiment);
    workload = simulation::training_of(*table);
  }

  schedule::Hyperband scheduler = experiment::scheduler_of(experiment);
  record::History history;  // what a range is judged by
  std::unique_ptr<Recorder> recorder;
  if (options.run_directory)
    recorder = std::make_unique<Recorder>(experiment, *options.run_directory);
  const simulation::VirtualRun run = simulation::run_in_virtual_time(
      scheduler, std::move(workload),
      {.workers = options.workers,
       .disturbances = options.disturbances,
       .seed = experiment.seed,
       .keep_spans = options.json && !options.brief,
       .judge =
           [&](const schedule::Hyperband& state) { return advice::answer(state, history, 0); }},
      [&](std::span<const wire::Entry> entries) {
        if (experiment.plan.extend_range)
          for (const wire::Entry& entry : entries) history.add(entry);
        if (recorder) recorder->append(entries);
      });
  if (recorder) recorder->conclude();
  fmt::print("{}", options.json ? report::simulation_json(scheduler, run, options.brief)
                                : report::simulation_text(scheduler, run, options.workers));
  return kFinished;
}

}  // namespace stepladder::app
