// The launcher with the real mpirun: whatever dies or hangs, the run ends as one that nobody
// disturbed, its exit code is true, and no process is left behind.
#include <csignal>
#include <filesystem>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/workbench.hpp"

namespace stepladder::end_to_end {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

// One assignment a trial, longer than any test.
const Arguments kEndless = {"--set", "schedule.mode=random", "--set",
                            "schedule.max_steps=100000000"};

// Not to wait as long as real clusters need.
const Arguments kImpatient = {"OMPI_MCA_orte_startup_timeout=4"};

class Launch : public Workbench {
 protected:
  void let_work(Process& process, std::size_t reports = 3) const {
    const std::size_t before = reports_in(at("run"));
    ASSERT_TRUE(process.wait_until([&] { return reports_in(at("run")) >= before + reports; }))
        << process.wait().err;
  }

  Finished expect_finishes(Process& process) const {
    Finished finished = process.wait();
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_TRUE(process.leaves_nobody());
    EXPECT_THAT(read_file(at("run") / "end.json"), HasSubstr("\"exit_code\": 0"));
    EXPECT_TRUE(fs::exists(at("run") / "best/winner.toml"));
    EXPECT_EQ(tune_with_threads(2, "undisturbed").exit_code, 0);
    EXPECT_GE(expect_same_scores(scores_of(at("undisturbed")), scores_of(at("run"))), 18U);
    return finished;
  }

  // One whose run does not begin before there is a file "begin".
  [[nodiscard]] std::unique_ptr<Process> start_held_launch() const {
    std::unique_ptr<Process> process = start_launch(
        4, "run", {},
        {"LD_PRELOAD=" HELD_START, "HELD_RANK=1", "HELD_UNTIL=" + at("begin").string()});
    EXPECT_TRUE(process->wait_until([&] { return process->has_rank_0(); }));
    return process;
  }

  // Open MPI's own complaints about ranks that end with another code than 0.
  static void expect_no_noise(const Finished& finished) {
    EXPECT_THAT(finished.err, Not(HasSubstr("PMIX ERROR")));
  }
  // Nothing of the launcher's own is left beside the run.
  void expect_tidy() const {
    for (const auto& file : fs::directory_iterator(at("")))
      EXPECT_THAT(file.path().filename().string(), Not(HasSubstr(".stepladder-")));
  }
};

TEST_F(Launch, finishes_what_nobody_disturbs) {
  const std::unique_ptr<Process> process = start_launch(4, "run", {"--progress", "lines"});
  const Finished finished = expect_finishes(*process);
  EXPECT_THAT(finished.out, HasSubstr("Winner: trial"));
  EXPECT_THAT(finished.err, Not(HasSubstr("stepladder launch:")));
  expect_tidy();
}

TEST_F(Launch, goes_on_after_rank_0_is_killed) {
  change_experiment("trials = 18", "trials = 54");
  const std::unique_ptr<Process> process = start_launch(4, "run");
  let_work(*process);
  process->send_to_rank_0(SIGKILL);
  const Finished finished = expect_finishes(*process);
  EXPECT_THAT(finished.err, HasSubstr("restart 1 of 5"));
}

// The others wait for it in MPI_Init, and no library tells them.
TEST_F(Launch, starts_again_when_a_rank_dies_before_the_run_begins) {
  const std::unique_ptr<Process> process = start_held_launch();
  process->send_to_rank_0(SIGKILL);
  write_file(at("begin"), "");
  const Finished finished = expect_finishes(*process);
  EXPECT_THAT(finished.err, HasSubstr("a rank had died before the run began"));
}

TEST_F(Launch, goes_on_after_rank_0_is_stuck) {
  change_experiment("trials = 18", "trials = 54");
  const std::unique_ptr<Process> process = start_launch(4, "run", {"--silence", "3"});
  let_work(*process);
  process->send_to_rank_0(SIGSTOP);
  const Finished finished = expect_finishes(*process);
  EXPECT_THAT(finished.err, HasSubstr("rank 0 had given no sign of life for 3 s"));
}

TEST_F(Launch, passes_signals_on_and_ends_resumable) {
  const auto expect_stops = [&](Process& process, int signal) {
    process.send(signal);
    const Finished finished = process.wait();
    EXPECT_EQ(finished.exit_code, 3) << finished.err;
    EXPECT_THAT(finished.out, HasSubstr("Stopped on SIGUSR1; the same command goes on"));
    EXPECT_TRUE(process.leaves_nobody());
    expect_no_noise(finished);
  };
  std::size_t read = 0;  // of the log
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const std::unique_ptr<Process> process = start_launch(4, "endless", kEndless);
    ASSERT_TRUE(process->wait_until([&] {
      return read_file(at("endless") / "stepladder.log").find("worker 2 joined", read) !=
             std::string::npos;
    }));
    expect_stops(*process, signal);
    read = read_file(at("endless") / "stepladder.log").size();
  }
  change_experiment("trials = 18", "trials = 54");
  std::unique_ptr<Process> process = start_launch(4, "run");
  let_work(*process);
  expect_stops(*process, SIGUSR1);
  process = start_launch(4, "run");
  expect_finishes(*process);
}

TEST_F(Launch, tells_what_a_start_that_takes_long_is_doing) {
  const std::unique_ptr<Process> process = start_held_launch();
  const auto is_told = [&] {
    for (const auto& file : fs::directory_iterator(at("")))
      if (file.path().filename().string().starts_with("err-") &&
          read_file(file.path()).find("... starting MPI with 4 ranks (2 s)\n") != std::string::npos)
        return true;
    return false;
  };
  EXPECT_TRUE(process->wait_until(is_told)) << process->wait().err;
  write_file(at("begin"), "");
  expect_finishes(*process);
}

// Whatever the ranks are doing by then, which is not listening.
TEST_F(Launch, that_is_to_stop_before_the_run_begins_does) {
  const std::unique_ptr<Process> process = start_held_launch();
  process->send(SIGINT);
  const Finished finished = process->wait();
  EXPECT_EQ(finished.exit_code, 3) << finished.err;
  EXPECT_TRUE(process->leaves_nobody());
  expect_tidy();
}

TEST_F(Launch, that_is_killed_leaves_nobody) {
  const std::unique_ptr<Process> process = start_launch(4, "run", kEndless);
  ASSERT_TRUE(process->wait_until([&] { return fs::exists(at("run") / "heartbeat"); }));
  process->send(SIGKILL);
  EXPECT_EQ(process->wait().exit_code, 128 + SIGKILL);
  EXPECT_TRUE(process->leaves_nobody());
}

TEST_F(Launch, tells_wrong_input_once_and_touches_nothing) {
  change_experiment("train-labels", "missing");  // rank 0 finds out
  std::unique_ptr<Process> process = start_launch(4, "run");
  Finished finished = process->wait();
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("missing"));
  expect_no_noise(finished);
  EXPECT_EQ(finished.err.find("stepladder:"), finished.err.rfind("stepladder:")) << finished.err;
  EXPECT_FALSE(fs::exists(at("run")));
  expect_tidy();

  change_experiment("eta = 3", "eta = 1");  // the launcher does
  process = start_launch(4, "run");
  finished = process->wait();
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("small.toml:"));
  EXPECT_FALSE(fs::exists(at("run")));
}

TEST_F(Launch, tells_an_mpirun_that_is_missing_or_refuses) {
  std::unique_ptr<Process> process = start_launch(4, "run", {"--mpirun", "/nowhere/mpirun"});
  Finished finished = process->wait();
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("cannot start /nowhere/mpirun"));

  write_file(at("plain"), "no program");
  process = start_launch(4, "run", {"--mpirun", at("plain").string()});
  finished = process->wait();
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("plain: Permission denied"));

  process = start_launch(4, "run", {"--", "--no-such-option"});
  finished = process->wait();
  EXPECT_EQ(finished.exit_code, 2) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("before the run began; what it said is above"));
  EXPECT_FALSE(fs::exists(at("run")));
  expect_tidy();
}

// Such a word would be the program that mpirun runs.
TEST_F(Launch, refuses_a_word_too_many_and_starts_nothing) {
  const Finished finished = stepladder({"launch", experiment(), "other.toml", "-n", "4"});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("other.toml; options of mpirun come after --; see stepladder "
                                      "launch --help"));
  EXPECT_EQ(finished.out, "");
}

// mpirun itself would wait for ever, in silence.
TEST_F(Launch, ends_where_mpirun_cannot_start_its_program) {
  write_file(at("plain"), "no program");
  for (const std::string program : {"/nonexistent", at("plain").c_str()}) {
    const auto process = start_launch(4, "run", {"--", program}, kImpatient);
    const Finished finished = process->wait();
    EXPECT_EQ(finished.exit_code, 2) << finished.err;
    EXPECT_THAT(finished.err, HasSubstr("before the run began; what it said is above"));
    EXPECT_THAT(finished.err, HasSubstr(program + ' ' + STEPLADDER_PROGRAM + " tune"));
    EXPECT_TRUE(process->leaves_nobody());
    EXPECT_FALSE(fs::exists(at("run")));
  }
  expect_tidy();
}

TEST_F(Launch, ends_resumable_where_the_program_has_vanished) {
  const fs::path program = at("program");
  fs::copy_file(STEPLADDER_PROGRAM, program);
  const auto process =
      start({program, "launch", experiment(), "-n", "3", "--run-dir", at("run").string(),
             "--mpirun", MPIRUN_PROGRAM, "--set", "schedule.trials=500"},
            kImpatient);
  let_work(*process);
  fs::remove(program);
  process->send_to_rank_0(SIGKILL);
  const Finished finished = process->wait();
  EXPECT_EQ(finished.exit_code, 3) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("mpirun cannot start the ranks any more"));
  EXPECT_TRUE(process->leaves_nobody());
}

TEST_F(Launch, is_not_for_under_a_launcher) {
  const Finished finished =
      stepladder({"launch", experiment()}, {"OMPI_COMM_WORLD_SIZE=2", "OMPI_COMM_WORLD_RANK=0"});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("launch starts mpirun itself"));
}

}  // namespace
}  // namespace stepladder::end_to_end
