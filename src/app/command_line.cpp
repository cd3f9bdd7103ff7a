#include "stepladder/app/command_line.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include "command_options.hpp"
#include "stepladder/app/activity.hpp"
#include "stepladder/app/replay.hpp"
#include "stepladder/app/report.hpp"
#include "stepladder/app/standard_streams.hpp"
#include "stepladder/app/tuning_run.hpp"
#include "stepladder/data/idx.hpp"
#include "stepladder/launch/launcher.hpp"
#include "stepladder/simulation/curves.hpp"
#include "stepladder/store/files.hpp"

namespace stepladder::app {
namespace {

// What MPI gives a rank; it outlives whatever a command throws, because its end is collective.
struct Ranks {
  Ranks(int& argc, char**& argv) : session(argc, argv), memory(session) {}
  mpi::Session session;
  mpi::NodeMemory memory;
};

int dispatch(const CommandLine& line, Ranks* ranks) {
  const std::string& command = line.command;
  const CommandOptions& options = line.options;
  if (command == "launch") return launch_ranks(options.launch);
  if (command == "bench") return bench(options.bench);
  if (command == "tune")
    return ranks != nullptr ? tune_with_ranks(options.tune, ranks->session, ranks->memory)
                            : tune_with_threads(options.tune);
  const Activity activity(command + " is at work");
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
  if (argc < 2 || mpi::ranks_launched() < 2) return false;
  const std::string_view command = argv[1];
  return command == "tune" || command == "doctor";
}

// One of the ranks speaks for all.
bool speaks(const Ranks* ranks) {
  if (ranks != nullptr && ranks->session.size() > 1) return ranks->session.rank() == 0;
  return mpi::ranks_launched() < 2 || mpi::rank_launched() == 0;
}

// Says it, to the person and to the launcher, which learns nothing from mpirun's exit code.
int end_with(int code, const Ranks* ranks, const std::string& text) {
  if (!speaks(ranks)) return code;
  fmt::print(stderr, "stepladder: {}\n", text);
  launch::leave_word(code, text);
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

int run(int argc, char** argv, Ranks* ranks) {
  const std::vector<std::string> for_mpirun = words_for_mpirun(argc, argv);
  CommandLine line = command_line_from(argc, argv);
  line.options.launch.mpirun_options = for_mpirun;
  if (line.command.empty()) {
    if (speaks(ranks)) fmt::print("{}", line.help);
    return kFinished;
  }
  const bool is_alone = ranks != nullptr && ranks->session.size() == 1;
  if (line.command == "doctor" && !(is_alone && !speaks(ranks)))
    return ranks == nullptr ? show_doctor(line.options.doctor, nullptr, nullptr)
                            : show_doctor(line.options.doctor, &ranks->session, &ranks->memory);
  if (is_alone)
    throw InputError(
        fmt::format("{} ranks were started, but each of them is alone: the launcher does not speak "
                    "this Open MPI's language; use "
                    "mpirun, or srun --mpi=pmix (srun --mpi=list shows what there is)",
                    mpi::ranks_launched()));
  return dispatch(line, ranks);
}

// Runs it; what is wrong is told, and the launcher too.
int run_and_tell(int argc, char** argv, Ranks* ranks) {
  try {
    return run(argc, argv, ranks);
  } catch (const Halted& error) {
    const int code = end_with(kResumable, ranks, error.what());
    mpi::abort_if_started(code);  // the workers know nothing of it
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
  const auto reason = lost_output();
  if (!reason) return code;
  fmt::print(stderr, "stepladder: cannot write the output: {}\n", *reason);
  return code == kFinished ? kOurFault : code;
}

}  // namespace

int run_command_line(int argc, char** argv) {
  std::optional<launch::Attendance> attendance;
  std::optional<Ranks> launched;
  if (wants_ranks(argc, argv)) {
    attendance = launch::attend(mpi::rank_launched());
    if (const auto trouble = mpi::launcher_trouble())
      return end_with(kWrongInput, nullptr, *trouble);
    const Activity activity(fmt::format("starting MPI with {} ranks", mpi::ranks_launched()));
    launched.emplace(argc, argv);
  }
  if (!launched) return code_with_output(run_and_tell(argc, argv, nullptr));
  return mpi::Session::exit_code_for_mpirun(code_with_output(run_and_tell(argc, argv, &*launched)));
}

}  // namespace stepladder::app
