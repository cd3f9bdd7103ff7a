#include "stepladder/run/tune.hpp"

#include <memory>
#include <system_error>
#include <utility>

#include <spdlog/spdlog.h>

#include "stepladder/experiment/experiment_text.hpp"
#include "stepladder/run/activity.hpp"
#include "stepladder/run/examination.hpp"
#include "stepladder/run/same_run.hpp"
#include "stepladder/run/stop_signals.hpp"
#include "stepladder/run/worker_levels.hpp"
#include "stepladder/store/processes.hpp"
#include "stepladder/trial/exit_code.hpp"

namespace stepladder::run {
namespace {

namespace fs = std::filesystem;

struct Shared {  // what rank 0 tells the others before they read the data
  std::string experiment;
  std::string run_directory;
  std::string checksum;
};

void warn(const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings) spdlog::warn(warning);
}

}  // namespace

fs::path run_directory_of(const TuneOptions& options, const experiment::Experiment& experiment) {
  const fs::path folder = options.run_directory.value_or(fs::path("runs") / experiment.name);
  if (folder.empty()) throw InputError("--run-dir is empty; name a folder");
  std::error_code error;
  static_cast<void>(fs::exists(folder, error));
  if (error)
    throw InputError("the run directory " + folder.string() +
                     " cannot be used: " + error.message() + "; choose another with --run-dir");
  return folder;
}

int tune(const TuneOptions& options, Ranks& ranks) {
  const bool is_scheduler = ranks.rank() == 0;
  if (ranks.size() > 1) is_scheduler ? take_stop_signals() : ignore_stop_signals();
  const auto workload = make_workload(options.workload);
  Shared shared;
  FoundDeadline deadline;
  std::unique_ptr<TuningRun> run;

  // Rank 0 alone reads the experiment and checks everything that one rank can check; only then is
  // anything written.
  const auto check_all = [&] {
    if (!is_scheduler) return;
    deadline = options.deadline ? deadline_from(*options.deadline) : deadline_of_slurm_job();
    const auto load = [&](const std::vector<std::string>& further) {
      std::vector<std::string> overrides = options.overrides;
      overrides.insert(overrides.end(), further.begin(), further.end());
      return experiment::load_experiment(options.experiment, overrides, workload->needs());
    };
    experiment::Experiment experiment = load({});
    const fs::path given = run_directory_of(options, experiment);
    const store::RunDirectory folder(ranks.size() > 1 ? fs::absolute(given) : given);
    folder.check();
    workload->prepare(std::move(experiment), folder);
    const wire::Opened opened = workload->opened();
    check_same_run(folder, workload->experiment(), opened, load);
    shared = {.experiment = experiment::to_toml(workload->experiment()),
              .run_directory = folder.root().string(),
              .checksum = std::to_string(opened.data_checksum)};
  };
  if (!all_well(ranks, check_all)) return kWrongInput;

  std::optional<Activity> activity;
  if (ranks.size() > 1) activity.emplace("waiting until all nodes have the data");
  shared = {.experiment = ranks.broadcast(shared.experiment),
            .run_directory = ranks.broadcast(shared.run_directory),
            .checksum = ranks.broadcast(shared.checksum)};
  const store::RunDirectory directory(shared.run_directory);
  std::vector<std::string> warnings;
  const auto findings =
      examine_ranks(ranks, {.run_directory = shared.run_directory,
                            .checkpoints = is_scheduler ? workload->checkpoints() : std::nullopt});
  if (!all_well(ranks, [&] { warnings = warnings_in(findings); })) return kWrongInput;

  std::string level;  // of this rank, if it trains
  const auto read_the_same = [&] {
    if (!is_scheduler)
      workload->follow(experiment::parse_experiment(shared.experiment, "rank 0's experiment", "/",
                                                    {}, workload->needs()),
                       ranks.is_keeper(), std::stoull(shared.checksum));
    if (ranks.trains()) level = workload->level();
  };
  if (!all_well(ranks, read_the_same)) return kWrongInput;
  workload->share(ranks);

  const std::vector<std::string> hosts = ranks.gather(store::host_name());
  const std::vector<std::string> levels = ranks.gather(level);
  const std::vector<std::string> troubles = ranks.gather(ranks.sharing_trouble());
  activity.reset();
  const auto open_run = [&] {
    if (!is_scheduler) return;
    const std::string in_use = levels_in_use(levels, hosts);
    ProgressOptions progress = options.progress;
    if (ranks.size() > 1 && progress.style == ProgressStyle::automatic)
      progress.style = ProgressStyle::lines;  // its terminal is of mpirun's making
    run = std::make_unique<TuningRun>(*workload, directory, progress,
                                      ranks.size() > 1 ? hosts : std::vector<std::string>{});
    spdlog::info("workers train at level " + in_use);
    if (run->finished()) return;
    warn(workload->experiment().warnings);
    warn(warnings);
    if (ranks.size() > 1) warn(warnings_in({doctor::sharing(hosts, troubles)}));
    warn(deadline.warnings);
  };
  if (!all_well(ranks, open_run)) return kWrongInput;
  return ranks.carry_out(run.get(), *workload, directory, deadline.deadline);
}

}  // namespace stepladder::run
