#include "stepladder/record/leaderboard.hpp"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "record/small_run.hpp"
#include "trial/two_metrics.hpp"

namespace stepladder::record {
namespace {

using schedule::TrialStatus;
using ::testing::ElementsAre;

std::vector<std::uint32_t> trials_of(const Leaderboard& leaderboard) {
  std::vector<std::uint32_t> trials;
  for (const LeaderboardEntry& entry : leaderboard.entries) trials.push_back(entry.trial.value);
  return trials;
}

TrialStatus status_of(const Leaderboard& leaderboard, std::uint32_t trial) {
  for (const LeaderboardEntry& entry : leaderboard.entries)
    if (entry.trial.value == trial) return entry.status;
  throw std::logic_error("no such trial");
}

// Four workers take one trial each; nothing is promoted before the second report.
SmallRun four_trials(const Metrics& metrics, const std::vector<Outcome>& outcomes) {
  SmallRun run(4, metrics);
  for (std::uint32_t worker = 0; worker < 4; ++worker) run.join(worker);
  for (std::uint64_t i = 0; i < outcomes.size(); ++i) run.report(i + 1, outcomes[i]);
  return run;
}

TEST(Leaderboard, is_in_the_total_order_and_ranks_count_from_one) {
  const SmallRun run =
      four_trials(by_share(), {Score{0.5, 0.1}, Score{0.7, 2}, Score{0.7, 1}, Score{0.5, 0.1}});
  const Leaderboard leaderboard = run.leaderboard();
  EXPECT_THAT(trials_of(leaderboard), ElementsAre(2, 1, 0, 3));
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(leaderboard.entries[i].rank, i + 1);
}

TEST(Leaderboard, by_loss_breaks_ties_by_accuracy) {
  const SmallRun run =
      four_trials(by_loss(), {Score{0.9, 3}, Score{0.1, 1}, Score{0.5, 2}, Score{0.6, 1}});
  EXPECT_THAT(trials_of(run.leaderboard()), ElementsAre(3, 1, 2, 0));
}

TEST(Leaderboard, has_trials_without_a_score_last_by_number) {
  const SmallRun run =
      four_trials(by_share(), {Diverged{4}, Score{0.1, 5}, Score{std::nan(""), 1}});
  const Leaderboard leaderboard = run.leaderboard();
  EXPECT_THAT(trials_of(leaderboard), ElementsAre(1, 0, 2, 3));
  EXPECT_EQ(leaderboard.entries[1].score, std::nullopt);
  EXPECT_EQ(leaderboard.entries[1].steps, 4);
  EXPECT_EQ(leaderboard.entries[2].score, std::nullopt);
}

TEST(Leaderboard, is_not_ordered_by_steps_or_status) {
  SmallRun run(2);
  run.join(0);
  run.report(1, Score{0.8, 1});
  run.report(2, Score{0.7, 1});
  run.report(3, Score{0.6, 1});  // trial 0 at 20 steps: worse than before
  const Leaderboard leaderboard = run.leaderboard();
  EXPECT_THAT(trials_of(leaderboard), ElementsAre(1, 0));
  EXPECT_EQ(leaderboard.entries[1].steps, 20);
}

TEST(Leaderboard, tells_running_paused_and_diverged_apart) {
  SmallRun run(4);
  run.join(0);
  run.report(1, Score{0.5, 1});
  run.report(2, Diverged{7});
  EXPECT_EQ(status_of(run.leaderboard(), 0), TrialStatus::running);  // on its way to 20 steps
  run.report(3, Score{0.4, 1});
  const Leaderboard leaderboard = run.leaderboard();
  EXPECT_FALSE(leaderboard.finished);
  EXPECT_EQ(leaderboard.winner, std::nullopt);
  EXPECT_EQ(status_of(leaderboard, 0), TrialStatus::paused);
  EXPECT_EQ(status_of(leaderboard, 1), TrialStatus::diverged);
  EXPECT_EQ(status_of(leaderboard, 2), TrialStatus::running);
}

TEST(Leaderboard, a_trial_that_diverges_after_a_promotion_loses_its_score) {
  SmallRun run(2);
  run.join(0);
  run.report(1, Score{0.8, 1});
  run.report(2, Score{0.7, 1});
  run.report(3, Diverged{15});  // trial 0 on its way to 20 steps
  const Leaderboard leaderboard = run.leaderboard();
  EXPECT_THAT(trials_of(leaderboard), ElementsAre(1, 0));
  EXPECT_EQ(leaderboard.entries[1].status, TrialStatus::diverged);
  EXPECT_EQ(leaderboard.entries[1].score, std::nullopt);
  EXPECT_EQ(leaderboard.entries[1].steps, 15);
}

TEST(Leaderboard, has_pruned_and_finished_trials_when_the_run_is_over) {
  SmallRun run(2);
  run.join(0);
  for (std::uint64_t lease = 1; lease <= 6; ++lease)
    run.report(lease, Score{lease == 1 ? 0.5 : 0.75, 1});
  const Leaderboard leaderboard = run.leaderboard();
  EXPECT_TRUE(leaderboard.finished);
  EXPECT_EQ(status_of(leaderboard, 1), TrialStatus::finished);
  EXPECT_EQ(status_of(leaderboard, 0), TrialStatus::pruned);
  ASSERT_TRUE(leaderboard.winner);
  EXPECT_EQ(leaderboard.winner->trial, TrialId{1});
  EXPECT_EQ((*leaderboard.winner->final_score)[0], 0.75);
  EXPECT_EQ((*leaderboard.winner->test_score)[0], 0.75);
}

TEST(Leaderboard, has_crashed_trials_after_the_third_crash) {
  SmallRun run(1);
  run.join(0);
  run.report(1, Crashed{"a"});
  run.report(2, Crashed{"b"});
  EXPECT_EQ(status_of(run.leaderboard(), 0), TrialStatus::running);
  run.report(3, Crashed{"c"});
  EXPECT_EQ(status_of(run.leaderboard(), 0), TrialStatus::crashed);
  EXPECT_TRUE(run.leaderboard().finished);
  EXPECT_EQ(run.leaderboard().winner, std::nullopt);
}

TEST(Leaderboard, status_names_are_those_of_the_documentation) {
  EXPECT_EQ(name_of(TrialStatus::running), "running");
  EXPECT_EQ(name_of(TrialStatus::paused), "paused");
  EXPECT_EQ(name_of(TrialStatus::pruned), "pruned");
  EXPECT_EQ(name_of(TrialStatus::finished), "finished");
  EXPECT_EQ(name_of(TrialStatus::diverged), "diverged");
  EXPECT_EQ(name_of(TrialStatus::crashed), "crashed");
}

TEST(Leaderboard, frontier_has_the_best_of_each_budget_with_what_it_reached_there) {
  SmallRun run(2);
  run.join(0);
  run.report(1, Score{0.8, 1});  // trial 0 at 10
  run.report(2, Score{0.7, 1});  // trial 1 at 10
  run.report(3, Score{0.6, 1});  // trial 0 at 20
  const std::vector<FrontierPoint> frontier = run.leaderboard().frontier;
  ASSERT_EQ(frontier.size(), 2U);
  EXPECT_EQ(frontier[0].steps, 10);
  EXPECT_EQ(frontier[0].trials, 2U);
  EXPECT_EQ(frontier[0].best, TrialId{0});
  EXPECT_EQ(frontier[0].score[0], 0.8);
  EXPECT_EQ(frontier[0].configuration, run.scheduler.configuration(TrialId{0}));
  EXPECT_EQ(frontier[1].steps, 20);
  EXPECT_EQ(frontier[1].trials, 1U);
  EXPECT_EQ(frontier[1].score[0], 0.6);
}

TEST(Leaderboard, frontier_knows_no_trial_without_a_score) {
  const SmallRun run =
      four_trials(by_share(), {Diverged{1}, Score{std::nan(""), 1}, Score{0.2, 1}});
  const std::vector<FrontierPoint> frontier = run.leaderboard().frontier;
  ASSERT_EQ(frontier.size(), 1U);
  EXPECT_EQ(frontier[0].trials, 1U);
  EXPECT_EQ(frontier[0].best, TrialId{2});
}

TEST(Leaderboard, frontier_breaks_ties_by_loss_and_trial_whatever_the_order_of_arrival) {
  SmallRun run(4);
  for (std::uint32_t worker = 0; worker < 4; ++worker) run.join(worker);
  run.report(4, Score{0.5, 1});
  run.report(3, Score{0.5, 2});
  run.report(2, Score{0.5, 1});
  EXPECT_EQ(run.leaderboard().frontier.at(0).best, TrialId{1});
}

}  // namespace
}  // namespace stepladder::record
