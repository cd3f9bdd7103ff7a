// A run that is given more: what it comes to is what one run would have come to.
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schedule/simulated_run.hpp"
#include "stepladder/simulation/virtual_run.hpp"

namespace stepladder::schedule {
namespace {

using simulation::Trained;

constexpr Mode kModes[] = {Mode::asha,
                           Mode::asha_stopping,
                           Mode::hyperband_async,
                           Mode::hyperband,
                           Mode::successive_halving,
                           Mode::pasha,
                           Mode::random,
                           Mode::top_k};

// A pure function of (trial, draws, level): whoever trains it, whenever, in how many pieces.
Score score_at(TrialId drawn_as, std::uint64_t seed, Steps level) {
  const RandomStream random(Seed{seed}, Purpose::simulation, drawn_as.value,
                            static_cast<std::uint64_t>(level));
  return {random.uniform(0), random.uniform(1)};
}
simulation::Training pure(std::uint64_t seed) {
  return [seed](const Assignment& a) -> Trained {
    return {score_at(a.drawn_as(), seed, a.to), 1.0 + static_cast<Seconds>(a.steps())};
  };
}

struct Life {
  std::uint32_t workers = 1;
  double loss = 0;
};
// To its end, with losses.
void run_to_the_end(SimulatedRun& run, const Life& life, std::uint64_t seed) {
  simulation::SimulatedFleet fleet(life.workers, pure(seed),
                                   {.straggling = 1, .loss = life.loss, .late_report = 0.5},
                                   Seed{seed + life.workers});
  run.drive(fleet, 1);
  run.drive(fleet);
}
// The same plan with more of something.
Growth more(const SimulatedRun& run, std::int64_t trials, Steps max_steps) {
  Plan to = run.scheduler().plan();
  to.trials = trials;
  to.max_steps = max_steps;
  return growth_to(run.scheduler().plan(), to).value();
}

// Every score that a trial got, by level.
using Scores = std::map<std::pair<std::uint32_t, Steps>, Score>;
Scores scores_of(const SimulatedRun& run) {
  Scores scores;
  std::map<LeaseId, Assignment> leases;
  for (const wire::Entry& entry : run.entries()) {
    const auto* report = std::get_if<Reported>(&entry.event.what);
    const auto held = report == nullptr ? leases.end() : leases.find(report->lease);
    if (held != leases.end() && held->second.part == Part::prune) {
      const Assignment& done = held->second;
      if (const auto* score = std::get_if<Score>(&report->outcome))
        scores[{done.trial.value, done.to}] = *score;
    }
    for (const Command& command : entry.commands)
      if (const auto* order = std::get_if<Assign>(&command))
        leases[order->assignment.lease] = order->assignment;
  }
  return scores;
}

TEST(Growth, InTwoStepsTrainsTheSameConfigurationsToTheSameScores) {
  int compared = 0;
  for (const Mode mode : kModes)
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
      SCOPED_TRACE("mode " + std::to_string(static_cast<int>(mode)) + ", seed " +
                   std::to_string(seed));
      const Plan small{.mode = mode,
                       .min_steps = 1,
                       .max_steps = 9,
                       .trials = 12,
                       .audit_fraction = seed % 3 == 0 ? 0.3 : 0.0};
      SimulatedRun run(small, Seed{seed});
      run_to_the_end(run, {.workers = 3, .loss = 0.1}, seed);
      run.expect_ended();
      ASSERT_TRUE(run.grow(more(run, 30, 9)));
      EXPECT_FALSE(run.scheduler().finished());
      EXPECT_TRUE(run.scheduler().chosen()) << "the old winner stays until there is another";
      run_to_the_end(run, {.workers = 11, .loss = 0.1}, seed);
      run.expect_ended();
      ASSERT_TRUE(run.grow(more(run, 30, 81)));
      run_to_the_end(run, {.workers = 2, .loss = 0.1}, seed);
      run.expect_ended();
      run.expect_replays();

      Plan whole = small;
      whole.trials = 30;
      whole.max_steps = 81;
      SimulatedRun once(whole, Seed{seed});
      run_to_the_end(once, {.workers = 5}, seed);
      once.expect_ended();
      if (HasFailure()) return;

      if (run.has_given_up()) continue;
      ++compared;
      const Hyperband& grown = run.scheduler();
      ASSERT_EQ(grown.trials().size(), 30U);
      for (std::uint32_t i = 0; i < 30; ++i)
        ASSERT_EQ(text(grown.configuration(TrialId{i})),
                  text(once.scheduler().configuration(TrialId{i})));
      const Scores scores = scores_of(run);
      for (const auto& [where, score] : scores)
        ASSERT_EQ(score, score_at(TrialId{where.first}, seed, where.second));
      const Scores at_once = scores_of(once);
      for (const auto& [where, score] : at_once) {
        const auto found = scores.find(where);
        ASSERT_TRUE(found == scores.end() || found->second == score);
      }
      // Every entry of a rung is the score of that level, and the old levels are still there.
      for (const Bracket& bracket : grown.brackets()) {
        const auto& rungs = bracket.rungs();
        ASSERT_EQ(rungs.back().level(), 81);
        for (const Rung& rung : rungs)
          for (const Rung::Entry& entry : rung.entries())
            ASSERT_EQ(entry.standing,
                      standing_of(score_at(entry.standing.trial, seed, rung.level()),
                                  entry.standing.trial, small.metrics));
      }
      EXPECT_EQ(grown.trials()[grown.chosen()->value].trained, 81);
      EXPECT_EQ(grown.status(*grown.chosen()), TrialStatus::finished);
      for (const Trial& trial : grown.trials())
        ASSERT_TRUE(mode != Mode::random || trial.trained == 81);
    }
  EXPECT_GT(compared, 60);
}

// Random search has no rule that looks at scores, so that nothing at all may differ.
TEST(Growth, OfRandomSearchComesToTheWinnerOfOneRun) {
  int compared = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Plan small{.mode = Mode::random,
                     .min_steps = 1,
                     .max_steps = 9,
                     .trials = 7,
                     .finalists = 2,
                     .confirmation_seeds = 2};
    SimulatedRun run(small, Seed{seed});
    run_to_the_end(run, {.workers = 3, .loss = 0.1}, seed);
    ASSERT_TRUE(run.grow(more(run, 20, 9)));
    run_to_the_end(run, {.workers = 6, .loss = 0.1}, seed);
    ASSERT_TRUE(run.grow(more(run, 20, 30)));
    run_to_the_end(run, {.workers = 2, .loss = 0.1}, seed);
    run.expect_ended();
    Plan whole = small;
    whole.trials = 20;
    whole.max_steps = 30;
    SimulatedRun once(whole, Seed{seed});
    run_to_the_end(once, {.workers = 4}, seed);
    once.expect_ended();
    if (HasFailure()) return;
    if (run.has_given_up()) continue;
    ++compared;
    EXPECT_EQ(run.scheduler().confirmation()->finalists(),
              once.scheduler().confirmation()->finalists());
    EXPECT_EQ(run.scheduler().chosen(), once.scheduler().chosen());
    EXPECT_EQ(run.scheduler().final_score(), once.scheduler().final_score());
  }
  EXPECT_GT(compared, 10);
}

// The trials of a run of halving with more of them are a further bracket.
TEST(Growth, OfASynchronousRunBeginsAFurtherRound) {
  const Plan small{.mode = Mode::successive_halving, .min_steps = 1, .max_steps = 9, .trials = 9};
  SimulatedRun run(small, Seed{3});
  run_to_the_end(run, {.workers = 4}, 3);
  ASSERT_TRUE(run.grow(more(run, 18, 27)));
  run_to_the_end(run, {.workers = 4}, 3);
  run.expect_ended();
  const auto& brackets = run.scheduler().brackets();
  ASSERT_EQ(brackets.size(), 2U);
  EXPECT_EQ(brackets[0].rungs().size(), 4U);
  EXPECT_EQ(brackets[0].rungs()[2].promoted(), 0U) << "only the winner may be carried on";
  EXPECT_EQ(brackets[1].rungs()[0].entries().size(), 9U);
  EXPECT_EQ(brackets[1].rungs()[3].entries().size(), 1U);
}

TEST(Growth, AfterTheEndTestsTheSameModelNeverAgainAndAnotherOnceMore) {
  int same = 0;
  int other = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const Plan small{.min_steps = 1, .max_steps = 9, .trials = 9};
    SimulatedRun run(small, Seed{seed});
    run_to_the_end(run, {.workers = 3}, seed);
    EXPECT_EQ(run.scheduler().times_tested(), 1);
    const auto model = run.scheduler().model();
    const auto score = run.scheduler().test_score();
    ASSERT_TRUE(run.grow(more(run, 18, 9)));
    EXPECT_EQ(run.scheduler().model(), model);
    EXPECT_EQ(run.scheduler().test_score(), score);
    run_to_the_end(run, {.workers = 3}, seed);
    run.expect_ended();
    const bool is_same = run.scheduler().model() == model;
    EXPECT_EQ(run.scheduler().times_tested(), is_same ? 1 : 2);
    EXPECT_TRUE(run.scheduler().test_score());
    EXPECT_TRUE(!is_same || run.scheduler().test_score() == score);
    ++(is_same ? same : other);
  }
  EXPECT_GT(same, 3);
  EXPECT_GT(other, 3);
}

// More seeds for the same finalists: those that are there are not trained again.
TEST(Growth, KeepsTheReplicatesThatAreComplete) {
  const Plan small{.mode = Mode::random,
                   .min_steps = 1,
                   .max_steps = 9,
                   .trials = 5,
                   .finalists = 3,
                   .confirmation_seeds = 2};
  SimulatedRun run(small, Seed{3});
  run_to_the_end(run, {.workers = 4}, 3);
  ASSERT_EQ(run.scheduler().replicates().replicates().size(), 6U);
  Plan to = small;
  to.confirmation_seeds = 5;
  ASSERT_TRUE(run.grow(*growth_to(small, to)));
  std::size_t first = run.entries().size();
  run_to_the_end(run, {.workers = 4}, 3);
  run.expect_ended();
  const auto trained_since = [&] {
    std::multiset<std::pair<std::uint32_t, Steps>> trained;
    for (std::size_t i = first; i < run.entries().size(); ++i)
      for (const Command& command : run.entries()[i].commands)
        if (const auto* order = std::get_if<Assign>(&command))
          if (order->cause == Cause::confirming)
            trained.emplace(order->assignment.trial.value - kFirstReplicate,
                            order->assignment.from);
    return trained;
  };
  for (const auto& [number, from] : trained_since()) {
    EXPECT_GE(number, 6U);
    EXPECT_EQ(from, 0);
  }
  // A longer run: they go on from where they stand, where their trial is a finalist again.
  ASSERT_TRUE(run.grow(more(run, 5, 27)));
  first = run.entries().size();
  run_to_the_end(run, {.workers = 4}, 3);
  run.expect_ended();
  bool has_any_gone_on = false;
  for (const auto& [number, from] : trained_since()) {
    if (from == 9) has_any_gone_on = true;
    EXPECT_TRUE(from == 9 || from == 0);
  }
  EXPECT_TRUE(has_any_gone_on);
}

TEST(Growth, ThatDoesNotFitChangesNothing) {
  const Plan small{.min_steps = 1, .max_steps = 9, .trials = 9, .confirmation_seeds = 2};
  SimulatedRun run(small, Seed{3});
  simulation::SimulatedFleet fleet(3, pure(3));
  run.drive(fleet, 6);
  const std::size_t workers = run.scheduler().workers();
  const Growth good = more(run, 12, 27);
  std::vector<Growth> bad(7, good);
  bad[0].trials = 8;
  bad[1].max_steps = 8;
  bad[2].levels = {1, 3, 9};
  bad[3].levels = {1, 3, 9, 18, 27};
  bad[4].finalists = 0;
  bad[5].confirmation_seeds = 1;
  bad[6].total_steps = 1;  // it had no limit
  bad.push_back({});
  bad.push_back({.trials = 9,
                 .total_steps = 0,
                 .finalists = small.finalists,
                 .confirmation_seeds = 2,
                 .max_steps = 9,
                 .levels = {1, 3, 9}});  // nothing more
  bad.push_back(good);
  bad.back().confirmation_seeds = 20'000;
  for (const Growth& growth : bad) {
    ASSERT_TRUE(run.feed({.what = Grown{growth}}));
    EXPECT_EQ(run.scheduler().plan(), small);
    EXPECT_EQ(run.scheduler().workers(), workers);
    EXPECT_FALSE(run.scheduler().leases().empty());
  }
  ASSERT_TRUE(run.feed({.what = Grown{good}}));
  EXPECT_EQ(run.scheduler().workers(), 0U) << "all are gone";
  EXPECT_EQ(run.scheduler().plan().max_steps, 27);
}

TEST(Growth, OfAGridComesToEachOfItsCombinations) {
  const SearchSpace space{{{"learning_rate", Range{.min = 0.001, .max = 1, .scale = Scale::log}}}};
  const Plan plan{.min_steps = 1, .max_steps = 3, .trials = 3, .metrics = by_loss()};
  SimulatedRun run(
      plan, search::Sampler(space, Seed{1}, {.method = search::Method::grid, .grid_points = 5}), 5);
  simulation::SimulatedFleet fleet(2, simulation::made_up_training(Seed{5}));
  run.drive(fleet);
  Plan to = plan;
  to.trials = 7;
  ASSERT_TRUE(run.grow(*growth_to(plan, to)));
  simulation::SimulatedFleet others(2, simulation::made_up_training(Seed{5}));
  run.drive(others);
  EXPECT_EQ(run.scheduler().trials().size(), 5U) << "there are only five";
  EXPECT_TRUE(run.scheduler().is_exhausted());
}

TEST(Growth, SaysWhatCannotBeHadLessOf) {
  const Plan plan{.min_steps = 1, .max_steps = 9, .trials = 9, .total_steps = 100};
  const auto refused_key = [&](auto change, Plan from) -> std::string {
    Plan to = from;
    change(to);
    try {
      static_cast<void>(growth_to(from, to));
    } catch (const PlanError& error) {
      return error.key;
    }
    return {};
  };
  EXPECT_EQ(refused_key([](Plan& to) { to.trials = 8; }, plan), "trials");
  EXPECT_EQ(refused_key([](Plan& to) { to.trials = 0; }, plan), "") << "no limit is more";
  EXPECT_EQ(refused_key([](Plan& to) { to.total_steps = 99; }, plan), "total_steps");
  EXPECT_EQ(refused_key([](Plan& to) { to.finalists = 2; }, plan), "finalists");
  EXPECT_EQ(refused_key([](Plan& to) { to.max_steps = 8; }, plan), "max_steps");
  Plan unlimited = plan;
  unlimited.total_steps = 0;
  EXPECT_EQ(refused_key([](Plan& to) { to.total_steps = 1000; }, unlimited), "total_steps");
  try {
    static_cast<void>(growth_to(unlimited, plan));
    ADD_FAILURE() << "a limit is less than none";
  } catch (const PlanError& error) {  // 0 cannot be set
    EXPECT_THAT(error.what(), ::testing::HasSubstr("leave total_steps out to go on with it"));
  }
  Plan seeds = plan;
  seeds.confirmation_seeds = 3;
  EXPECT_EQ(refused_key([](Plan& to) { to.confirmation_seeds = 2; }, seeds), "confirmation_seeds");
  Plan bound = plan;
  bound.horizon_bound = Condition{"policy", {Value{std::string("linear")}}};
  const auto longer = [](Plan& to) { to.max_steps = 27; };
  EXPECT_EQ(refused_key(longer, bound), "max_steps") << "it was planned for nine steps";
  bound.rung_score = RungScore::restart;
  EXPECT_EQ(refused_key(longer, bound), "");
  EXPECT_EQ(growth_to(plan, plan), std::nullopt);
  Plan more = plan;
  more.max_steps = 90;
  EXPECT_EQ(growth_to(plan, more)->levels, (std::vector<Steps>{1, 3, 9, 27, 81, 90}));
}

TEST(Growth, AsksForTheRangeAgainOnlyWhereThereAreMoreTrials) {
  const Plan plan{.min_steps = 1, .max_steps = 9, .trials = 6, .extend_range = true};
  SimulatedRun run(plan, Seed{3});
  run.answer_nothing();
  const auto questions = [&] {
    int asked = 0;
    while (!run.scheduler().finished() && !run.broken()) {
      simulation::SimulatedFleet fleet(2, pure(3));
      run.feed({.what = Restarted{}});
      run.drive(fleet, 1);
      run.drive(fleet, 1000);
      if (!run.scheduler().awaits_range()) continue;
      ++asked;
      run.feed({.what = RangeKept{}});
    }
    return asked;
  };
  EXPECT_EQ(questions(), 1);
  ASSERT_TRUE(run.grow(more(run, 6, 27)));
  EXPECT_EQ(questions(), 0);
  ASSERT_TRUE(run.grow(more(run, 9, 27)));
  EXPECT_EQ(questions(), 1);
}

}  // namespace
}  // namespace stepladder::schedule
