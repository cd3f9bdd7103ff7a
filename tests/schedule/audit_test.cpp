// Trials that are trained on to the end after the rule has left them behind, and that no rule knows
// of.
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schedule/simulated_run.hpp"
#include "stepladder/simulation/virtual_run.hpp"

namespace stepladder::schedule {
namespace {

using simulation::Trained;

void run(Hyperband& scheduler, const simulation::Training& workload, std::uint32_t workers = 5) {
  static_cast<void>(simulation::run_in_virtual_time(scheduler, workload, {.workers = workers},
                                                    [](std::span<const wire::Entry>) {}));
}

Hyperband scheduler_of(const Plan& plan, std::uint64_t seed) {
  return {plan, search::Sampler(rate_space(), Seed{seed})};
}

// Scores without a failure, a pure function of (trial, level).
simulation::Training steady(std::uint64_t seed) {
  return [seed](const Assignment& a) -> Trained {
    const RandomStream random(Seed{seed}, Purpose::simulation, a.trial.value,
                              static_cast<std::uint64_t>(a.to));
    return {Score{random.uniform(0), random.uniform(1)}, static_cast<Seconds>(a.to - a.from)};
  };
}

// By level: who is an entry, and who of them is promoted.
std::vector<std::set<std::pair<std::uint32_t, bool>>> entries_of(const Hyperband& scheduler) {
  std::vector<std::set<std::pair<std::uint32_t, bool>>> rungs;
  for (const Bracket& bracket : scheduler.brackets())
    for (const Rung& rung : bracket.rungs()) {
      rungs.emplace_back();
      for (const Rung::Entry& entry : rung.entries())
        rungs.back().emplace(entry.standing.trial.value, entry.promoted);
    }
  return rungs;
}

TEST(Audit, TakesItsShareOfTheTrialsByTheSeedAlone) {
  const Plan plan{.min_steps = 1, .max_steps = 9, .trials = 2000, .audit_fraction = 0.05};
  Hyperband one = scheduler_of(plan, 3);
  Hyperband other = scheduler_of(plan, 3);
  run(one, steady(1), 1);
  run(other, steady(2), 20);
  int audited = 0;
  for (std::uint32_t i = 0; i < 2000; ++i) {
    ASSERT_EQ(one.is_audited(TrialId{i}), other.is_audited(TrialId{i}));
    if (one.is_audited(TrialId{i})) ++audited;
  }
  EXPECT_NEAR(audited, 100, 40);  // four standard deviations
}

// Where nothing depends on times, nothing at all may differ: not for the others, and in the rungs
// not for the audited ones.
TEST(Audit, LeavesEveryRungOfTheSynchronousModesAsItIs) {
  for (const Mode mode : {Mode::successive_halving, Mode::hyperband, Mode::top_k})
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      Plan plan{.mode = mode, .min_steps = 1, .max_steps = 27, .trials = 40};
      Hyperband without = scheduler_of(plan, seed);
      run(without, steady(seed));
      plan.audit_fraction = seed % 5 == 0 ? 1 : 0.3;
      Hyperband with = scheduler_of(plan, seed);
      run(with, steady(seed), 1 + static_cast<std::uint32_t>(seed % 7));
      ASSERT_EQ(entries_of(with), entries_of(without)) << "seed " << seed;
      ASSERT_EQ(with.carried_on(), without.carried_on()) << "seed " << seed;
      if (with.chosen() == without.chosen()) continue;
      EXPECT_TRUE(with.is_audited(*with.chosen()));
      EXPECT_LT(with.standing(*with.chosen()), with.standing(*without.chosen()));
    }
}

// With one worker nothing is audited before the rule has nothing more to do, ever.
TEST(Audit, OfOneWorkerLeavesEveryModeAsItIs) {
  for (const Mode mode : {Mode::asha, Mode::asha_stopping, Mode::hyperband_async, Mode::pasha})
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
      Plan plan{.mode = mode, .min_steps = 1, .max_steps = 27, .trials = 40};
      if (seed % 3 == 0) plan.total_steps = 120;
      Hyperband without = scheduler_of(plan, seed);
      run(without, steady(seed), 1);
      plan.audit_fraction = seed % 5 == 0 ? 1 : 0.3;
      Hyperband with = scheduler_of(plan, seed);
      run(with, steady(seed), 1);
      ASSERT_EQ(entries_of(with), entries_of(without)) << "seed " << seed;
    }
}

TEST(Audit, StandsAtTheEndOnlyWhereItBeatsTheLastThatTheRuleBroughtThere) {
  // Trials 0 and 1 are sent to the end by the rule; what is audited comes there with its own score.
  for (const double audited : {0.95, 0.6, 0.4}) {
    const auto workload = [audited](const Assignment& a) -> Trained {
      const double at_first[] = {0.9, 0.8, 0.3, 0.2, 0.1, 0.05};
      if (a.to == 1) return {Score{at_first[a.trial.value % 6], 1}, 1};
      if (a.trial.value < 2) return {Score{a.trial.value == 0 ? 0.7 : 0.5, 1}, 1};
      return {Score{a.trial.value == 2 ? audited : 0.01, 1}, 1};
    };
    const Plan plan{.mode = Mode::successive_halving,
                    .min_steps = 1,
                    .max_steps = 3,
                    .trials = 6,
                    .audit_fraction = 1};
    Hyperband scheduler = scheduler_of(plan, 1);
    run(scheduler, workload, 3);
    std::vector<std::uint32_t> order;
    for (const Leader& leader : scheduler.leaders(3)) order.push_back(leader.trial.value);
    const std::vector<std::uint32_t> expected = audited > 0.7   ? std::vector{2U, 0U, 1U}
                                                : audited > 0.5 ? std::vector{0U, 2U, 1U}
                                                                : std::vector{0U, 1U, 2U};
    EXPECT_EQ(order, expected) << audited;
    EXPECT_EQ(scheduler.leaders(3).back().level, audited > 0.5 ? 3 : 1);
    EXPECT_EQ(scheduler.brackets().front().rungs().back().entries().size(), 2U);
    EXPECT_EQ(scheduler.beside(0, 1), 4U);
  }
}

// What it achieved ahead is good enough for the budget only while the trial lives.
TEST(Audit, ThatFailsCountsNowhere) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Plan plan{.min_steps = 1, .max_steps = 27, .trials = 20, .audit_fraction = 1};
    const auto workload = [seed](const Assignment& a) -> Trained {
      if (a.to == 27) return {Diverged{a.from + 1}, 1};
      return steady(seed)(a);
    };
    Hyperband scheduler = scheduler_of(plan, seed);
    run(scheduler, workload);
    EXPECT_FALSE(scheduler.chosen());
    EXPECT_TRUE(scheduler.leaders(1).empty());
  }
}

TEST(Audit, BringsItsTrialsToTheEndInEveryMode) {
  for (const Mode mode : {Mode::asha, Mode::asha_stopping, Mode::hyperband_async,
                          Mode::successive_halving, Mode::hyperband, Mode::top_k})
    for (const double fraction : {0.2, 1.0}) {
      const Plan plan{
          .mode = mode, .min_steps = 1, .max_steps = 27, .trials = 40, .audit_fraction = fraction};
      Hyperband scheduler = scheduler_of(plan, 4);
      run(scheduler, steady(4));
      int audited = 0;
      for (std::uint32_t i = 0; i < 40; ++i) {
        if (!scheduler.is_audited(TrialId{i})) continue;
        ++audited;
        EXPECT_EQ(scheduler.trials()[i].trained, 27);
        EXPECT_EQ(scheduler.status(TrialId{i}), TrialStatus::finished);
      }
      EXPECT_GT(audited, 2);
    }
}

TEST(Audit, MeansNothingWhereNothingIsPruned) {
  const Plan plan{
      .mode = Mode::random, .min_steps = 1, .max_steps = 27, .trials = 9, .audit_fraction = 1};
  Hyperband scheduler = scheduler_of(plan, 4);
  run(scheduler, steady(4));
  for (std::uint32_t i = 0; i < 9; ++i) EXPECT_FALSE(scheduler.is_audited(TrialId{i}));
}

TEST(Audit, ComesOnTopOfTheBudget) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const Plan plan{
        .min_steps = 1, .max_steps = 27, .trials = 0, .total_steps = 300, .audit_fraction = 0.5};
    Hyperband scheduler = scheduler_of(plan, seed);
    Steps searched = 0;
    Steps audited = 0;
    static_cast<void>(simulation::run_in_virtual_time(
        scheduler, steady(seed), {.workers = 4}, [&](std::span<const wire::Entry> entries) {
          for (const wire::Entry& entry : entries)
            for (const Command& command : entry.commands)
              if (const auto* order = std::get_if<Assign>(&command))
                (order->cause == Cause::audited ? audited : searched) += order->assignment.steps();
        }));
    EXPECT_LE(searched, 300 + 4 * 18);
    EXPECT_GE(searched, 300 - 27) << "audits take nothing from the search";
    EXPECT_GT(audited, 27);
    for (std::uint32_t i = 0; i < scheduler.trials().size(); ++i)
      EXPECT_TRUE(!scheduler.is_audited(TrialId{i}) || scheduler.trials()[i].trained == 27);
    ASSERT_TRUE(scheduler.chosen());
    EXPECT_EQ(scheduler.trials()[scheduler.chosen()->value].trained, 27);
  }
}

// Late bloomers: what is last at the first rung is first at the end. Without audits the run never
// learns of it.
TEST(Audit, FindsTheWinnerThatTheRungsMissed) {
  const simulation::Training crossing = [](const Assignment& a) -> Trained {
    const double quality = static_cast<double>(a.trial.value) / 100;
    return {Score{a.to == 1 ? 1 - quality : quality, 1}, 1};
  };
  Plan plan{.min_steps = 1, .max_steps = 27, .trials = 40};
  Hyperband without = scheduler_of(plan, 4);
  run(without, crossing);
  plan.audit_fraction = 1;
  Hyperband with = scheduler_of(plan, 4);
  run(with, crossing);
  EXPECT_LT(without.chosen()->value, 20U);
  EXPECT_EQ(with.chosen(), TrialId{39});
}

}  // namespace
}  // namespace stepladder::schedule
