// Ranks that die or stop under `mpirun --enable-recovery`: the others go on, and every score is
// that of a run that nobody disturbed.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/workbench.hpp"
#include "stepladder/wire/journal_line.hpp"

namespace stepladder::end_to_end {
namespace {

namespace fs = std::filesystem;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class Losses : public Workbench {
 protected:
  void SetUp() override {
    Workbench::SetUp();
    change_experiment("min_steps = 100", "min_steps = 900");  // some tenths of a second each
    change_experiment("max_steps = 900", "max_steps = 8100");
    change_experiment("trials = 18", "trials = 9");
    change_experiment("confirmation_seeds = 2", "confirmation_seeds = 0");
  }

  // How many lines of the run's log hold this text.
  [[nodiscard]] std::size_t told(const std::string& text) const {
    std::size_t count = 0;
    std::ifstream log(at("run") / "stepladder.log");
    for (std::string line; std::getline(log, line);)
      if (line.find(text) != std::string::npos) ++count;
    return count;
  }
  void wait_until_told(Process& process, const std::string& text, std::size_t times = 1) const {
    ASSERT_TRUE(process.wait_until([&] { return told(text) >= times; }))
        << text << process.wait().err;
  }
  // By the files that rank 0 writes last: mpirun's own exit code says nothing.
  void expect_finished(Process& process) const {
    const Finished finished = process.wait();
    EXPECT_TRUE(process.leaves_nobody());
    EXPECT_THAT(finished.out, HasSubstr("Files: ")) << finished.err;
    EXPECT_TRUE(fs::exists(at("run") / "best/model.checkpoint"));
    EXPECT_EQ(stepladder({"replay", at("run").string()}).exit_code, 0);
    expect_undisturbed_scores();
  }
  void expect_undisturbed_scores() const {
    ASSERT_EQ(tune_with_threads(2, "undisturbed").exit_code, 0);
    EXPECT_GE(expect_same_scores(scores_of(at("undisturbed")), scores_of(at("run"))), 9U);
  }
};

// Short, but longer than a busy disk keeps a worker from its next question.
const Arguments kShortHeartbeat = {"--set", "run.heartbeat_seconds=2"};

TEST_F(Losses, of_workers_that_are_killed_cost_time_only) {
  const auto process = start_surviving_ranks(4, "run", kShortHeartbeat);
  wait_until_told(*process, " by worker 1 ");
  process->send_to_rank(2, SIGKILL);
  process->send_to_rank(4, SIGSEGV);
  wait_until_told(*process, "worker 1 lost");
  wait_until_told(*process, "worker 3 lost");
  expect_finished(*process);
}

TEST_F(Losses, of_a_worker_that_was_only_stopped_end_when_it_comes_back) {
  const auto process = start_surviving_ranks(2, "run", kShortHeartbeat);
  wait_until_told(*process, " by worker 0 ");
  process->send_to_rank(1, SIGSTOP);
  wait_until_told(*process, "worker 0 lost");
  process->send_to_rank(1, SIGCONT);
  wait_until_told(*process, "worker 0 joined", 2);
  expect_finished(*process);
}

TEST_F(Losses, are_not_seen_in_the_workers_by_a_scheduler_that_was_stopped_itself) {
  const auto process = start_surviving_ranks(2, "run", kShortHeartbeat);
  wait_until_told(*process, " by worker 1 ");
  process->send_to_rank_0(SIGSTOP);
  const auto start = std::chrono::steady_clock::now();
  static_cast<void>(process->wait_until(
      [&] { return std::chrono::steady_clock::now() - start > std::chrono::seconds(3); }));
  process->send_to_rank_0(SIGCONT);
  expect_finished(*process);
  EXPECT_EQ(told("lost"), 0U);
}

TEST_F(Losses, of_the_scheduler_send_the_workers_home_and_the_run_goes_on_later) {
  auto process = start_surviving_ranks(3, "run", {"--set", "run.heartbeat_seconds=1"});
  wait_until_told(*process, " by worker 2 ");
  process->send_to_rank_0(SIGKILL);
  const Finished finished = process->wait();
  EXPECT_TRUE(process->leaves_nobody());
  EXPECT_THAT(finished.err, HasSubstr("rank 1: the scheduler has been silent for too long"));
  // How a run is run may change when it is resumed.
  process = start_surviving_ranks(2, "run", {"--set", "run.heartbeat_seconds=20"});
  expect_finished(*process);
  EXPECT_THAT(read_file(at("run") / "experiment.toml"), HasSubstr("heartbeat_seconds = 20"));
}

// Deaths of the one trial at the same step, and of no other: three there, and the first worker, who
// was not watched, may have been last heard of elsewhere.
TEST_F(Losses, of_all_who_train_one_trial_are_its_own_fault) {
  constexpr std::uint32_t kDeadly = 4;
  const auto process =
      start_launch(7, "run", kShortHeartbeat,
                   {"LD_PRELOAD=" DEADLY_RENAME, "DEADLY_NAME=trial-4-step-900.checkpoint"});
  const Finished finished = process->wait();
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_TRUE(process->leaves_nobody());
  EXPECT_THAT(finished.err, Not(HasSubstr("restart")));
  EXPECT_EQ(told("trial 4 is given up: its worker died "), 1U);
  const Finished explained = stepladder({"explain", at("run").string(), "4"});
  EXPECT_THAT(explained.out, ContainsRegex("its worker died [34] times, "));
  EXPECT_EQ(stepladder({"replay", at("run").string()}).exit_code, 0);

  ASSERT_EQ(tune_with_threads(2, "undisturbed").exit_code, 0);
  const Scores scores = scores_of(at("run"));
  expect_same_scores(scores_of(at("undisturbed")), scores);
  for (std::uint32_t trial = 0; trial < 9; ++trial)
    EXPECT_EQ(scores.contains({trial, 900}), trial != kDeadly) << trial;
}

TEST_F(Losses, of_every_worker_halt_the_run) {
  auto process = start_surviving_ranks(2, "run", {"--set", "run.heartbeat_seconds=0.5"});
  wait_until_told(*process, " by worker 1 ");
  process->send_to_rank(1, SIGKILL);
  process->send_to_rank(2, SIGKILL);
  const Finished finished = process->wait();
  EXPECT_TRUE(process->leaves_nobody());
  EXPECT_THAT(finished.err, HasSubstr("no worker is left"));
  EXPECT_THAT(finished.out, HasSubstr("the same command goes on from here"));
  ASSERT_EQ(tune_with_threads(2, "run").exit_code, 0);
  expect_undisturbed_scores();
}

}  // namespace
}  // namespace stepladder::end_to_end
