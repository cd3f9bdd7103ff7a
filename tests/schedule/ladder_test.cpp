#include "stepladder/schedule/ladder.hpp"

#include <algorithm>

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
    std::size_t audits = 0;
    std::size_t grown = 0;
  };

  static void check_next(Watched& run) {
    const auto trials = static_cast<std::int64_t>(run.ladder.trials().size());
    const bool has_room = run.ladder.trials_max() == 0 || trials < run.ladder.trials_max();
    const auto climb = run.rules.next_climb();
    const std::optional<Task> task = run.ladder.next();
    if (task) run.out.push_back(*task);
    if (climb) {
      ASSERT_TRUE(task) << "somebody may climb";
      ASSERT_EQ(task->part, Part::prune);
      ASSERT_EQ(task->cause, Cause::promoted);
      ASSERT_EQ(task->trial, climb->trial);
      ASSERT_EQ(task->rung, climb->rung);
    } else if (has_room) {
      ASSERT_TRUE(task) << "a trial may start";
      ASSERT_EQ(task->cause, Cause::fresh);
      ASSERT_EQ(task->trial.value, trials);
      const std::size_t bracket = run.rules.start(task->trial);
      ASSERT_EQ(run.ladder.trials().back().bracket, bracket);
    } else {
      ASSERT_FALSE(task) << "nobody may climb";
      check_audit(run);
    }
  }
  // With nothing for the rule to do: the trial that is trained least.
  static void check_audit(Watched& run) {
    std::optional<TrialId> expected;
    std::size_t left = 0;
    for (std::uint32_t i = 0; i < run.ladder.trials().size(); ++i) {
      const TrialId id{i};
      const bool is_out = std::any_of(run.out.begin(), run.out.end(),
                                      [&](const Task& task) { return task.trial == id; });
      if (run.rules.is_audit_out(id)) ++left;
      if (is_out || run.dead.contains(id) || !run.ladder.is_audited(id) ||
          !run.rules.has_rungs_left(id))
        continue;
      ++left;
      ASSERT_TRUE(run.ladder.awaits_audit(id));
      if (!expected ||
          run.ladder.trials()[i].trained < run.ladder.trials()[expected->value].trained)
        expected = id;
    }
    ASSERT_EQ(run.ladder.audits_left(), left);
    const std::optional<Task> task = run.ladder.next_audit();
    ASSERT_EQ(task.has_value(), expected.has_value());
    if (!task) return;
    ASSERT_EQ(task->cause, Cause::audited);
    ASSERT_EQ(task->trial, *expected);
    ASSERT_EQ(task->rung, run.rules.begin_audit(task->trial));
    ASSERT_EQ(task->part, Part::prune);
    run.out.push_back(*task);
    ++run.audits;
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
    run.ladder.end(task, outcome);
    if (task.cause == Cause::audited)
      run.rules.end_audit(task.trial, task.rung, entry);
    else
      run.rules.enter(task.trial, task.rung, entry);
    ASSERT_TRUE(run.rules.complaints().empty()) << run.rules.complaints().front();
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

  static void grow(Watched& run, const RandomStream& random) {
    Growth growth = random_growth(random, run.ladder.plan());
    if (growth.trials == 0 || growth.finalists < run.ladder.plan().finalists) return;
    run.ladder.grow(growth);
    run.rules.grow(grown(run.ladder.plan(), growth), growth.trials);
    ++run.grown;
  }
};

TEST_P(LadderAgainstTheRules, SendsUpWhomTheyWouldSendUp) {
  std::size_t climbed = 0;
  std::size_t audits = 0;
  std::size_t grown = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const RandomStream random(Seed{seed}, Purpose::simulation, 3);
    Plan plan = random_plan(
        GetParam(), random.uniform(90) < 0.5 ? Promotion::eager : Promotion::delayed, random, 60);
    plan.total_steps = 0;  // the budget is watched in whole runs
    if (plan.trials == 0) plan.trials = 40;
    plan.horizon_bound.reset();
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
      if (luck.uniform(8) < 0.01) grow(run, luck);
    }
    audits += run.audits;
    grown += run.grown;
    for (const Bracket& bracket : run.ladder.brackets())
      for (const Rung& rung : bracket.rungs()) climbed += rung.promoted();
  }
  EXPECT_GT(climbed, 100U);
  if (GetParam() != Mode::random) {  // where the rule lets all go on
    EXPECT_GT(audits, 100U);
  }
  EXPECT_GT(grown, 20U);
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
