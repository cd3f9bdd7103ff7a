#include "stepladder/schedule/ladder.hpp"

#include <gtest/gtest.h>

#include "schedule/ladder_oracle.hpp"
#include "schedule/simulated_run.hpp"

namespace stepladder::schedule {
namespace {

// The ladder alone, without workers or an end: tasks are out, and end in any order. Held to the
// slow second reading of the promotion rules.
class LadderAgainstTheRules : public ::testing::TestWithParam<Mode> {
 protected:
  struct Watched {
    Watched(const Plan& plan, Seed seed)
        : ladder(plan, search::Sampler(rate_space(), seed)), rules(plan) {}
    Ladder ladder;
    LadderOracle rules;
    std::vector<Task> out;
    std::set<TrialId> dead;
  };

  static void check_next(Watched& run) {
    const bool may_climb = run.rules.anyone_may_climb();
    const auto trials = static_cast<std::int64_t>(run.ladder.trials().size());
    const std::optional<Task> task = run.ladder.next();
    if (!task) {
      ASSERT_FALSE(may_climb) << "somebody may climb";
      ASSERT_EQ(trials, run.ladder.trials_max()) << "a trial may start";
      return;
    }
    ASSERT_EQ(task->part, Part::prune);
    run.out.push_back(*task);
    if (!may_climb) {
      ASSERT_EQ(task->cause, Cause::fresh);
      ASSERT_EQ(task->trial.value, trials);
      const std::size_t bracket = run.rules.start(task->trial);
      ASSERT_EQ(run.ladder.trials().back().bracket, bracket);
      return;
    }
    const std::size_t bracket = run.rules.bracket_of(task->trial);
    const std::size_t from = task->rung - 1;
    for (std::size_t above = task->rung; above + 1 < run.rules.levels(bracket).size(); ++above) {
      ASSERT_TRUE(run.rules.climbers(bracket, above).empty()) << "a higher rung comes first";
      ASSERT_TRUE(run.rules.audits(bracket, above).empty()) << "a higher rung comes first";
    }
    if (run.rules.climbers(bracket, from).contains(task->trial)) {
      ASSERT_EQ(task->cause, Cause::promoted);
      ASSERT_TRUE(run.rules.leave(bracket, from, task->trial));
      run.rules.settle(bracket);
    } else {
      ASSERT_EQ(task->cause, Cause::audited);
      ASSERT_TRUE(run.rules.audits(bracket, from).contains(task->trial));
      run.rules.go_ahead(bracket, task->trial);
    }
  }

  static void end_one(Watched& run, const RandomStream& random) {
    const std::size_t which = random.below(0, run.out.size());
    const Task task = run.out[which];
    run.out.erase(run.out.begin() + static_cast<std::ptrdiff_t>(which));
    const Span span = run.ladder.span_of(task);
    Outcome outcome =
        Score{static_cast<double>(random.below(1, 9)) / 9, static_cast<double>(random.below(2, 4))};
    if (random.uniform(3) < 0.1) outcome = Diverged{span.from + 1};
    if (random.uniform(4) < 0.05) outcome = Crashed{"no luck"};
    const auto* score = std::get_if<Score>(&outcome);
    const LadderOracle::Entry entry{task.trial, score ? std::optional(*score) : std::nullopt};
    if (!score) run.dead.insert(task.trial);
    const bool is_audited = run.ladder.is_audited(task.trial);
    run.ladder.end(task, outcome);
    ASSERT_EQ(run.rules.enter(run.rules.bracket_of(task.trial), span.to, entry, is_audited),
              std::nullopt);
  }

  static void compare_leaders(const Watched& run) {
    const auto expected = run.rules.leaders(run.dead);
    const auto leaders = run.ladder.leaders(5);
    ASSERT_EQ(leaders.size(), std::min<std::size_t>(5, expected.size()));
    for (std::size_t i = 0; i < leaders.size(); ++i) {
      ASSERT_EQ(leaders[i].trial, expected[i].entry.trial);
      ASSERT_EQ(leaders[i].level, expected[i].level);
    }
  }
};

TEST_P(LadderAgainstTheRules, SendsUpWhomTheyWouldSendUp) {
  std::size_t climbed = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const RandomStream random(Seed{seed}, Purpose::simulation, 3);
    Plan plan = random_plan(
        GetParam(), random.uniform(90) < 0.5 ? Promotion::eager : Promotion::delayed, random, 60);
    plan.total_steps = 0;  // the budget is watched in whole runs
    if (plan.trials == 0) plan.trials = 40;
    Watched run(plan, Seed{seed});
    for (std::uint64_t step = 0; step < 600; ++step) {
      const RandomStream luck(Seed{seed}, Purpose::simulation, 4, step);
      if (run.out.empty() || (run.out.size() < 7 && luck.uniform(9) < 0.5)) {
        ASSERT_NO_FATAL_FAILURE(check_next(run)) << "step " << step;
        if (run.out.empty()) break;
      } else {
        ASSERT_NO_FATAL_FAILURE(end_one(run, luck)) << "step " << step;
      }
      if (step % 50 == 0) {
        ASSERT_NO_FATAL_FAILURE(compare_leaders(run));
      }
    }
    for (const Bracket& bracket : run.ladder.brackets())
      for (const Rung& rung : bracket.rungs()) climbed += rung.promoted();
  }
  if (GetParam() != Mode::random) {
    EXPECT_GT(climbed, 100U);
  }
}

INSTANTIATE_TEST_SUITE_P(EveryMode, LadderAgainstTheRules,
                         ::testing::Values(Mode::asha, Mode::asha_stopping, Mode::hyperband_async,
                                           Mode::successive_halving, Mode::hyperband, Mode::pasha,
                                           Mode::random, Mode::top_k),
                         [](const auto& mode) {
                           return "Mode" + std::to_string(static_cast<int>(mode.param));
                         });

TEST(Ladder, SaysWhyATrialGoesOn) {
  const Plan plan{.eta = 2, .min_steps = 1, .max_steps = 2, .trials = 2};
  Ladder ladder(plan, search::Sampler(rate_space(), Seed{1}));
  const Task first = *ladder.next();
  const Task second = *ladder.next();
  EXPECT_EQ(first.cause, Cause::fresh);
  EXPECT_FALSE(ladder.next()) << "both are at work";
  ladder.end(first, Score{0.5, 1});
  ladder.end(second, Score{0.6, 1});
  const Task third = *ladder.next();
  EXPECT_EQ(third.trial, second.trial);
  EXPECT_EQ(third.cause, Cause::promoted);
  const Leader other{.trial = first.trial, .rung = 0, .level = 1, .standing = {}};
  EXPECT_EQ(ladder.finish(other)->cause, Cause::finishing);
}

TEST(Ladder, WidensItsRangeOnlyWithinItsLimit) {
  Plan plan{.trials = 3, .extend_range = true, .extend_range_max = 10};
  Ladder ladder(plan, search::Sampler(rate_space(), Seed{1}));
  EXPECT_FALSE(ladder.has_room_for_more()) << "trials are left to start";
  for (int i = 0; i < 3; ++i) static_cast<void>(ladder.next());
  EXPECT_TRUE(ladder.has_room_for_more());
  search::Extension extension{.name = "learning_rate", .min = 1e-5, .max = 1, .trials = 2};
  EXPECT_FALSE(ladder.extend(extension)) << "a hundredth of the lowest rate";
  EXPECT_EQ(ladder.trials_max(), 3);
  extension.min = 1e-4;
  EXPECT_TRUE(ladder.extend(extension));
  EXPECT_EQ(ladder.trials_max(), 5);
  EXPECT_FALSE(ladder.has_room_for_more());
  EXPECT_EQ(ladder.next()->trial, TrialId{3});
  EXPECT_NE(ladder.extension_of(TrialId{3}), nullptr);
  EXPECT_EQ(ladder.extension_of(TrialId{2}), nullptr);
}

// A grid of three rates; a fourth, to try first, lies where the range is extended to.
TEST(Ladder, StartsNoMoreTrialsThanThereAreConfigurations) {
  const Plan plan{.trials = 9, .extend_range = true, .extend_range_max = 100};
  const SearchSpace rates{{rate_space().hyperparameters.front()}};
  Ladder ladder(plan, search::Sampler(rates, Seed{1},
                                      {.method = search::Method::grid,
                                       .grid_points = 3,
                                       .first = {{{{"learning_rate", 3.0}}}}}));
  EXPECT_EQ(ladder.trials_max(), 4);
  EXPECT_FALSE(ladder.is_exhausted());
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(ladder.next());
  EXPECT_TRUE(ladder.is_exhausted());
  EXPECT_TRUE(ladder.has_room_for_more());
  ASSERT_TRUE(ladder.extend({.name = "learning_rate", .min = 0.0001, .max = 3, .trials = 2}));
  EXPECT_EQ(ladder.trials_max(), 6);
  EXPECT_FALSE(ladder.is_exhausted());
  EXPECT_TRUE(ladder.next());
  EXPECT_FALSE(ladder.next()) << "the other was tried first";
  EXPECT_EQ(ladder.trials_max(), 5);
  EXPECT_TRUE(ladder.has_room_for_more());
  ASSERT_TRUE(ladder.extend({.name = "learning_rate", .min = 0.0001, .max = 9, .trials = 1}));
  EXPECT_TRUE(ladder.next());
  EXPECT_FALSE(ladder.next());
  EXPECT_EQ(ladder.extension_of(TrialId{3}), nullptr);
  EXPECT_EQ(ladder.extension_of(TrialId{4})->trials, 1);
  EXPECT_EQ(ladder.extension_of(TrialId{5})->to.max, 9);
}

TEST(Ladder, LimitsNothingWhereThereAreMoreConfigurationsThanStepsForThem) {
  const Plan plan{.min_steps = 10, .max_steps = 90, .trials = 0, .total_steps = 900};
  EXPECT_EQ(Ladder(plan, search::Sampler(small_space(100), Seed{1})).trials_max(), 0);
  EXPECT_EQ(Ladder(plan, search::Sampler(small_space(10), Seed{1})).trials_max(), 30);
}

}  // namespace
}  // namespace stepladder::schedule
