#include "stepladder/app/command_line.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include "command_options.hpp"
#include "stepladder/app/replay.hpp"
#include "stepladder/app/report.hpp"
#include "stepladder/data/idx.hpp"
#include "stepladder/doctor/launched.hpp"
#include "stepladder/run/activity.hpp"
#include "stepladder/run/mpi_ranks.hpp"
#include "stepladder/run/standard_streams.hpp"
#include "stepladder/run/tuning_run.hpp"
#include "stepladder/run/worker_levels.hpp"
#include "stepladder/simulation/curves.hpp"
#include "stepladder/store/attendance.hpp"
#include "stepladder/store/files.hpp"
#include "stepladder/store/incarnation.hpp"
#include "stepladder/trial/exit_code.hpp"

namespace stepladder::app {
namespace {

int dispatch(const CLI::App& app, const CommandOptions& options, run::Ranks* ranks) {
  if (app.got_subcommand("launch")) return launch_ranks(options.launch);
  if (app.got_subcommand("bench")) return bench(options.bench);
  run::Alone alone(options.tune.threads);
  if (app.got_subcommand("tune")) return run::tune(options.tune, ranks != nullptr ? *ranks : alone);
  const run::Activity activity(app.get_subcommands().front()->get_name() + " is at work");
  if (app.got_subcommand("status")) return show_status(options.status);
  if (app.got_subcommand("leaderboard")) return show_leaderboard(options.leaderboard);
  if (app.got_subcommand("report")) return write_report(options.report);
  if (app.got_subcommand("merge")) return merge_runs(options.merge);
  if (app.got_subcommand("plan")) return show_plan(options.plan);
  if (app.got_subcommand("simulate")) return simulate(options.simulate);
  if (app.got_subcommand("replay")) return replay_run(options.run_directory);
  return explain_trial(options.run_directory, options.trial);
}

// Under a launcher that started several ranks `tune` and `doctor` need MPI, and need it first, so
// that the ranks can agree who speaks.
bool wants_ranks(int argc, char** argv) {
  if (argc < 2 || doctor::ranks_launched() < 2) return false;
  const std::string_view command = argv[1];
  return command == "tune" || command == "doctor";
}

// One of the ranks speaks for all.
bool speaks(const run::Ranks* ranks) {
  if (ranks != nullptr && ranks->size() > 1) return ranks->rank() == 0;
  return doctor::ranks_launched() < 2 || doctor::rank_launched() == 0;
}

// Says it, to the person and to the launcher, which learns nothing from mpirun's exit code.
int end_with(int code, const run::Ranks* ranks, const std::string& text) {
  if (!speaks(ranks)) return code;
  fmt::print(stderr, "stepladder: {}\n", text);
  store::leave_word(code, text);
  return code;
}

// The words that are not ours: of launch, what follows "--" is for mpirun. A word that merely is
// one too many would start another program there.
std::vector<std::string> words_for_mpirun(int& argc, char** argv) {
  if (argc < 2 || std::string_view(argv[1]) != "launch") return {};
  char** const end = std::find(argv, argv + argc, std::string_view("--"));
  std::vector<std::string> words(std::min(end + 1, argv + argc), argv + argc);
  argc = static_cast<int>(end - argv);
  return words;
}

// What is wrong with the command line, and what to do.
std::string advice(const CLI::ParseError& error, const CLI::App& app) {
  const bool is_word_too_many = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
  const auto commands = app.get_subcommands();
  return fmt::format(
      "{}{}; see stepladder {}--help", error.what(),
      is_word_too_many && app.got_subcommand("launch") ? "; options of mpirun come after --" : "",
      commands.empty() ? "" : commands.front()->get_name() + ' ');
}

int run_command(int argc, char** argv, run::Ranks* ranks) {
  CLI::App app{"Asynchronous successive halving for training steps and learning rates, over MPI.",
               "stepladder"};
  app.set_version_flag("--version", fmt::format("stepladder {} (kernels: {})", STEPLADDER_VERSION,
                                                run::level_in_use()));
  app.require_subcommand(1);
  app.footer("Example:\n  stepladder tune --help");
  CommandOptions options;
  describe_commands(app, options);
  options.launch.mpirun_options = words_for_mpirun(argc, argv);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) throw InputError(advice(error, app));
    std::ostringstream help;
    app.exit(error, help, help);
    if (speaks(ranks)) fmt::print("{}", help.str());
    return kFinished;
  }
  const bool is_alone = ranks != nullptr && ranks->size() == 1;
  if (app.got_subcommand("doctor") && !(is_alone && !speaks(ranks))) {
    run::Alone alone(0);
    return show_doctor(options.doctor, ranks != nullptr ? *ranks : alone);
  }
  if (is_alone)
    throw InputError(
        fmt::format("{} ranks were started, but each of them is alone: the launcher does not speak "
                    "this Open MPI's language; use "
                    "mpirun, or srun --mpi=pmix (srun --mpi=list shows what there is)",
                    doctor::ranks_launched()));
  return dispatch(app, options, ranks);
}

// Runs it; what is wrong is told, and the launcher too.
int run_and_tell(int argc, char** argv, run::Ranks* ranks) {
  try {
    return run_command(argc, argv, ranks);
  } catch (const run::Halted& error) {
    const int code = end_with(kResumable, ranks, error.what());
    run::abort_ranks(code);  // the workers know nothing of it
    return code;
  } catch (const InputError& error) {
    return end_with(kWrongInput, ranks, error.what());
  } catch (const data::DataError& error) {
    return end_with(kWrongInput, ranks, error.what());
  } catch (const simulation::CurveError& error) {
    return end_with(kWrongInput, ranks, error.what());
  } catch (const store::StorageError& error) {
    return end_with(kWrongInput, ranks, error.what());
  }
}

// Whether all that a command has printed has arrived is part of how it ended.
int code_with_output(int code) {
  const auto reason = run::lost_output();
  if (!reason) return code;
  fmt::print(stderr, "stepladder: cannot write the output: {}\n", *reason);
  return code == kFinished ? kOurFault : code;
}

}  // namespace

int run_command_line(int argc, char** argv) {
  std::optional<store::Attendance> attendance;
  std::unique_ptr<run::Ranks> launched;
  if (wants_ranks(argc, argv)) {
    attendance = store::attend(doctor::rank_launched());
    if (const auto trouble = run::trouble_with_ranks())
      return end_with(kWrongInput, nullptr, *trouble);
    const run::Activity activity(
        fmt::format("starting MPI with {} ranks", doctor::ranks_launched()));
    launched = run::start_ranks(argc, argv);
  }
  if (!launched) return code_with_output(run_and_tell(argc, argv, nullptr));
  return run::exit_code_for_mpirun(code_with_output(run_and_tell(argc, argv, launched.get())));
}

}  // namespace stepladder::app
