#include "stepladder/schedule/expendable.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepladder::schedule {
namespace {

using ::testing::ElementsAre;

constexpr TrialId trial(std::uint32_t id) { return TrialId{id}; }

class ExpendableTest : public ::testing::Test {
 protected:
  void report(std::uint64_t lease, const Outcome& outcome) {
    static_cast<void>(scheduler_.handle({.what = Reported{LeaseId{lease}, outcome, {}}}));
  }
  void score(std::uint64_t lease, double accuracy) { report(lease, Score{accuracy, 1}); }

  Plan plan_{.eta = 2, .min_steps = 1, .max_steps = 8, .trials = 6};
  Hyperband scheduler_{plan_, search::Sampler({}, Seed{1})};
};

TEST_F(ExpendableTest, AreTheFailedThenTheLowestRungsWorst) {
  for (std::uint32_t worker = 0; worker < 2; ++worker)
    static_cast<void>(scheduler_.handle({.what = WorkerJoined{WorkerId{worker}}}));
  EXPECT_TRUE(expendable(scheduler_).empty());  // both are at work
  score(1, 0.5);                                // trial 0; trial 2 begins
  score(2, 0.9);                                // trial 1; it climbs
  EXPECT_THAT(expendable(scheduler_), ElementsAre(trial(0)));
  report(3, Diverged{1});  // trial 2; trial 3 begins
  EXPECT_THAT(expendable(scheduler_), ElementsAre(trial(2), trial(0)));
  score(4, 0.8);  // trial 1 in the second rung: the leader
  score(5, 0.7);  // trial 3
  const std::vector<TrialId> now = expendable(scheduler_);
  EXPECT_THAT(now, ::testing::Not(::testing::Contains(trial(1))));
  EXPECT_EQ(now.front(), trial(2));
}

TEST_F(ExpendableTest, NeverIncludeTheWinnerOrATrialAtWork) {
  static_cast<void>(scheduler_.handle({.what = WorkerJoined{WorkerId{0}}}));
  for (std::uint64_t lease = 1; !scheduler_.finished() && lease < 100; ++lease) {
    const std::vector<TrialId> trials = expendable(scheduler_);
    for (const auto& [id, held] : scheduler_.leases())
      EXPECT_THAT(trials, ::testing::Not(::testing::Contains(held.task.trial)));
    for (const Leader& leader : scheduler_.leaders(1))
      EXPECT_THAT(trials, ::testing::Not(::testing::Contains(leader.trial)));
    score(lease, 0.1 * static_cast<double>(lease % 7));
  }
  ASSERT_TRUE(scheduler_.finished());
  EXPECT_EQ(expendable(scheduler_).size(), scheduler_.trials().size() - 1);
  EXPECT_THAT(expendable(scheduler_), ::testing::Not(::testing::Contains(*scheduler_.model())));
}

// A run that has grown has a winner, and looks for another: both are needed.
TEST_F(ExpendableTest, IncludeNeitherTheOldWinnerNorTheLeaderOfARunThatHasGrown) {
  static_cast<void>(scheduler_.handle({.what = WorkerJoined{WorkerId{0}}}));
  std::uint64_t lease = 1;
  for (; !scheduler_.finished() && lease < 100; ++lease)
    score(lease, 0.1 * static_cast<double>(lease % 7));
  ASSERT_TRUE(scheduler_.finished());
  Plan to = plan_;
  to.trials = 12;
  to.confirmation_seeds = 4;
  static_cast<void>(scheduler_.handle({.what = Grown{*growth_to(plan_, to)}}));
  static_cast<void>(scheduler_.handle({.what = WorkerJoined{WorkerId{0}}}));
  for (; scheduler_.times_tested() == 1 && lease < 200; ++lease) {
    const std::vector<TrialId> trials = expendable(scheduler_);
    EXPECT_THAT(trials, ::testing::Not(::testing::Contains(*scheduler_.model())));
    const bool is_choice_open = scheduler_.phase() != Phase::testing;
    for (const Leader& leader : scheduler_.leaders(is_choice_open ? 1 : 0))
      EXPECT_THAT(trials, ::testing::Not(::testing::Contains(leader.trial)));
    if (const auto rounds = scheduler_.awaits_round())
      static_cast<void>(scheduler_.handle({.what = RoundJudged{*rounds, {}}}));
    score(lease, 0.1 * static_cast<double>(lease % 5));
  }
  EXPECT_EQ(scheduler_.times_tested(), 2);
}

}  // namespace
}  // namespace stepladder::schedule
