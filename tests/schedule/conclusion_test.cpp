#include "stepladder/schedule/conclusion.hpp"

#include <map>

#include <gtest/gtest.h>

#include "schedule/simulated_run.hpp"

namespace stepladder::schedule {
namespace {

int order_of(Phase phase) {
  switch (phase) {
    case Phase::climbing:
    case Phase::asking:
    case Phase::finishing:
      return 0;
    case Phase::confirming:
    case Phase::scoring:
      return 1;
    case Phase::testing:
      return 2;
    default:
      return 3;
  }
}

// A conclusion and its ladder, driven without workers: some tasks are out, and end in any order.
struct Drive {
  Drive(const Plan& plan, Seed seed)
      : ladder(plan, search::Sampler(rate_space(), seed)), conclusion(plan) {}
  Ladder ladder;
  Conclusion conclusion;
  std::vector<Task> out;
  Commands commands;
  std::map<TrialId, Outcome> replicates;
  int rounds_judged = 0;

  [[nodiscard]] UnderWay under_way() const {
    UnderWay counts;
    for (const Task& task : out) {
      if (task.cause == Cause::fresh || task.cause == Cause::promoted) ++counts.climbing;
      if (task.cause == Cause::finishing) ++counts.finishing;
      if (task.cause == Cause::audited) ++counts.audits;
      if (task.cause == Cause::scoring) ++counts.scoring;
    }
    return counts;
  }

  void check_next(const RandomStream& random) {
    if (const auto rounds = conclusion.round_to_judge()) {
      const std::vector<TrialId>& finalists = conclusion.confirmation().finalists();
      conclusion.judge_round(random_round(random, *rounds, finalists).dropped);
      ++rounds_judged;
    }
    const int before = order_of(conclusion.phase());
    const UnderWay counts = under_way();
    const std::optional<Task> task = conclusion.next(ladder, counts, commands);
    const Phase phase = conclusion.phase();
    ASSERT_GE(order_of(phase), before) << "a run never goes back";
    if (phase == Phase::asking) {
      ASSERT_TRUE(out.empty()) << "a question beside work";
      return conclusion.keep_range();
    }
    if (!task) {
      ASSERT_TRUE(!out.empty() || phase == Phase::over || conclusion.round_to_judge())
          << "nothing to do, but not over";
      return;
    }
    if (task->climbs()) {
      ASSERT_EQ(order_of(phase), 0);
    } else if (task->cause == Cause::confirming) {
      ASSERT_TRUE(phase == Phase::confirming || phase == Phase::finishing);
    } else {
      ASSERT_EQ(task->cause, Cause::scoring);
      ASSERT_TRUE(phase == Phase::scoring || phase == Phase::testing);
      ASSERT_EQ(counts.scoring, 0U);
    }
    if (order_of(phase) > 0) {
      ASSERT_EQ(counts.climbing + counts.finishing + counts.audits, 0U) << "the search goes on";
    }
    if (task->cause == Cause::finishing) {
      ASSERT_EQ(counts.climbing + counts.finishing, 0U);
    }
    if (task->part == Part::test) {
      ASSERT_EQ(task->trial, conclusion.model());
    }
    out.push_back(*task);
  }

  void end_one(const RandomStream& random) {
    const std::size_t which = random.below(0, out.size());
    const Task task = out[which];
    out.erase(out.begin() + static_cast<std::ptrdiff_t>(which));
    Outcome outcome = Score{static_cast<double>(random.below(1, 7)) / 7, random.uniform(2)};
    if (random.uniform(3) < 0.15) outcome = Crashed{"no luck"};
    if (random.uniform(4) < 0.1 && task.cause != Cause::scoring) outcome = Diverged{1};
    if (task.climbs()) return ladder.end(task, outcome);
    if (!conclusion.is_wanted(task)) return conclusion.forget(task);
    if (task.cause == Cause::confirming) {
      ASSERT_TRUE(replicates.emplace(task.trial, outcome).second) << "a replicate twice";
    }
    conclusion.end(task, outcome);
  }
};

TEST(Conclusion, PassesItsPhasesInOrderWhateverTheOutcomes) {
  std::map<Phase, int> seen;
  int rounds_judged = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const RandomStream random(Seed{seed}, Purpose::simulation, 8);
    const Plan plan = random_plan(Mode::asha, Promotion::eager, random, 25);
    Drive run(plan, Seed{seed});
    for (std::uint64_t step = 0; run.conclusion.phase() != Phase::over || !run.out.empty();
         ++step) {
      ASSERT_LT(step, 5000U) << "no end";
      const RandomStream luck(Seed{seed}, Purpose::simulation, 9, step);
      if (run.out.empty() || (run.out.size() < 4 && luck.uniform(9) < 0.5)) {
        ASSERT_NO_FATAL_FAILURE(run.check_next(luck));
      } else {
        ASSERT_NO_FATAL_FAILURE(run.end_one(luck));
      }
      ++seen[run.conclusion.phase()];
    }
    const bool anyone_is_alive = !run.ladder.leaders(1).empty();
    EXPECT_EQ(run.conclusion.chosen().has_value(), anyone_is_alive);
    EXPECT_EQ(run.commands.size(), anyone_is_alive ? 1U : 0U) << "it is chosen once";
    EXPECT_TRUE(run.out.empty());
    if (!anyone_is_alive || plan.confirmation_seeds == 0) continue;
    const Confirmation& confirmation = run.conclusion.confirmation();
    EXPECT_TRUE(confirmation.is_complete());
    EXPECT_EQ(confirmation.ended(), confirmation.wanted());
    EXPECT_GE(run.replicates.size(), confirmation.wanted());
    rounds_judged += run.rounds_judged;
    for (const TrialId finalist : confirmation.finalists())
      EXPECT_LT(finalist.value, run.ladder.trials().size());
  }
  EXPECT_GT(rounds_judged, 20);
  for (const Phase phase : {Phase::climbing, Phase::finishing, Phase::confirming, Phase::scoring,
                            Phase::testing, Phase::over})
    EXPECT_GT(seen[phase], 50) << static_cast<int>(phase);
}

TEST(Conclusion, AScoreThatCannotBeHadEndsTheRunAllTheSame) {
  const Plan plan{.min_steps = 1, .max_steps = 1, .trials = 1};
  Drive run(plan, Seed{1});
  const Task trained = *run.conclusion.next(run.ladder, {}, run.commands);
  run.ladder.end(trained, Score{0.5, 1});
  const Task scored = *run.conclusion.next(run.ladder, {}, run.commands);
  EXPECT_EQ(scored.part, Part::final);
  run.conclusion.give_up_score();
  const Task tested = *run.conclusion.next(run.ladder, {}, run.commands);
  EXPECT_EQ(tested.part, Part::test) << "it is chosen without its final score";
  for (int i = 0; i < Leases::kCrashesMax; ++i) {
    EXPECT_EQ(run.conclusion.phase(), Phase::testing);
    run.conclusion.end(tested, Crashed{"no luck"});
  }
  EXPECT_EQ(run.conclusion.phase(), Phase::over);
  EXPECT_FALSE(run.conclusion.test_score());
  EXPECT_EQ(run.conclusion.chosen(), trained.trial);
}

TEST(Conclusion, AsksForTheRangeUntilItIsSettled) {
  Plan plan{.min_steps = 1, .max_steps = 1, .trials = 1, .extend_range = true};
  Drive run(plan, Seed{1});
  run.ladder.end(*run.conclusion.next(run.ladder, {}, run.commands), Score{0.5, 1});
  EXPECT_FALSE(run.conclusion.next(run.ladder, {}, run.commands));
  EXPECT_EQ(run.conclusion.phase(), Phase::asking);
  ASSERT_TRUE(run.ladder.extend({.name = "learning_rate", .min = 1e-4, .max = 1, .trials = 1}));
  run.conclusion.widen_range();
  const Task more = *run.conclusion.next(run.ladder, {}, run.commands);
  EXPECT_EQ(more.cause, Cause::fresh);
  run.ladder.end(more, Score{0.4, 1});
  EXPECT_FALSE(run.conclusion.next(run.ladder, {}, run.commands));
  EXPECT_EQ(run.conclusion.phase(), Phase::asking) << "once more";
  run.conclusion.keep_range();
  EXPECT_EQ(run.conclusion.next(run.ladder, {}, run.commands)->cause, Cause::scoring);
}

}  // namespace
}  // namespace stepladder::schedule
