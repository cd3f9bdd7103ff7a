#include "stepladder/schedule/confirmation.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "schedule/simulated_run.hpp"
#include "stepladder/simulation/virtual_run.hpp"
#include "trial/two_metrics.hpp"

namespace stepladder::schedule {
namespace {

constexpr TrialId replicate(std::uint32_t number) { return TrialId{kFirstReplicate + number}; }

// Three finalists, trials 9, 4 and 7; all replicates have begun.
Confirmation three(const Metrics& metrics = by_share(), std::int64_t seeds = 2) {
  Confirmation confirmation(metrics);
  confirmation.begin({TrialId{9}, TrialId{4}, TrialId{7}}, seeds, 10);
  while (confirmation.next()) {
  }
  return confirmation;
}

void score(Confirmation& confirmation, std::initializer_list<double> accuracies,
           std::uint32_t first = 0) {
  for (const double accuracy : accuracies) {
    if (accuracy < 0)
      confirmation.complete(replicate(first), Steps{10}, Diverged{3});
    else
      confirmation.complete(replicate(first), Steps{10}, Score{accuracy, 1 - accuracy});
    ++first;
  }
}

TEST(Confirmation, GivesEveryFinalistTheSameFreshSeeds) {
  const Confirmation confirmation = three();
  EXPECT_EQ(confirmation.replicates().size(), 6U);
  EXPECT_EQ(confirmation.seeds(0), 2U);
  EXPECT_EQ(confirmation.find(TrialId{9}, 0), replicate(0));
  EXPECT_EQ(confirmation.find(TrialId{7}, 1), replicate(5));
  EXPECT_EQ(confirmation.of(replicate(2)).finalist, TrialId{7});
  EXPECT_EQ(confirmation.of(replicate(4)).finalist, TrialId{4});
  for (const std::uint32_t number : {0U, 1U, 2U})
    EXPECT_EQ(confirmation.draws_of(replicate(number)), TrialId{1U << 31U});
  for (const std::uint32_t number : {3U, 4U, 5U})
    EXPECT_EQ(confirmation.draws_of(replicate(number)), TrialId{(1U << 31U) + 1});
}

TEST(Confirmation, ChoosesTheBestMeanAndItsBestReplicate) {
  Confirmation confirmation = three();
  EXPECT_FALSE(confirmation.is_complete());
  score(confirmation, {0.9, 0.7, 0.5, 0.4, 0.8, 0.6});
  EXPECT_TRUE(confirmation.is_complete());
  EXPECT_DOUBLE_EQ((*confirmation.mean(1))[0], 0.75);
  EXPECT_EQ(confirmation.choice().finalist, TrialId{4});
  EXPECT_EQ(confirmation.choice().model, replicate(4));
}

TEST(Confirmation, GoesByTheLossWhereThatIsTheMetric) {
  Confirmation confirmation = three(by_loss());
  score(confirmation, {0.5, 0.5, 0.5, 0.5, 0.6, 0.5});  // loss is 1 - accuracy
  EXPECT_EQ(confirmation.choice().finalist, TrialId{4});
}

TEST(Confirmation, PrefersWhoWasBetterBeforeAmongEquals) {
  Confirmation confirmation = three();
  score(confirmation, {0.5, 0.5, 0.5, 0.5, 0.5, 0.5});
  EXPECT_EQ(confirmation.choice().finalist, TrialId{9});
  EXPECT_EQ(confirmation.choice().model, replicate(0));
}

TEST(Confirmation, PutsAFinalistWithAFailureBehind) {
  Confirmation confirmation = three();
  score(confirmation, {0.9, 0.3, -1, -1, 0.4, 0.9});
  EXPECT_EQ(confirmation.failures(0), 1U);
  EXPECT_DOUBLE_EQ((*confirmation.mean(0))[0], 0.9);
  EXPECT_EQ(confirmation.choice().finalist, TrialId{4});
}

TEST(Confirmation, KeepsTheFirstFinalistsOwnModelWhereAllReplicatesFailed) {
  Confirmation confirmation = three();
  score(confirmation, {-1, -1, -1, -1, -1, -1});
  EXPECT_EQ(confirmation.mean(0), std::nullopt);
  EXPECT_EQ(confirmation.choice().finalist, TrialId{9});
  EXPECT_EQ(confirmation.choice().model, TrialId{9});
}

TEST(Confirmation, OfANaNIsAFailure) {
  Confirmation confirmation = three();
  confirmation.complete(replicate(0), Steps{10},
                        Score{0.9, std::numeric_limits<double>::quiet_NaN()});
  EXPECT_EQ(confirmation.score(0, 0), std::nullopt);
  EXPECT_EQ(confirmation.failures(0), 1U);
  EXPECT_THROW(confirmation.complete(replicate(0), Steps{10}, Diverged{1}), std::logic_error);
}

// ---- the race

TEST(Confirmation, AsksAfterEveryCompleteRoundFromTheThirdOnButNotAfterTheLast) {
  Confirmation confirmation = three(by_share(), 5);
  score(confirmation, {0.9, 0.7, 0.5, 0.9, 0.7, 0.5, 0.9, 0.7});
  EXPECT_FALSE(confirmation.round_to_judge());
  score(confirmation, {0.5}, 8);
  EXPECT_EQ(confirmation.round_to_judge(), 3);
  score(confirmation, {0.9, 0.7, 0.5}, 9);
  EXPECT_EQ(confirmation.round_to_judge(), 3) << "not judged yet";
  confirmation.judge({});
  EXPECT_EQ(confirmation.round_to_judge(), 4);
  score(confirmation, {0.9, 0.7, 0.5}, 12);
  EXPECT_FALSE(confirmation.is_complete()) << "a question is open";
  confirmation.judge({});
  EXPECT_FALSE(confirmation.round_to_judge());
  EXPECT_TRUE(confirmation.is_complete());
}

TEST(Confirmation, WithOneLeftOnlyTheJudgedRoundsCount) {
  Confirmation confirmation = three(by_share(), 5);
  score(confirmation, {0.5, 0.9, 0.1, 0.6, 0.9, 0.1, 0.7, 0.9, 0.1});
  score(confirmation, {0.99, 0, 0.1}, 9);  // of a round that is not judged
  confirmation.judge(std::vector{TrialId{4}, TrialId{7}, TrialId{12'345}});
  EXPECT_TRUE(confirmation.is_complete());
  EXPECT_EQ(confirmation.wanted(), 9U);
  EXPECT_FALSE(confirmation.is_wanted(replicate(9)));
  EXPECT_EQ(confirmation.dropped_after(1), 3);
  EXPECT_EQ(confirmation.choice().finalist, TrialId{9}) << "whoever is dropped is out";
  EXPECT_EQ(confirmation.choice().model, replicate(6)) << "0.99 does not count";
  EXPECT_DOUBLE_EQ((*confirmation.mean(0))[0], 0.6);
}

TEST(Confirmation, NeverDropsTheLastOne) {
  Confirmation confirmation = three(by_share(), 4);
  score(confirmation, {0.5, 0.9, 0.1, 0.6, 0.9, 0.1, 0.7, 0.9, 0.1});
  confirmation.judge(std::vector{TrialId{9}, TrialId{4}, TrialId{7}});
  EXPECT_EQ(confirmation.choice().finalist, TrialId{7}) << "the last of them is kept";
}

// Whatever is judged, the result is a function of what is judged and of the scores: neither of the
// order in which they come, nor of the number of workers, nor of what happens to these.
TEST(Confirmation, ComesToTheSameResultInAnyOrderWithAnyWorkers) {
  int dropped = 0;
  int compared = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const RandomStream random(Seed{seed}, Purpose::simulation, 5);
    Plan plan{.mode = Mode::successive_halving,
              .min_steps = 1,
              .max_steps = 9,
              .trials = 9,
              .metrics = random.uniform(0) < 0.5 ? by_share() : by_loss()};
    plan.finalists = 2 + static_cast<std::int64_t>(random.below(1, 4));
    plan.confirmation_seeds = 3 + static_cast<std::int64_t>(random.below(2, 6));
    plan.audit_fraction = random.uniform(3) < 0.5 ? 0.3 : 0;
    // Coarse, so that ties are many; a replicate's fate is its configuration's and its seed's.
    const simulation::Training training = [seed](const Assignment& a) -> simulation::Trained {
      const auto rate = std::get<double>(*a.configuration.find("learning_rate"));
      const RandomStream luck(Seed{seed}, Purpose::simulation,
                              static_cast<std::uint64_t>(1e9 * rate), a.drawn_as().value);
      const Seconds duration = 0.5 + 10 * luck.uniform(0);
      if (a.draws && luck.uniform(1) < 0.05) return {Diverged{a.from + 1}, duration};
      return {
          Score{static_cast<double>(luck.below(2, 4)) / 4, static_cast<double>(luck.below(3, 4))},
          duration};
    };
    // By the number of rounds alone.
    const auto judge = [seed](const Hyperband& scheduler) -> RoundJudged {
      const std::int64_t rounds = *scheduler.awaits_round();
      RoundJudged judged{.rounds = rounds, .dropped = {}};
      for (const TrialId finalist : scheduler.confirmation()->finalists())
        if (RandomStream(Seed{seed}, Purpose::simulation, finalist.value,
                         static_cast<std::uint64_t>(rounds))
                .uniform(9) < 0.25)
          judged.dropped.push_back(finalist);
      return judged;
    };
    struct Result {
      std::vector<TrialId> finalists;
      std::optional<TrialId> chosen;
      std::optional<std::size_t> model_seed;
      std::optional<Score> score;
      std::size_t wanted = 0;
      bool operator==(const Result&) const = default;
    };
    std::optional<Result> first;
    for (const std::uint32_t workers : {1U, 2U, 7U, 40U})
      for (const bool is_disturbed : {false, true}) {
        SimulatedRun run(plan, Seed{seed});
        run.answer_nothing();
        const simulation::Disturbances disturbances{.straggling = is_disturbed ? 3.0 : 0.0,
                                                    .loss = is_disturbed ? 0.1 : 0.0,
                                                    .late_report = 0.5,
                                                    .duplicate = is_disturbed ? 0.3 : 0.0};
        simulation::SimulatedFleet fleet(workers, training, disturbances, Seed{seed + workers});
        std::uint64_t life = 0;
        while (!run.scheduler().finished() && !run.broken() && life++ < 10'000) {
          run.drive(fleet, 1);
          if (run.scheduler().awaits_round() && !run.scheduler().stopping())
            run.feed_and_carry_out({.at = fleet.now(), .what = judge(run.scheduler())}, fleet);
        }
        run.drive(fleet);
        run.expect_ended();
        if (HasFailure()) return;
        if (run.has_given_up()) continue;
        ++compared;
        const Hyperband& scheduler = run.scheduler();
        ASSERT_TRUE(scheduler.confirmation());
        Result result{.finalists = scheduler.confirmation()->finalists(),
                      .chosen = scheduler.chosen(),
                      .model_seed = {},
                      .score = scheduler.final_score(),
                      .wanted = scheduler.confirmation()->wanted()};
        if (is_replicate(*scheduler.model()))
          result.model_seed = scheduler.confirmation()->of(*scheduler.model()).seed;
        if (!first) first = result;
        ASSERT_EQ(result, *first) << workers << " workers";
        for (std::size_t i = 0; i < result.finalists.size(); ++i)
          dropped += scheduler.confirmation()->dropped_after(i) ? 1 : 0;
      }
  }
  EXPECT_GT(dropped, 100);
  EXPECT_GT(compared, 400);
}

// Before the finalists are known replicates are begun only of trials that will be among them.
TEST(Confirmation, BeginsAheadOnlyWhatItWillNeed) {
  std::size_t ahead = 0;
  for (const Mode mode : {Mode::asha, Mode::pasha, Mode::hyperband_async, Mode::hyperband})
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      SCOPED_TRACE("mode " + std::to_string(static_cast<int>(mode)) + ", seed " +
                   std::to_string(seed));
      const RandomStream random(Seed{seed}, Purpose::simulation, 6);
      Plan plan{.mode = mode, .min_steps = 1, .max_steps = 27, .confirmation_seeds = 4};
      plan.trials = 2 + static_cast<std::int64_t>(random.below(0, 15));
      plan.finalists = 1 + static_cast<std::int64_t>(random.below(1, 5));
      plan.audit_fraction = random.uniform(2) < 0.3 ? 0 : 0.5;
      const simulation::Training training = [seed](const Assignment& a) -> simulation::Trained {
        const RandomStream luck(Seed{seed}, Purpose::simulation, a.trial.value,
                                static_cast<std::uint64_t>(a.to));
        return {Score{luck.uniform(0), luck.uniform(1)}, 0.1 + 9 * luck.uniform(2)};
      };
      SimulatedRun run(plan, Seed{seed});
      simulation::SimulatedFleet fleet(1 + static_cast<std::uint32_t>(random.below(3, 12)),
                                       training);
      while (!run.scheduler().confirmation() && !run.broken()) {
        const std::size_t begun = run.scheduler().replicates().replicates().size();
        run.drive(fleet, 1);
        if (!run.scheduler().confirmation())
          ahead += run.scheduler().replicates().replicates().size() - begun;
      }
      run.drive(fleet);
      run.expect_ended();
      if (HasFailure()) return;
      const std::vector<TrialId>& finalists = run.scheduler().confirmation()->finalists();
      for (const Confirmation::Replicate& replicate : run.scheduler().replicates().replicates())
        ASSERT_NE(std::find(finalists.begin(), finalists.end(), replicate.finalist),
                  finalists.end());
    }
  EXPECT_GT(ahead, 100U);
}

// By hand: two finalists, five seeds, three workers.
TEST(Confirmation, RecallsWhoeverIsAtAReplicateThatIsNotWantedAnyMore) {
  const Plan plan{.mode = Mode::random,
                  .min_steps = 1,
                  .max_steps = 9,
                  .trials = 2,
                  .finalists = 2,
                  .confirmation_seeds = 5};
  Hyperband scheduler(plan, search::Sampler(rate_space(), Seed{1}));
  std::uint64_t lease = 0;
  const auto handle = [&](auto what) { return scheduler.handle({.what = what}); };
  const auto score_next = [&](double accuracy) {
    return handle(Reported{LeaseId{++lease}, Score{accuracy, 1}, {}});
  };
  for (std::uint32_t worker = 0; worker < 3; ++worker)
    static_cast<void>(handle(WorkerJoined{WorkerId{worker}}));
  for (int i = 0; i < 7; ++i) static_cast<void>(score_next(i % 2 == 0 ? 0.9 : 0.1));
  // Leases 8 .. 10: the last replicate of the third seed, and both of the fourth.
  EXPECT_FALSE(scheduler.awaits_round());
  static_cast<void>(score_next(0.1));
  EXPECT_EQ(scheduler.awaits_round(), 3);
  const std::size_t begun = scheduler.begun().size();
  EXPECT_TRUE(handle(RoundJudged{2, {TrialId{1}}}).empty());
  EXPECT_TRUE(handle(RoundJudged{4, {TrialId{1}}}).empty());
  EXPECT_EQ(scheduler.awaits_round(), 3);
  EXPECT_EQ(scheduler.begun().size(), begun) << "nothing begins before the answer";
  const Commands commands = handle(RoundJudged{3, {TrialId{1}}});
  EXPECT_EQ(std::count_if(commands.begin(), commands.end(),
                          [](const Command& c) { return std::holds_alternative<Recall>(c); }),
            2);
  EXPECT_EQ(scheduler.phase(), Phase::testing) << "with one left it is over";
  // Its worker dies as often as it likes, and nobody is given up for it.
  for (const auto& [id, held] : scheduler.leases()) {
    if (!is_replicate(held.task.trial) || held.task.cause == Cause::scoring) continue;
    for (const Command& command : handle(WorkerLost{held.worker, 3}))
      EXPECT_FALSE(std::holds_alternative<GiveUp>(command));
    break;
  }
}

TEST(Confirmation, IsOfDifferentConfigurations) {
  const Plan plan{.trials = 9, .finalists = 3, .confirmation_seeds = 5};
  const SearchSpace two{{{"learning_rate", Choices{{0.1, 0.01}}}}};
  Hyperband scheduler(plan, search::Sampler(two, Seed{1}));
  const auto ended =
      simulation::run_in_virtual_time(scheduler, simulation::made_up_training(Seed{1}),
                                      {.workers = 4}, [](std::span<const wire::Entry>) {});
  EXPECT_GT(ended.events, 0U);
  ASSERT_TRUE(scheduler.finished());
  EXPECT_EQ(scheduler.trials().size(), 2U);
  ASSERT_EQ(scheduler.confirmation()->finalists().size(), 2U);
  EXPECT_EQ(scheduler.replicates().replicates().size(), 10U);
  EXPECT_NE(scheduler.configuration(TrialId{0}), scheduler.configuration(TrialId{1}));
}

// All configurations are equal and scores are noise alone: the best of many looks better than it
// is, and the fresh seeds say by how much. E[max of 60 normals] is 2.32 deviations.
TEST(Confirmation, ShowsHowMuchTheChosenScoreFlatters) {
  constexpr double kDeviation = 0.01;
  double optimism = 0;
  constexpr int kRuns = 200;
  for (std::uint64_t seed = 0; seed < kRuns; ++seed) {
    const Plan plan{.mode = Mode::random,
                    .min_steps = 1,
                    .max_steps = 9,
                    .trials = 60,
                    .finalists = 1,
                    .confirmation_seeds = 3};
    Hyperband scheduler(plan, search::Sampler(rate_space(), Seed{seed}));
    const simulation::Training noise = [seed](const Assignment& a) -> simulation::Trained {
      const RandomStream random(Seed{seed}, Purpose::simulation, a.drawn_as().value);
      return {Score{0.8 + kDeviation * random.normal(0), 0.5}, 1.0};
    };
    static_cast<void>(simulation::run_in_virtual_time(scheduler, noise, {.workers = 4},
                                                      [](std::span<const wire::Entry>) {}));
    ASSERT_TRUE(scheduler.chosen());
    optimism +=
        (*scheduler.trials()[scheduler.chosen()->value].score)[0] - (*scheduler.final_score())[0];
  }
  EXPECT_NEAR(optimism / kRuns, 2.32 * kDeviation, 0.1 * kDeviation);
}

}  // namespace
}  // namespace stepladder::schedule
