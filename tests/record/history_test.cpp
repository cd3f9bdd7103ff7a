#include "stepladder/record/history.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "record/small_run.hpp"

namespace stepladder::record {
namespace {

TEST(History, is_empty_at_first) {
  const History history;
  EXPECT_EQ(history.elapsed(), 0);
  EXPECT_EQ(history.utilisation(), 0);
  EXPECT_EQ(history.steps_spent(), 0);
  EXPECT_TRUE(history.points().empty());
}

TEST(History, utilisation_is_the_busy_share_of_the_workers_present) {
  SmallRun run(1);
  run.join(0);  // busy from 1 s on
  run.join(1);  // nothing for it to do, from 2 s on
  run.report(1, Score{0.5, 1}, 10);
  // Worker 0: 1 s to 3 s of work; worker 1: 2 s to 3 s of waiting.
  EXPECT_DOUBLE_EQ(run.history.utilisation(), 2.0 / 3.0);
  EXPECT_EQ(run.history.elapsed(), 3);
}

TEST(History, counts_no_time_before_the_first_worker_and_after_the_last) {
  SmallRun run(1);
  run.tell(schedule::WorkerJoined{WorkerId{0}}, 100);
  run.tell(schedule::WorkerLost{WorkerId{0}}, 2);
  EXPECT_DOUBLE_EQ(run.history.utilisation(), 1.0);
  run.tell(schedule::WorkerJoined{WorkerId{1}}, 50);
  EXPECT_DOUBLE_EQ(run.history.utilisation(), 1.0);
}

TEST(History, sums_the_steps_of_all_reports_that_counted) {
  SmallRun run(2);
  run.join(0);
  run.report(1, Score{0.5, 1}, 10);
  run.report(1, Score{0.9, 1}, 10);   // doubled
  run.report(99, Score{0.9, 1}, 10);  // forged
  run.report(2, Diverged{3}, 3);
  EXPECT_EQ(run.history.steps_spent(), 13);
}

TEST(History, a_lost_worker_counts_no_more_and_its_late_report_neither) {
  SmallRun run(1);
  run.join(0);
  run.tell(schedule::WorkerLost{WorkerId{0}});
  run.report(1, Score{0.5, 1}, 10);
  EXPECT_EQ(run.history.steps_spent(), 0);
  EXPECT_TRUE(run.history.points().empty());
  EXPECT_DOUBLE_EQ(run.history.utilisation(), 1.0);
  run.join(1);
  run.report(2, Score{0.5, 1}, 10);
  EXPECT_EQ(run.history.steps_spent(), 10);
  EXPECT_EQ(run.history.points().size(), 1U);
}

TEST(History, a_worker_that_joins_again_is_one_worker) {
  SmallRun run(1);
  run.join(0);
  run.join(0);
  run.report(2, Score{0.5, 1}, 10);
  EXPECT_DOUBLE_EQ(run.history.utilisation(), 1.0);
}

TEST(History, a_restart_sends_everyone_home) {
  SmallRun run(1);
  run.join(0);
  run.tell(schedule::Restarted{});
  run.report(1, Score{0.5, 1}, 10);
  run.tell(schedule::WorkerJoined{WorkerId{0}}, 100);
  EXPECT_EQ(run.history.steps_spent(), 0);
  EXPECT_DOUBLE_EQ(run.history.utilisation(), 1.0);
  run.report(2, Score{0.5, 1}, 10);
  EXPECT_EQ(run.history.steps_spent(), 10);
}

TEST(History, keeps_scores_on_prune_with_their_level_in_order_of_arrival) {
  SmallRun run(2);
  run.join(0);
  run.report(1, Score{0.5, 1});  // trial 0 at 10 steps
  run.report(2, Score{0.7, 1});  // trial 1 at 10 steps
  run.report(3, Score{0.8, 1});  // trial 1 at 20 steps
  run.report(4, Score{0.9, 1});  // trial 1 at 40 steps, to finish the winner
  run.report(5, Score{0.1, 1});  // on `final`
  run.report(6, Score{0.2, 1});  // on `test`
  ASSERT_TRUE(run.scheduler.finished());
  std::vector<std::pair<std::uint32_t, Steps>> points;
  for (const ScoredPoint& point : run.history.points())
    points.emplace_back(point.trial.value, point.steps);
  EXPECT_THAT(points, ::testing::ElementsAre(::testing::Pair(0, 10), ::testing::Pair(1, 10),
                                             ::testing::Pair(1, 20), ::testing::Pair(1, 40)));
  EXPECT_EQ(run.history.points().back().score[0], 0.9);
}

TEST(History, interrupted_work_counts_as_work_but_gives_no_point) {
  SmallRun run(1);
  run.join(0);
  run.tell(schedule::StopRequested{});
  run.report(1, Interrupted{6}, 6);
  EXPECT_EQ(run.history.steps_spent(), 6);
  EXPECT_TRUE(run.history.points().empty());
}

// Worker 0: 10 s of work it accounts for as 6 + 1 + 2 s, then lost after 5 s of the next. Worker 1
// waits for work, and is at it when the run is looked at.
TEST(History, tells_where_each_workers_time_went) {
  SmallRun run(2);
  run.tell(schedule::WorkerJoined{WorkerId{0}}, 0);
  run.tell(schedule::Reported{.lease = LeaseId{1},
                              .outcome = Score{0.5, 1},
                              .effort = {.steps = 17,
                                         .recomputed = 7,
                                         .training = 6,
                                         .scoring = 1,
                                         .checkpointing = 2}},
           10);
  run.tell(schedule::WorkerLost{WorkerId{0}}, 5);
  run.tell(schedule::WorkerJoined{WorkerId{1}}, 3);
  run.tell(schedule::StopRequested{}, 4);
  const auto accounts = run.history.accounts();
  ASSERT_EQ(accounts.size(), 2U);
  const Account& first = accounts.at(WorkerId{0});
  EXPECT_DOUBLE_EQ(first.training, 6);
  EXPECT_DOUBLE_EQ(first.evaluating, 1);
  EXPECT_DOUBLE_EQ(first.checkpointing, 2);
  EXPECT_DOUBLE_EQ(first.waiting, 1);
  EXPECT_DOUBLE_EQ(first.lost, 5);
  EXPECT_DOUBLE_EQ(first.total(), 15);
  const Account& second = accounts.at(WorkerId{1});
  EXPECT_DOUBLE_EQ(second.under_way, 4);
  EXPECT_DOUBLE_EQ(second.total(), 4);
  EXPECT_EQ(run.history.steps_recomputed(), 7);
}

TEST(History, counts_what_a_dead_scheduler_had_under_way_as_lost) {
  SmallRun run(1);
  run.tell(schedule::WorkerJoined{WorkerId{0}}, 0);
  run.tell(schedule::WorkerJoined{WorkerId{1}}, 2);
  run.tell(schedule::Restarted{}, 3);
  run.tell(schedule::WorkerJoined{WorkerId{0}}, 0);
  run.tell(
      schedule::Reported{
          .lease = LeaseId{2}, .outcome = Score{0.5, 1}, .effort = {.steps = 10, .training = 1}},
      1);
  EXPECT_DOUBLE_EQ(run.history.accounts().at(WorkerId{0}).lost, 5);
  EXPECT_DOUBLE_EQ(run.history.accounts().at(WorkerId{0}).training, 1);
  EXPECT_DOUBLE_EQ(run.history.accounts().at(WorkerId{1}).waiting, 3);
}

}  // namespace
}  // namespace stepladder::record
