// Trials that climb whatever their scores.
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

// Where nothing depends on times, nothing at all may differ for the others.
TEST(Audit, LeavesEveryRungOfTheSynchronousModesAsItIs) {
  for (const Mode mode : {Mode::successive_halving, Mode::hyperband, Mode::top_k})
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      Plan plan{.mode = mode, .min_steps = 1, .max_steps = 27, .trials = 40};
      Hyperband without = scheduler_of(plan, seed);
      run(without, steady(seed));
      plan.audit_fraction = seed % 5 == 0 ? 1 : 0.3;
      Hyperband with = scheduler_of(plan, seed);
      run(with, steady(seed));
      auto expected = entries_of(without);
      auto found = entries_of(with);
      // At the end an audited trial that beats the best is let in, last of all.
      const auto better = with.chosen() != without.chosen();
      if (better) {
        EXPECT_TRUE(with.is_audited(*with.chosen()));
        EXPECT_LT(with.standing(*with.chosen()), with.standing(*without.chosen()));
      }
      if (!better) {
        ASSERT_EQ(found, expected) << "seed " << seed;
      }
      for (std::size_t rung = 0; rung < expected.size(); ++rung)
        for (const auto& entry : expected[rung])
          ASSERT_TRUE(with.is_audited(TrialId{entry.first}) || found[rung].contains(entry))
              << "seed " << seed << ", rung " << rung;
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

TEST(Audit, StaysWithinTheBudget) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const Plan plan{
        .min_steps = 1, .max_steps = 27, .trials = 0, .total_steps = 300, .audit_fraction = 0.5};
    Hyperband scheduler = scheduler_of(plan, seed);
    const auto spent = simulation::run_in_virtual_time(scheduler, steady(seed), {.workers = 4},
                                                       [](std::span<const wire::Entry>) {});
    EXPECT_LE(spent.steps, 300 + 4 * 18);
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
