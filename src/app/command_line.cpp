#include "stepladder/app/command_line.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
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
#include "stepladder/simulation/curves.hpp"
#include "stepladder/store/attendance.hpp"
#include "stepladder/store/files.hpp"
#include "stepladder/store/incarnation.hpp"
#include "stepladder/trial/exit_code.hpp"

namespace stepladder::app {
namespace {

int dispatch(const CommandLine& line, run::Ranks* ranks) {
  const std::string& command = line.command;
  const CommandOptions& options = line.options;
  if (command == "launch") return launch_ranks(options.launch);
  if (command == "bench") return bench(options.bench);
  run::Alone alone(options.tune.threads);
  if (command == "tune") return run::tune(options.tune, ranks != nullptr ? *ranks : alone);
  const run::Activity activity(command + " is at work");
  if (command == "status") return show_status(options.status);
  if (command == "leaderboard") return show_leaderboard(options.leaderboard);
  if (command == "report") return write_report(options.report);
  if (command == "merge") return merge_runs(options.merge);
  if (command == "plan") return show_plan(options.plan);
  if (command == "simulate") return simulate(options.simulate);
  if (command == "replay") return replay_run(options.run_directory);
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

int run_command(int argc, char** argv, run::Ranks* ranks) {
  const std::vector<std::string> for_mpirun = words_for_mpirun(argc, argv);
  CommandLine line = command_line_from(argc, argv);
  line.options.launch.mpirun_options = for_mpirun;
  if (line.command.empty()) {
    if (speaks(ranks)) fmt::print("{}", line.help);
    return kFinished;
  }
  const bool is_alone = ranks != nullptr && ranks->size() == 1;
  if (line.command == "doctor" && !(is_alone && !speaks(ranks))) {
    run::Alone alone(0);
    return show_doctor(line.options.doctor, ranks != nullptr ? *ranks : alone);
  }
  if (is_alone)
    throw InputError(
        fmt::format("{} ranks were started, but each of them is alone: the launcher does not speak "
                    "this Open MPI's language; use "
                    "mpirun, or srun --mpi=pmix (srun --mpi=list shows what there is)",
                    doctor::ranks_launched()));
  return dispatch(line, ranks);
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
