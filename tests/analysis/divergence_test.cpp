#include "stepladder/analysis/divergence.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace stepladder::analysis {
namespace {

Observation survivor(std::uint32_t trial, double rate, Steps steps) {
  return {.trial = TrialId{trial}, .learning_rate = rate, .steps = steps, .score = Score{0.9, 0.1}};
}
Observation diverged(std::uint32_t trial, double rate, Steps at) {
  return {.trial = TrialId{trial}, .learning_rate = rate, .steps = at, .diverged_at = at};
}

TEST(DivergenceLimit, lies_in_the_gap_between_survivors_and_diverged) {
  const auto found = divergence_limit(
      {survivor(0, 0.1, 100), survivor(1, 0.4, 100), diverged(2, 0.9, 50), diverged(3, 2, 10)}, 100,
      Seed{1});
  EXPECT_EQ(found.highest_survivor, 0.4);
  EXPECT_EQ(found.lowest_diverged, 0.9);
  EXPECT_NEAR(found.limit.value().value, 0.6, 1e-12);
  EXPECT_LE(found.limit->interval_95.low, 0.4);
  EXPECT_GE(found.limit->interval_95.high, 0.9);
}

TEST(DivergenceLimit, a_divergence_later_on_counts_from_there_on_only) {
  const std::vector<Observation> observations = {survivor(0, 0.1, 300), survivor(1, 0.5, 100),
                                                 diverged(1, 0.5, 200), diverged(2, 2, 10)};
  EXPECT_EQ(divergence_limit(observations, 100, Seed{1}).highest_survivor, 0.5);
  EXPECT_EQ(divergence_limit(observations, 300, Seed{1}).highest_survivor, 0.1);
  EXPECT_EQ(divergence_limit(observations, 300, Seed{1}).lowest_diverged, 0.5);
}

TEST(DivergenceLimit, puts_the_fewest_on_the_wrong_side) {
  // One diverged among the survivors, by chance.
  const auto found =
      divergence_limit({survivor(0, 0.1, 100), diverged(1, 0.2, 5), survivor(2, 0.3, 100),
                        survivor(3, 0.4, 100), diverged(4, 0.9, 5), diverged(5, 1, 5)},
                       100, Seed{1});
  EXPECT_NEAR(found.limit.value().value, 0.6, 1e-12);
}

TEST(DivergenceLimit, IsNotReadFromADivergenceBelowSurvivors) {
  EXPECT_FALSE(divergence_limit({diverged(0, 0.1, 5), survivor(1, 0.4, 100)}, 100, Seed{1}).limit);
  EXPECT_FALSE(divergence_limit({survivor(0, 0.1, 100), diverged(1, 0.2, 5), survivor(2, 0.3, 100),
                                 survivor(3, 0.4, 100)},
                                100, Seed{1})
                   .limit);
}

TEST(DivergenceLimit, is_not_there_where_nothing_or_everything_diverged) {
  EXPECT_FALSE(divergence_limit({survivor(0, 0.1, 100)}, 100, Seed{1}).limit);
  EXPECT_FALSE(divergence_limit({diverged(0, 0.1, 100)}, 100, Seed{1}).limit);
  EXPECT_FALSE(divergence_limit({}, 100, Seed{1}).limit);
}

}  // namespace
}  // namespace stepladder::analysis
