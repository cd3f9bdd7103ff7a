// The brackets of Hyperband as its papers print them, and as the scheduler really runs them.
#include <cmath>
#include <map>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stepladder/schedule/hyperband.hpp"
#include "stepladder/trial/random.hpp"
#include "trial/two_metrics.hpp"

namespace stepladder::schedule {
namespace {

using ::testing::ElementsAre;
using Sizes = std::vector<std::size_t>;

Plan plan_of(Mode mode, Steps max_steps, std::int64_t eta) {
  Plan plan{.mode = mode, .eta = eta, .min_steps = 1, .max_steps = max_steps};
  plan.finish_winner = false;
  plan.trials = trials_in_a_round(plan);
  return plan;
}

std::vector<std::int64_t> begins_of(const Plan& plan) {
  std::vector<std::int64_t> begins;
  for (const BracketPlan& bracket : bracket_plans(plan)) begins.push_back(bracket.trials);
  return begins;
}

// A whole run, one event after the other; the busy worker that was served last reports first, so
// that results come back out of order.
Hyperband run_of(const Plan& plan, std::uint32_t workers = 1) {
  Hyperband scheduler(plan, search::Sampler({}, Seed{1}));
  const RandomStream random(Seed{1}, Purpose::simulation);
  for (std::uint32_t i = 0; i < workers; ++i)
    static_cast<void>(scheduler.handle({.what = WorkerJoined{WorkerId{i}}}));
  while (!scheduler.leases().empty()) {
    const auto& [lease, held] = *scheduler.leases().rbegin();
    const Score score{random.uniform(held.task.trial.value), 1};
    static_cast<void>(scheduler.handle({.what = Reported{lease, score, {}}}));
  }
  EXPECT_TRUE(scheduler.finished());
  return scheduler;
}

std::vector<Sizes> sizes_of(const Hyperband& scheduler) {
  std::vector<Sizes> brackets;
  for (const Bracket& bracket : scheduler.brackets()) {
    Sizes sizes;
    for (const Rung& rung : bracket.rungs()) sizes.push_back(rung.entries().size());
    brackets.push_back(sizes);
  }
  return brackets;
}

// Li et al., JMLR 2018, algorithm 1, line 4: n = ceil((B/R) * eta^s / (s+1)), B = (s_max+1) R.
// Their table 1 prints 81, 34, 15, 8, 5 for R = 81 and eta = 3.
TEST(HyperbandBrackets, BeginWithTheNumbersOfAlgorithm1) {
  EXPECT_THAT(begins_of(plan_of(Mode::hyperband, 81, 3)), ElementsAre(81, 34, 15, 8, 5));
  EXPECT_THAT(begins_of(plan_of(Mode::hyperband, 27, 3)), ElementsAre(27, 12, 6, 4));
  EXPECT_THAT(begins_of(plan_of(Mode::hyperband, 243, 3)), ElementsAre(243, 98, 41, 18, 9, 6));
  EXPECT_THAT(begins_of(plan_of(Mode::hyperband, 64, 4)), ElementsAre(64, 22, 8, 4));
  EXPECT_THAT(begins_of(plan_of(Mode::hyperband, 64, 2)), ElementsAre(64, 38, 23, 14, 10, 7, 7));
  EXPECT_THAT(begins_of(plan_of(Mode::hyperband, 1000, 10)), ElementsAre(1000, 134, 20, 4));
  EXPECT_THAT(begins_of(plan_of(Mode::hyperband, 1, 3)), ElementsAre(1));
  EXPECT_EQ(trials_in_a_round(plan_of(Mode::hyperband, 81, 3)), 143);
}

TEST(HyperbandBrackets, BeginAtTheLevelsOfAlgorithm1) {
  // Line 4 again: r = R * eta^-s.
  const std::vector<BracketPlan> brackets = bracket_plans(plan_of(Mode::hyperband, 81, 3));
  ASSERT_EQ(brackets.size(), 5U);
  EXPECT_THAT(brackets[0].levels, ElementsAre(1, 3, 9, 27, 81));
  EXPECT_THAT(brackets[1].levels, ElementsAre(3, 9, 27, 81));
  EXPECT_THAT(brackets[3].levels, ElementsAre(27, 81));
  EXPECT_THAT(brackets[4].levels, ElementsAre(81));
}

TEST(HyperbandBrackets, AreAsManyAsThePlanSays) {
  Plan plan = plan_of(Mode::hyperband, 81, 3);
  for (std::int64_t brackets = 1; brackets <= 5; ++brackets) {
    plan.brackets = brackets;
    EXPECT_EQ(bracket_plans(plan).size(), static_cast<std::size_t>(brackets));
    EXPECT_EQ(bracket_plans(plan).front().trials, 81);  // the most aggressive ones are kept
    EXPECT_NO_THROW(check(plan));
  }
  plan.brackets = 6;
  EXPECT_THROW(check(plan), PlanError);
  plan.brackets = -1;
  EXPECT_THROW(check(plan), PlanError);
}

// Lines 5 to 9: n_i = floor(n * eta^-i). Li et al., JMLR 2018, table 1 with n from line 4.
TEST(HyperbandBrackets, RunTheRungsOfTable1) {
  for (const std::uint32_t workers : {1U, 4U, 500U}) {
    EXPECT_THAT(sizes_of(run_of(plan_of(Mode::hyperband, 81, 3), workers)),
                ElementsAre(Sizes{81, 27, 9, 3, 1}, Sizes{34, 11, 3, 1}, Sizes{15, 5, 1},
                            Sizes{8, 2}, Sizes{5}))
        << workers;
    EXPECT_THAT(sizes_of(run_of(plan_of(Mode::hyperband, 27, 3), workers)),
                ElementsAre(Sizes{27, 9, 3, 1}, Sizes{12, 4, 1}, Sizes{6, 2}, Sizes{4}))
        << workers;
  }
}

TEST(HyperbandBrackets, RunTheirRungsForOtherEtas) {
  EXPECT_THAT(sizes_of(run_of(plan_of(Mode::hyperband, 64, 4), 3)),
              ElementsAre(Sizes{64, 16, 4, 1}, Sizes{22, 5, 1}, Sizes{8, 2}, Sizes{4}));
  EXPECT_THAT(sizes_of(run_of(plan_of(Mode::hyperband, 1000, 10), 3)),
              ElementsAre(Sizes{1000, 100, 10, 1}, Sizes{134, 13, 1}, Sizes{20, 2}, Sizes{4}));
}

// Every bracket of every plan: n_i = floor(n0 * eta^-i), at least 1 so that the ladder has an end.
TEST(HyperbandBrackets, KeepTheFloorOfN0OverEtaToTheKInEveryRung) {
  for (const std::int64_t eta : {2, 3, 4, 5})
    for (const Steps max_steps : {1, 7, 16, 81, 100, 243}) {
      const Plan plan = plan_of(Mode::hyperband, max_steps, eta);
      const std::vector<std::int64_t> begins = begins_of(plan);
      const std::vector<Sizes> sizes = sizes_of(run_of(plan, 5));
      ASSERT_EQ(sizes.size(), begins.size());
      for (std::size_t b = 0; b < sizes.size(); ++b) {
        std::int64_t expected = begins[b];
        for (const std::size_t size : sizes[b]) {
          EXPECT_EQ(size, static_cast<std::size_t>(std::max<std::int64_t>(expected, 1)))
              << "eta " << eta << ", R " << max_steps << ", bracket " << b;
          expected /= eta;
        }
      }
    }
}

TEST(HyperbandBrackets, GoOnWithAnotherRound) {
  Plan plan = plan_of(Mode::hyperband, 9, 3);  // 9, 5 and 3 trials
  plan.trials = 17 + 9 + 2;
  EXPECT_THAT(sizes_of(run_of(plan, 2)),
              ElementsAre(Sizes{9, 3, 1}, Sizes{5, 1}, Sizes{3}, Sizes{9, 3, 1}, Sizes{2, 1}));
}

// Jamieson and Talwalkar, AISTATS 2016, algorithm 1: one bracket.
TEST(SuccessiveHalving, RunsOneBracket) {
  Plan plan{.mode = Mode::successive_halving, .min_steps = 1, .max_steps = 81, .trials = 81};
  plan.finish_winner = false;
  EXPECT_THAT(sizes_of(run_of(plan, 7)), ElementsAre(Sizes{81, 27, 9, 3, 1}));
  plan.trials = 100;
  EXPECT_THAT(sizes_of(run_of(plan, 7)), ElementsAre(Sizes{100, 33, 11, 3, 1}));
  plan.trials = 4;
  EXPECT_THAT(sizes_of(run_of(plan, 7)), ElementsAre(Sizes{4, 1, 1, 1, 1}));
}

// Without a number of trials the bracket is that of algorithm 1 for s = s_max, again and again.
TEST(SuccessiveHalving, RepeatsItsBracketWhereOnlyTheStepsAreLimited) {
  Plan plan{.mode = Mode::successive_halving, .min_steps = 1, .max_steps = 9, .trials = 0};
  plan.finish_winner = false;
  plan.total_steps = 54;  // a bracket takes 9 * 1 + 3 * 2 + 1 * 6 = 21
  plan.metrics = by_loss();
  const std::vector<Sizes> sizes = sizes_of(run_of(plan));
  ASSERT_GE(sizes.size(), 2U);
  EXPECT_EQ(sizes[0], (Sizes{9, 3, 1}));
  EXPECT_EQ(sizes[1], (Sizes{9, 3, 1}));
}

TEST(TopK, TakesTheBestKStraightToTheEnd) {
  Plan plan{.mode = Mode::top_k, .min_steps = 1, .max_steps = 81, .trials = 20, .top_k = 4};
  plan.finish_winner = false;
  const Hyperband scheduler = run_of(plan, 3);
  EXPECT_THAT(sizes_of(scheduler), ElementsAre(Sizes{20, 4}));
  EXPECT_EQ(scheduler.brackets().front().rungs().back().level(), 81);
  plan.top_k = 30;  // all of them
  EXPECT_THAT(sizes_of(run_of(plan, 3)), ElementsAre(Sizes{20, 20}));
  plan.trials = 0;
  plan.total_steps = 1000;
  EXPECT_THROW(check(plan), PlanError);  // how many to begin with is not the scheduler's to guess
}

TEST(Kept, IsTheFloorButNeverNothing) {
  EXPECT_EQ(kept(81, 3, 0), 81);
  EXPECT_EQ(kept(81, 3, 4), 1);
  EXPECT_EQ(kept(34, 3, 1), 11);
  EXPECT_EQ(kept(34, 3, 2), 3);
  EXPECT_EQ(kept(8, 3, 1), 2);
  EXPECT_EQ(kept(5, 3, 2), 1);
  for (std::int64_t n = 1; n < 300; ++n)
    for (const std::int64_t eta : {2, 3, 4, 7}) {
      std::int64_t divisor = 1;
      for (std::size_t rung = 0; rung < 5; ++rung, divisor *= eta)
        ASSERT_EQ(kept(n, eta, rung), std::max<std::int64_t>(n / divisor, 1));
    }
}

TEST(BracketOrder, HasExactSharesAfterEveryRound) {
  for (const Steps max_steps : {9, 81, 100, 243}) {
    const Plan plan = plan_of(Mode::hyperband_async, max_steps, 3);
    const std::vector<BracketPlan> brackets = bracket_plans(plan);
    const BracketOrder order(brackets);
    std::map<std::size_t, std::int64_t> counts;
    for (std::int64_t trial = 0; trial < 3 * plan.trials; ++trial) {
      ++counts[order.bracket_of(TrialId{static_cast<std::uint32_t>(trial)})];
      if ((trial + 1) % plan.trials != 0) continue;
      for (std::size_t b = 0; b < brackets.size(); ++b)
        ASSERT_EQ(counts[b], brackets[b].trials * (trial + 1) / plan.trials);
    }
  }
}

TEST(BracketOrder, IsSpreadEvenly) {
  // At no time is a bracket more than one trial and a bit away from its share.
  const Plan plan = plan_of(Mode::hyperband_async, 81, 3);
  const std::vector<BracketPlan> brackets = bracket_plans(plan);
  const BracketOrder order(brackets);
  std::vector<double> counts(brackets.size(), 0);
  for (std::uint32_t trial = 0; trial < 500; ++trial) {
    counts[order.bracket_of(TrialId{trial})] += 1;
    for (std::size_t b = 0; b < brackets.size(); ++b) {
      const double share = (trial + 1.0) * static_cast<double>(brackets[b].trials) /
                           static_cast<double>(plan.trials);
      ASSERT_LT(std::abs(counts[b] - share), 1.5) << "trial " << trial << ", bracket " << b;
    }
  }
}

TEST(BracketOrder, IsAPureFunctionOfTheTrial) {
  const Plan plan = plan_of(Mode::hyperband_async, 81, 3);
  const BracketOrder forwards(bracket_plans(plan));
  const BracketOrder backwards(bracket_plans(plan));
  std::vector<std::size_t> brackets;
  for (std::uint32_t trial = 0; trial < 300; ++trial)
    brackets.push_back(forwards.bracket_of(TrialId{trial}));
  for (std::uint32_t trial = 300; trial-- > 0;)
    ASSERT_EQ(backwards.bracket_of(TrialId{trial}), brackets[trial]);
  for (const std::uint32_t workers : {1U, 10U}) {
    const Hyperband scheduler = run_of(plan, workers);
    for (std::uint32_t trial = 0; trial < scheduler.trials().size(); ++trial)
      ASSERT_EQ(scheduler.trials()[trial].bracket, brackets[trial]);
  }
}

TEST(AsynchronousHyperband, GivesEachBracketItsOwnRungs) {
  const Hyperband scheduler = run_of(plan_of(Mode::hyperband_async, 81, 3), 4);
  const std::vector<Sizes> sizes = sizes_of(scheduler);
  ASSERT_EQ(sizes.size(), 5U);
  const Sizes begins = {81, 34, 15, 8, 5};
  for (std::size_t b = 0; b < sizes.size(); ++b) {
    EXPECT_EQ(sizes[b].front(), begins[b]);
    EXPECT_EQ(sizes[b].size(), 5 - b);
    for (std::size_t rung = 1; rung < sizes[b].size(); ++rung)
      EXPECT_GE(sizes[b][rung], sizes[b][rung - 1] / 3);
  }
}

// "Any integers": a round that has more trials than there are ids is refused, not begun.
TEST(HyperbandBrackets, RefuseARoundWithoutEnd) {
  Plan plan{.mode = Mode::hyperband_async, .eta = 2, .min_steps = 1};
  plan.max_steps = Steps{1} << 62;
  EXPECT_THROW(check(plan), PlanError);
  plan.max_steps = Steps{1} << 34;
  EXPECT_THROW(check(plan), PlanError);
  plan.max_steps = Steps{1} << 20;
  EXPECT_NO_THROW(check(plan));
  plan.mode = Mode::asha;  // its brackets have no numbers
  plan.max_steps = Steps{1} << 62;
  EXPECT_NO_THROW(check(plan));
}

}  // namespace
}  // namespace stepladder::schedule
