#include "stepladder/schedule/confirmation.hpp"

#include <gtest/gtest.h>

#include "schedule/simulated_run.hpp"
#include "stepladder/simulation/virtual_run.hpp"
#include "trial/two_metrics.hpp"

namespace stepladder::schedule {
namespace {

// Three finalists, trials 9, 4 and 7, with two seeds; replicates are 20 .. 25.
Confirmation three(const Metrics& metrics = by_share()) {
  return {{TrialId{9}, TrialId{4}, TrialId{7}}, 2, TrialId{20}, metrics};
}

void score(Confirmation& confirmation, std::initializer_list<double> accuracies) {
  TrialId replicate{20};
  for (const double accuracy : accuracies) {
    if (accuracy < 0)
      confirmation.complete(replicate, Diverged{3});
    else
      confirmation.complete(replicate, Score{accuracy, 1 - accuracy});
    ++replicate.value;
  }
}

TEST(Confirmation, GivesEveryFinalistTheSameFreshSeeds) {
  const Confirmation confirmation = three();
  EXPECT_EQ(confirmation.replicates(), 6U);
  EXPECT_EQ(confirmation.seeds(), 2U);
  EXPECT_EQ(confirmation.replicate(0, 0), TrialId{20});
  EXPECT_EQ(confirmation.replicate(2, 1), TrialId{25});
  EXPECT_EQ(confirmation.finalist_of(TrialId{22}), TrialId{7});
  EXPECT_EQ(confirmation.finalist_of(TrialId{24}), TrialId{4});
  for (const std::uint32_t id : {20U, 21U, 22U})
    EXPECT_EQ(confirmation.draws_of(TrialId{id}), TrialId{1U << 31U});
  for (const std::uint32_t id : {23U, 24U, 25U})
    EXPECT_EQ(confirmation.draws_of(TrialId{id}), TrialId{(1U << 31U) + 1});
}

TEST(Confirmation, ChoosesTheBestMeanAndItsBestReplicate) {
  Confirmation confirmation = three();
  EXPECT_FALSE(confirmation.is_complete());
  score(confirmation, {0.9, 0.7, 0.5, 0.4, 0.8, 0.6});
  EXPECT_TRUE(confirmation.is_complete());
  EXPECT_DOUBLE_EQ((*confirmation.mean(1))[0], 0.75);
  EXPECT_EQ(confirmation.choice().finalist, TrialId{4});
  EXPECT_EQ(confirmation.choice().model, TrialId{24});
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
  EXPECT_EQ(confirmation.choice().model, TrialId{20});
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
  confirmation.complete(TrialId{20}, Score{0.9, std::numeric_limits<double>::quiet_NaN()});
  EXPECT_EQ(confirmation.score(0, 0), std::nullopt);
  EXPECT_EQ(confirmation.failures(0), 1U);
  EXPECT_THROW(confirmation.complete(TrialId{20}, Diverged{1}), std::logic_error);
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
  EXPECT_EQ(scheduler.replicates().size(), 10U);
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
