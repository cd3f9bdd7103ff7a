// The corners of every mode: odd scores, odd numbers of workers and trials, every order of results,
// and how soon the first trial is trained to the end.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <gtest/gtest.h>

#include "schedule/simulated_run.hpp"
#include "stepladder/simulation/virtual_run.hpp"
#include "trial/two_metrics.hpp"

namespace stepladder::schedule {
namespace {

constexpr Mode kModes[] = {Mode::asha,      Mode::asha_stopping, Mode::hyperband_async,
                           Mode::hyperband, Mode::pasha,         Mode::successive_halving,
                           Mode::random,    Mode::top_k};

// Every mode, and the delayed promotion rule, on this plan.
template <class Test>
void for_every_mode(Plan plan, const Test& test) {
  for (const Mode mode : kModes) {
    plan.mode = mode;
    for (const Promotion promotion : {Promotion::eager, Promotion::delayed}) {
      if (promotion == Promotion::delayed && mode != Mode::asha) continue;
      plan.promotion = promotion;
      SCOPED_TRACE("mode " + std::to_string(static_cast<int>(mode)) +
                   (promotion == Promotion::delayed ? ", delayed" : ""));
      test(plan);
    }
  }
}

// A whole run, watched; returns the scheduler at its end.
Hyperband run_of(const Plan& plan, std::uint32_t workers, const simulation::Training& workload) {
  SimulatedRun run(plan, Seed{1});
  simulation::SimulatedFleet fleet(workers, workload);
  run.drive(fleet);
  run.expect_ended();
  return run.scheduler();
}

simulation::Training always(const Outcome& outcome) {
  return [outcome](const Assignment& a) -> simulation::Trained {
    return {outcome, static_cast<Seconds>(a.to - a.from)};
  };
}

const Plan kSmall{.eta = 3, .min_steps = 1, .max_steps = 27, .trials = 30};

TEST(EdgeCases, ScoresThatAreNotFiniteAreFailures) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const Metrics& metrics : {by_share(), by_loss()})
    for (const double odd : {nan, infinity, -infinity})
      for (const Score& score : {Score{odd, 1}, Score{0.5, odd}, Score{odd, odd}}) {
        Plan plan = kSmall;
        plan.metrics = metrics;
        for_every_mode(plan, [&](const Plan& p) {
          const Hyperband scheduler = run_of(p, 4, always(score));
          EXPECT_EQ(scheduler.trials().size(), 30U);
          EXPECT_FALSE(scheduler.chosen());
          for (const Bracket& bracket : scheduler.brackets())
            for (const Rung& rung : bracket.rungs()) EXPECT_EQ(rung.promoted(), 0U);
        });
      }
}

// One good trial among NaN, both infinities, divergences and crashes is found by every mode.
TEST(EdgeCases, TheOnlyScoreWins) {
  const auto workload = [](const Assignment& a) -> simulation::Trained {
    const double odd[] = {std::numeric_limits<double>::quiet_NaN(),
                          std::numeric_limits<double>::infinity(),
                          -std::numeric_limits<double>::infinity()};
    const std::uint32_t trial = a.trial.value;
    if (trial == 17) return {Score{0.1, 9}, 1};
    if (trial % 5 == 3) return {Diverged{a.from + 1}, 1};
    if (trial % 5 == 4) return {Crashed{"no luck"}, 1};
    return {Score{odd[trial % 5], odd[trial % 5]}, 1};
  };
  for_every_mode(kSmall, [&](const Plan& plan) {
    const Hyperband scheduler = run_of(plan, 4, workload);
    EXPECT_EQ(scheduler.chosen(), TrialId{17});
    EXPECT_EQ(scheduler.trials()[17].trained, 27);
  });
}

TEST(EdgeCases, OfEqualScoresTheLowestTrialWins) {
  for_every_mode(kSmall, [](const Plan& plan) {
    for (const std::uint32_t workers : {1U, 7U}) {
      const Hyperband scheduler = run_of(plan, workers, always(Score{0.5, 1}));
      ASSERT_TRUE(scheduler.chosen());
      if (plan.mode != Mode::hyperband_async && plan.mode != Mode::hyperband) {
        EXPECT_EQ(scheduler.chosen(), TrialId{0}) << workers;
      }
      EXPECT_EQ(scheduler.trials()[scheduler.chosen()->value].trained, plan.max_steps);
    }
  });
}

TEST(EdgeCases, AnyNumbersOfWorkersAndTrialsEnd) {
  for (const std::int64_t trials : {1, 2, 3, 10})
    for (const std::uint32_t workers : {1U, 2U, 50U})
      for (const Steps max_steps : {1, 2, 9, 10}) {
        Plan plan{.eta = 3, .min_steps = 1, .max_steps = max_steps, .trials = trials};
        for_every_mode(plan, [&](const Plan& p) {
          const Hyperband scheduler = run_of(
              p, workers,
              simulation::planned_training({.seed = Seed{3},
                                            .per_step = 1,
                                            .overhead = [](const Assignment&) { return 0.1; }}));
          EXPECT_EQ(scheduler.trials().size(), static_cast<std::size_t>(trials));
          ASSERT_TRUE(scheduler.chosen());
          EXPECT_EQ(scheduler.trials()[scheduler.chosen()->value].trained, max_steps);
        });
      }
}

TEST(EdgeCases, MinStepsMayBeMaxSteps) {
  Plan plan{.eta = 3, .min_steps = 5, .max_steps = 5, .trials = 8};
  for_every_mode(plan, [](const Plan& p) {
    const Hyperband scheduler = run_of(
        p, 3,
        simulation::planned_training(
            {.seed = Seed{3}, .per_step = 1, .overhead = [](const Assignment&) { return 0.1; }}));
    for (const Trial& trial : scheduler.trials()) EXPECT_EQ(trial.trained, 5);
  });
}

TEST(EdgeCases, ARunOfCrashesEnds) {
  for_every_mode(kSmall, [](const Plan& plan) {
    const Hyperband scheduler = run_of(plan, 3, always(Crashed{"no luck"}));
    EXPECT_FALSE(scheduler.chosen());
    ASSERT_EQ(scheduler.trials().size(), 30U);
    for (std::uint32_t i = 0; i < 30; ++i)
      EXPECT_EQ(scheduler.status(TrialId{i}), TrialStatus::crashed);
  });
}

// A budget that is exactly one run long trains one trial to the end, whatever comes of it.
TEST(EdgeCases, ABudgetOfOneRunIsOneRun) {
  Plan p{.min_steps = 1, .max_steps = 27, .trials = 9, .total_steps = 27};
  for_every_mode(p, [](Plan each) {
    if (each.mode == Mode::top_k) each.top_k = 1;
    const Hyperband scheduler = run_of(
        each, 3,
        simulation::planned_training(
            {.seed = Seed{3}, .per_step = 1, .overhead = [](const Assignment&) { return 0.1; }}));
    ASSERT_TRUE(scheduler.chosen());
    EXPECT_EQ(scheduler.trials()[scheduler.chosen()->value].trained, 27);
    EXPECT_EQ(scheduler.trials().size(), 1U);
  });
}

// It may have begun anew and seen it there; the steps before the assignment were well spent.
TEST(EdgeCases, ATrialThatDivergedBeforeItsAssignmentStandsWhereThatBegan) {
  Plan p{.min_steps = 1, .max_steps = 9, .trials = 3};
  const Hyperband scheduler = run_of(p, 1, [](const Assignment& a) -> simulation::Trained {
    if (a.from == 3) return {Diverged{2}, 1};
    return {Score{0.5, 1}, 1};
  });
  EXPECT_EQ(scheduler.trials()[0].fate, Trial::Fate::diverged);
  EXPECT_EQ(scheduler.trials()[0].trained, 3);
}

TEST(EdgeCases, ARunOfDivergencesEnds) {
  for_every_mode(kSmall, [](const Plan& plan) {
    EXPECT_FALSE(run_of(plan, 3, always(Diverged{1})).chosen());
  });
}

// Six workers hold the six trials of a ladder; their results come in every order there is.
TEST(EdgeCases, EveryOrderOfResultsEndsWithATrainedWinner) {
  Plan plan{.eta = 2, .min_steps = 1, .max_steps = 4, .trials = 6, .top_k = 2};
  for_every_mode(plan, [](const Plan& p) {
    std::vector<std::uint32_t> order(6);
    std::iota(order.begin(), order.end(), 0U);
    std::size_t best_won = 0;
    do {
      const auto workload = [&order](const Assignment& a) -> simulation::Trained {
        const std::uint32_t trial = a.trial.value;
        const auto seconds = 1.0 + order[trial] + 0.01 * static_cast<double>(a.from);
        if (trial == 4) return {Diverged{a.from + 1}, seconds};
        return {Score{0.1 + 0.1 * ((trial + 2) % 6), 1}, seconds};  // the best is trial 3
      };
      const Hyperband scheduler = run_of(p, 6, workload);
      ASSERT_TRUE(scheduler.chosen());
      ASSERT_EQ(scheduler.trials()[scheduler.chosen()->value].trained, 4);
      best_won += scheduler.chosen() == TrialId{3} ? 1 : 0;
      if (::testing::Test::HasFailure()) return;
    } while (std::next_permutation(order.begin(), order.end()));
    // A synchronous rung does not care for the order.
    if (p.mode == Mode::successive_halving || p.mode == Mode::top_k || p.mode == Mode::random) {
      EXPECT_EQ(best_won, 720U);
    }
  });
}

// Li et al., MLSys 2020, section 3.3: with eta^K workers the first trial is trained to R after
// sum eta^(i-K) time(R) from scratch; one that goes on from where it was takes time(R) itself.
TEST(EdgeCases, TheFirstTrialIsFullyTrainedInLittleMoreThanItsOwnTime) {
  for (const std::int64_t eta : {2, 3, 4})
    for (const std::size_t promotions : {2U, 3U, 4U}) {
      Steps workers = 1;
      for (std::size_t i = 0; i < promotions; ++i) workers *= eta;
      const Plan plan{
          .eta = eta, .min_steps = 10, .max_steps = 10 * workers, .trials = 3 * workers};
      Hyperband scheduler(plan, search::Sampler({}, Seed{1}));
      simulation::SimulatedFleet fleet(
          static_cast<std::uint32_t>(workers),
          simulation::planned_training({.seed = Seed{1},
                                        .per_step = 1,
                                        .overhead = [](const Assignment&) { return 0.01; }}));
      const auto anyone_is_there = [&] {
        return !scheduler.brackets().front().rungs().back().entries().empty();
      };
      while (!anyone_is_there())
        for (const Event& event : fleet.next())
          for (const Command& command : scheduler.handle(event)) fleet.carry_out(command);
      EXPECT_LE(fleet.now(), 1.1 * static_cast<double>(plan.max_steps))
          << "eta " << eta << ", " << promotions << " promotions";
    }
}

TEST(EdgeCases, APashaLadderOpensOnlyWhereRanksChange) {
  Plan plan = kSmall;
  plan.mode = Mode::pasha;
  plan.finish_winner = false;
  // The order never changes: only the first two rungs are entered.
  const auto steady = [](const Assignment& a) -> simulation::Trained {
    return {Score{0.01 * a.trial.value, 1}, static_cast<Seconds>(a.to - a.from)};
  };
  const Hyperband still = run_of(plan, 3, steady);
  EXPECT_EQ(still.brackets().front().open(), 2U);
  EXPECT_EQ(still.trials()[still.chosen()->value].trained, 3);
  // Each rung turns the order round.
  const auto turning = [](const Assignment& a) -> simulation::Trained {
    const double sign = a.to == 1 || a.to == 9 ? 1 : -1;
    return {Score{0.5 + sign * 0.01 * a.trial.value, 1}, static_cast<Seconds>(a.to - a.from)};
  };
  EXPECT_GT(run_of(plan, 3, turning).brackets().front().open(), 2U);
}

}  // namespace
}  // namespace stepladder::schedule
