#include "stepladder/app/launch.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <thread>
#include <unistd.h>

#include <fmt/core.h>

#include "stepladder/doctor/launched.hpp"
#include "stepladder/launch/launcher.hpp"
#include "stepladder/run/activity.hpp"
#include "stepladder/run/deadline.hpp"
#include "stepladder/run/tuning_run.hpp"

namespace stepladder::app {
namespace {

int number_in(std::string_view text) {
  int number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  return parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size() ? number : 0;
}

launch::Host host_from(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return {.name = text, .ranks = 1};
  const int ranks = number_in(std::string_view(text).substr(colon + 1));
  if (colon == 0 || ranks < 1)
    throw InputError("--hosts: \"" + text + "\" is neither NAME nor NAME:RANKS");
  return {.name = text.substr(0, colon), .ranks = ranks};
}

int ranks_for(const LaunchOptions& options, const std::vector<launch::Host>& hosts) {
  int ranks = options.ranks;
  if (ranks == 0)
    for (const launch::Host& host : hosts) ranks += host.ranks;
  if (ranks == 0)
    if (const char* tasks = std::getenv("SLURM_NTASKS")) ranks = number_in(tasks);
  if (ranks == 0) ranks = static_cast<int>(std::max(1U, std::thread::hardware_concurrency())) + 1;
  if (ranks < 2)
    throw InputError("-n " + std::to_string(ranks) +
                     ": give at least 2 ranks: one schedules, the others train");
  return ranks;
}

launch::Mpirun mpirun_for(const LaunchOptions& options) {
  const run::Activity activity("asking mpirun for its version");
  try {
    return launch::find_mpirun(options.mpirun);
  } catch (const std::runtime_error& error) {
    throw InputError(std::string(error.what()) +
                     "; install Open MPI (openmpi-bin), load its module, or name it with --mpirun");
  }
}

// Of this program, for the ranks to execute.
std::string own_file() {
  const std::string file = std::filesystem::read_symlink("/proc/self/exe").string();
  if (::access(file.c_str(), X_OK) != 0)
    throw InputError("this program's file is not there any more (" + file + "); build it again");
  return file;
}

// What `tune` is told. A deadline is counted from here, not from each restart.
std::vector<std::string> command_for(const LaunchOptions& options,
                                     const run::ProgressOptions& progress) {
  std::vector<std::string> command = {own_file(), "tune", options.tune.experiment.string()};
  for (const std::string& argument : options.tune_arguments)
    if (!argument.starts_with("--deadline=")) command.push_back(argument);
  if (options.tune.deadline)
    command.push_back("--deadline=" + run::deadline_from(*options.tune.deadline).deadline.moment());
  if (options.tune.progress.style == run::ProgressStyle::automatic)
    command.push_back(progress.style == run::ProgressStyle::live ? "--progress=live"
                                                                 : "--progress=lines");
  command.push_back(fmt::format("--columns={}", progress.columns));
  return command;
}

// What Open MPI is told where the user has not told it otherwise.
void set_defaults_of_mpirun() {
  // With --enable-recovery mpirun of version 4 waits for ever, in silence, where it cannot execute
  // a program. The seconds begin when every node is ready to.
  ::setenv("OMPI_MCA_orte_startup_timeout", "15", 0);
  if (::geteuid() != 0) return;
  // It refuses root unless it is told twice; in a container root is the ordinary user.
  for (const char* name : {"OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"})
    ::setenv(name, "1", 0);
}

}  // namespace

int launch_ranks(const LaunchOptions& options) {
  if constexpr (!STEPLADDER_HAS_MPI)
    throw InputError(
        "this program was built without MPI, so there are no ranks to launch; use stepladder tune, "
        "whose workers are threads, or build it with MPI (cmake -DSTEPLADDER_MPI=ON)");
  if (doctor::ranks_launched() > 1)
    throw InputError("launch starts mpirun itself; start it once, not under mpirun or srun");
  std::vector<launch::Host> hosts;
  for (const std::string& host : options.hosts) hosts.push_back(host_from(host));
  const int ranks = ranks_for(options, hosts);
  const launch::Mpirun mpirun = mpirun_for(options);
  // What is wrong with the experiment itself is said here, without starting anything.
  const experiment::Experiment experiment =
      experiment::load_experiment(options.tune.experiment, options.tune.overrides,
                                  run::make_workload(options.tune.workload)->needs());
  const store::RunDirectory run(
      std::filesystem::absolute(run::run_directory_of(options.tune, experiment)));

  const run::ProgressOptions progress = run::progress_here(options.tune.progress);
  const std::vector<std::string> command = command_for(options, progress);
  set_defaults_of_mpirun();
  const auto say = [](const std::string& text) {
    fmt::print(stderr, "{}stepladder launch: {}\n", run::line_start(), text);
  };
  std::optional<run::Activity> activity;
  const auto wait_for = [&activity](const std::string& what) {
    activity.reset();
    if (!what.empty()) activity.emplace(what);
  };
  if (mpirun.family == launch::Family::other)
    say(mpirun.version +
        ": no way is known to keep ranks alive when one dies; the run then starts "
        "again from the journal");
  return launch::launch({.mpirun = mpirun,
                         .order = {.ranks = ranks,
                                   .hosts = hosts,
                                   .options = options.mpirun_options,
                                   .command = command},
                         .run = run,
                         .limits = options.limits,
                         .restarts_max = options.restarts_max},
                        {.say = say, .wait_for = wait_for});
}

}  // namespace stepladder::app
