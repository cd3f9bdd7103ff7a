#include "stepladder/app/tune.hpp"

#include <functional>
#include <memory>
#include <system_error>
#include <thread>

#include <fmt/core.h>
#include <spdlog/spdlog.h>

#include "stepladder/app/activity.hpp"
#include "stepladder/app/doctor.hpp"
#include "stepladder/app/materials.hpp"
#include "stepladder/app/simulate.hpp"
#include "stepladder/app/stop_signals.hpp"
#include "stepladder/app/trial_runner.hpp"
#include "stepladder/app/tuning_run.hpp"
#include "stepladder/app/worker_levels.hpp"
#include "stepladder/experiment/experiment_text.hpp"
#include "stepladder/fleet/thread_fleet.hpp"
#include "stepladder/mpi/mpi_fleet.hpp"
#include "stepladder/simulation/simulated_fleet.hpp"
#include "stepladder/store/processes.hpp"

namespace stepladder::app {
namespace {

namespace fs = std::filesystem;

FoundDeadline deadline_of(const TuneOptions& options) {
  return options.deadline ? deadline_from(*options.deadline) : deadline_of_slurm_job();
}

// What is thrown where the user's input is wrong, as its text; nothing where all went well.
std::optional<std::string> complaint_of(const std::function<void()>& action) {
  try {
    action();
    return std::nullopt;
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

// Start-up in step: every rank does its part, and if one of them has a complaint they all end here.
bool all_well(const mpi::Session& session, const std::function<void()>& action) {
  auto own = complaint_of(action);
  if (own && session.rank() > 0)
    own = fmt::format("rank {} on {}: {}", session.rank(), store::host_name(), *own);
  const auto complaint = session.first_complaint(own);
  if (!complaint) return true;
  if (session.rank() == 0) throw InputError(*complaint);
  return false;
}

struct Shared {  // what rank 0 tells the others before they read the data
  std::string experiment;
  std::string run_directory;
  std::string checksum;
};

Shared broadcast(const mpi::Session& session, const Shared& shared) {
  return {.experiment = session.broadcast(shared.experiment),
          .run_directory = session.broadcast(shared.run_directory),
          .checksum = session.broadcast(shared.checksum)};
}

int schedule_on_rank_0(const mpi::Session& session, const mpi::Heartbeat& heartbeat,
                       const Deadline& deadline, TuningRun& run) {
  mpi::MpiFleet fleet(session.communicator(), heartbeat, run.elapsed());
  const auto reason_to_stop = [&fleet] {
    return fleet.is_deserted() ? "because no worker is left" : stop_signal();
  };
  if (!run.finished()) run.coordinate(fleet, reason_to_stop, deadline);
  fleet.dismiss();
  const int code = run.conclude();
  // With a rank missing, finalizing would hang.
  if (fleet.anyone_lost()) mpi::Session::leave_at_once(code);
  mpi::Session::bound_the_end();
  return code;
}

// Scores that are a pure function of (seed, trial, step), at once.
fleet::Train idle_workload(Seed seed) {
  return [work = simulation::synthetic_workload(seed)](const Assignment& assignment,
                                                       const fleet::KeepGoing&) -> fleet::Result {
    return {.outcome = work(assignment).outcome, .effort = {.steps = assignment.steps()}};
  };
}

// The experiment of the run in this folder, with its data where the workload needs any.
Materials materials_for(WorkloadKind kind, experiment::Experiment experiment,
                        const fs::path& folder) {
  if (kind == WorkloadKind::idle) return Materials(std::move(experiment));
  take_settled(store::RunDirectory(folder), experiment);
  return gather(std::move(experiment));
}

experiment::Needs needs_of(WorkloadKind kind) {
  return kind == WorkloadKind::idle ? experiment::Needs::schedule : experiment::Needs::everything;
}

// None without data, as of the idle workload and of the ranks that have not read theirs.
std::optional<doctor::Checkpoints> planned_checkpoints(const Materials& materials) {
  if (!materials.summary) return std::nullopt;
  return checkpoints_of(materials.experiment, shape_of(*materials.summary));
}

void warn(const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings) spdlog::warn(warning);
}

int work_on_this_rank(const mpi::Session& session, const mpi::Heartbeat& heartbeat,
                      const fleet::Train& workload) {
  mpi::MpiLink link(session.communicator(), heartbeat);
  fleet::work(link, workload);
  if (link.is_abandoned()) {
    fmt::print(
        stderr,
        "stepladder: rank {}: the scheduler has been silent for too long, or is dead; leaving\n",
        session.rank());
    mpi::Session::leave_at_once(kResumable);
  }
  link.drain();
  if (link.is_anyone_missing()) mpi::Session::leave_at_once(kFinished);
  mpi::Session::bound_the_end();
  return kFinished;
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

int tune_with_threads(const TuneOptions& options) {
  const FoundDeadline deadline = deadline_of(options);
  const bool is_idle = options.workload == WorkloadKind::idle;
  experiment::Experiment experiment = experiment::load_experiment(
      options.experiment, options.overrides, needs_of(options.workload));
  const std::string level = is_idle ? "none" : level_for(experiment.model);
  const fs::path folder = run_directory_of(options, experiment);
  const Materials materials = materials_for(options.workload, std::move(experiment), folder);
  const std::uint32_t threads =
      options.threads > 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  store::RunDirectory(folder).check(opened_by(materials));
  const auto warnings =
      warnings_in(examine_ranks(nullptr, {.run_directory = folder,
                                          .checkpoints = planned_checkpoints(materials),
                                          .threads = static_cast<int>(threads)}));
  TuningRun run(materials, folder, options.progress);
  spdlog::info(fmt::format("workers train at level {}", level));
  if (!run.finished()) {
    warn(materials.experiment.warnings);
    warn(warnings);
    warn(deadline.warnings);
    take_stop_signals();
    const store::Checkpoints checkpoints(run.directory().checkpoints());
    std::vector<TrialRunner> runners;  // one a worker
    for (std::uint32_t i = 0; i < threads && !is_idle; ++i)
      runners.emplace_back(materials, checkpoints);
    const auto make_train = [&](WorkerId worker) -> fleet::Train {
      if (is_idle) return idle_workload(materials.experiment.seed);
      return std::ref(runners[worker.value]);
    };
    fleet::ThreadFleet fleet(threads, make_train, run.elapsed());
    run.coordinate(fleet, stop_signal, deadline.deadline);
  }
  return run.conclude();
}

int tune_with_ranks(const TuneOptions& options, const mpi::Session& session,
                    mpi::NodeMemory& memory) {
  const bool is_scheduler = session.rank() == 0;
  if (is_scheduler)
    take_stop_signals();
  else
    ignore_stop_signals();
  const bool is_idle = options.workload == WorkloadKind::idle;
  Materials materials;
  Shared shared;
  std::string level;  // of this rank, if it trains
  FoundDeadline deadline;
  std::unique_ptr<TuningRun> run;

  // Rank 0 alone reads the experiment and checks everything that one rank can check; only then is
  // anything written.
  const auto check_all = [&] {
    if (!is_scheduler) return;
    deadline = deadline_of(options);
    experiment::Experiment experiment = experiment::load_experiment(
        options.experiment, options.overrides, needs_of(options.workload));
    const fs::path folder = fs::absolute(run_directory_of(options, experiment));
    materials = materials_for(options.workload, std::move(experiment), folder);
    store::RunDirectory(folder).check(opened_by(materials));
    shared = {.experiment = experiment::to_toml(materials.experiment),
              .run_directory = folder.string(),
              .checksum = std::to_string(materials.data_checksum)};
  };
  if (!all_well(session, check_all)) return kWrongInput;

  std::optional<Activity> activity(std::in_place, "waiting until all nodes have the data");
  shared = broadcast(session, shared);
  std::vector<std::string> warnings;
  const auto findings = examine_ranks(&session, {.run_directory = shared.run_directory,
                                                 .checkpoints = planned_checkpoints(materials)});
  if (!all_well(session, [&] { warnings = warnings_in(findings); })) return kWrongInput;

  const auto read_the_same = [&] {
    if (is_scheduler) return;
    experiment::Experiment experiment = experiment::parse_experiment(
        shared.experiment, "rank 0's experiment", "/", {}, needs_of(options.workload));
    if (!is_idle) level = level_for(experiment.model);
    if (!memory.is_keeper() || is_idle) {
      materials = Materials(std::move(experiment));
      return;
    }
    materials = gather(std::move(experiment));
    if (std::to_string(materials.data_checksum) != shared.checksum)
      throw InputError(
          "the data is other than what rank 0 reads from the same paths; give all nodes the same "
          "files");
  };
  if (!all_well(session, read_the_same)) return kWrongInput;
  if (!is_idle) share(materials, memory);

  const std::vector<std::string> hosts = session.gather(store::host_name());
  const std::vector<std::string> levels = session.gather(level);
  const std::vector<std::string> troubles = session.gather(memory.trouble());
  activity.reset();
  const auto open_run = [&] {
    if (!is_scheduler) return;
    const std::string in_use = levels_in_use(levels, hosts);
    ProgressOptions progress = options.progress;
    if (progress.style == ProgressStyle::automatic)  // its terminal is of mpirun's making
      progress.style = ProgressStyle::lines;
    run = std::make_unique<TuningRun>(materials, shared.run_directory, progress, hosts);
    spdlog::info(fmt::format("workers train at level {}", is_idle ? "none" : in_use));
    if (!run->finished()) warn(materials.experiment.warnings);
    warn(warnings);
    warn(warnings_in({doctor::sharing(hosts, troubles)}));
    warn(deadline.warnings);
  };
  if (!all_well(session, open_run)) return kWrongInput;

  const mpi::Heartbeat heartbeat{.silence_max = materials.experiment.run.heartbeat};
  if (is_scheduler) return schedule_on_rank_0(session, heartbeat, deadline.deadline, *run);
  if (is_idle)
    return work_on_this_rank(session, heartbeat, idle_workload(materials.experiment.seed));
  TrialRunner runner(materials,
                     store::Checkpoints(store::RunDirectory(shared.run_directory).checkpoints()));
  return work_on_this_rank(session, heartbeat, std::ref(runner));
}

}  // namespace stepladder::app
