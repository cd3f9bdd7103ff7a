// A run that is stopped or killed goes on where it was, and ends as one that never stopped.
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
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

// One assignment a trial, longer than any test.
const Arguments kEndless = {"--set", "schedule.mode=random", "--set",
                            "schedule.max_steps=100000000"};

class Stopping : public Workbench {
 protected:
  void wait_for_two_trials(Process& process) const {
    ASSERT_TRUE(process.wait_until([&] {
      return read_file(at("run") / "stepladder.log").find("trial 1 ") != std::string::npos;
    })) << process.wait().err;
  }

  // Lets the run get on by a few reports.
  void let_work(Process& process, std::size_t reports = 3) const {
    const std::size_t before = reports_in(at("run"));
    ASSERT_TRUE(process.wait_until([&] { return reports_in(at("run")) >= before + reports; }))
        << process.wait().err;
  }

  void expect_stops(Process& process) const {
    const Finished finished = process.wait();
    EXPECT_EQ(finished.exit_code, 3) << finished.out << finished.err;
    EXPECT_THAT(finished.out, ContainsRegex("Stopped on SIG[A-Z1]+; the same command goes on"));
    EXPECT_TRUE(process.leaves_nobody());
    EXPECT_FALSE(fs::exists(at("run") / "best/winner.toml"));
  }

  // The same as a run that nobody disturbed.
  void expect_ends_well(const Finished& finished) const {
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    ASSERT_EQ(tune_with_threads(2, "undisturbed").exit_code, 0);
    EXPECT_GE(expect_same_scores(scores_of(at("undisturbed")), scores_of(at("run"))), 18U);
    EXPECT_TRUE(fs::exists(at("run") / "best/winner.toml"));
  }
};

TEST_F(Stopping, by_each_signal_in_turn_with_other_workers_each_time) {
  change_experiment("trials = 18", "trials = 54");  // enough to be stopped eight times
  const auto threads = [&](int workers, int signal) {
    const std::unique_ptr<Process> process = start_threads(workers, "run");
    let_work(*process);
    process->send(signal);
    expect_stops(*process);
  };
  const auto ranks = [&](int workers, int signal) {
    const std::unique_ptr<Process> process = start_ranks(workers, "run");
    let_work(*process);
    process->send_to_rank_0(signal);
    expect_stops(*process);
  };
  threads(2, SIGTERM);
  ranks(3, SIGINT);
  threads(1, SIGUSR1);
  ranks(1, SIGTERM);
  threads(3, SIGINT);
  threads(2, SIGHUP);
  ranks(2, SIGHUP);
  ranks(2, SIGUSR1);
  expect_ends_well(tune_with_ranks(4, "run"));
}

TEST_F(Stopping, by_a_signal_that_mpirun_passes_to_all_ranks) {
  const std::unique_ptr<Process> process = start_ranks(2, "run", kEndless);
  wait_for_two_trials(*process);
  process->send(SIGUSR1);
  expect_stops(*process);
}

TEST_F(Stopping, is_not_asked_for_by_a_hang_up_under_nohup) {
  const auto expect_ignores = [&](const Arguments& words) {
    Arguments command = {"/usr/bin/env", "--ignore-signal=HUP", STEPLADDER_PROGRAM};
    command.insert(command.end(), words.begin(), words.end());
    command.insert(command.end(), {"--run-dir", at("run").string()});
    const std::unique_ptr<Process> process = start(command);
    let_work(*process);
    process->send(SIGHUP);
    expect_ends_well(process->wait());
    fs::remove_all(at("run"));
  };
  expect_ignores({"tune", experiment(), "--threads", "2"});
  expect_ignores({"launch", experiment(), "-n", "3", "--mpirun", MPIRUN_PROGRAM});
}

TEST_F(Stopping, saves_what_the_workers_had) {
  const std::unique_ptr<Process> process = start_threads(2, "run", kEndless);
  wait_for_two_trials(*process);
  process->send(SIGTERM);
  expect_stops(*process);
  EXPECT_EQ(std::distance(fs::directory_iterator(at("run") / "checkpoints"), {}), 2);
}

TEST_F(Stopping, by_kill_9_of_everything) {
  std::unique_ptr<Process> process = start_threads(2, "run");
  let_work(*process);
  process->kill_everything();
  EXPECT_EQ(process->wait().exit_code, 128 + SIGKILL);

  process = start_ranks(2, "run");
  let_work(*process);
  process->kill_everything();
  EXPECT_EQ(process->wait().exit_code, 128 + SIGKILL);
  EXPECT_TRUE(process->leaves_nobody());

  expect_ends_well(tune_with_ranks(3, "run"));
}

TEST_F(Stopping, and_losing_every_checkpoint_costs_time_and_nothing_else) {
  const std::unique_ptr<Process> process = start_threads(2, "run");
  let_work(*process, 10);
  process->kill_everything();
  EXPECT_EQ(process->wait().exit_code, 128 + SIGKILL);
  for (const auto& file : fs::directory_iterator(at("run") / "checkpoints"))
    fs::remove(file.path());
  expect_ends_well(tune_with_threads(2, "run"));
}

TEST_F(Stopping, in_the_middle_of_a_journal_line_loses_that_line_only) {
  const std::unique_ptr<Process> process = start_threads(2, "run");
  let_work(*process);
  process->kill_everything();
  EXPECT_EQ(process->wait().exit_code, 128 + SIGKILL);
  const fs::path journal = at("run") / "journal.jsonl";
  fs::resize_file(journal, fs::file_size(journal) - 7);
  expect_ends_well(tune_with_threads(2, "run"));
}

TEST_F(Stopping, by_a_machine_that_fails_is_told_and_can_be_resumed) {
  const fs::path in_the_way = at("run") / "leaderboard.txt";
  for (const bool by_ranks : {false, true}) {
    fs::remove_all(at("run"));
    const std::unique_ptr<Process> process =
        by_ranks ? start_ranks(2, "run") : start_threads(2, "run");
    let_work(*process);
    std::error_code is_file;  // again: it was written in between
    do {
      fs::remove(in_the_way);
      fs::create_directories(in_the_way / "folder", is_file);  // cannot be replaced by a file
    } while (is_file);
    const Finished halted = process->wait();
    EXPECT_EQ(halted.exit_code, 3) << halted.err;
    EXPECT_THAT(halted.err, HasSubstr("stepladder: cannot replace " + in_the_way.string()));
    EXPECT_THAT(halted.err, HasSubstr("the same command goes on from its journal"));
    EXPECT_TRUE(process->leaves_nobody());
    fs::remove_all(in_the_way);
    EXPECT_EQ(tune_with_threads(2, "run").exit_code, 0);
  }
}

TEST_F(Stopping, is_no_licence_for_a_second_scheduler) {
  const std::unique_ptr<Process> first = start_threads(2, "run", kEndless);
  wait_for_two_trials(*first);
  for (const Finished& second :
       {tune_with_threads(2, "run", kEndless), tune_with_ranks(2, "run", kEndless)}) {
    EXPECT_EQ(second.exit_code, 2);
    EXPECT_THAT(second.err, HasSubstr("stepladder: another scheduler is running in "));
  }
  EXPECT_TRUE(first->is_running());
  first->send(SIGTERM);
  expect_stops(*first);
}

}  // namespace
}  // namespace stepladder::end_to_end
