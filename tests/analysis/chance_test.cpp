#include "stepladder/analysis/chance.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "stepladder/trial/random.hpp"

namespace stepladder::analysis {
namespace {

TEST(Chance, IsTheMostFrequentClassAndTheEntropyOfTheShares) {
  const auto chance = chance_of({3, 0, 1});
  ASSERT_TRUE(chance);
  EXPECT_EQ(chance->rows, 4);
  EXPECT_EQ(chance->accuracy, 0.75);
  EXPECT_NEAR(chance->loss, 0.5623351446188083, 1e-15);  // -(3/4 ln 3/4 + 1/4 ln 1/4)
  EXPECT_FALSE(chance_of({}));
  EXPECT_FALSE(chance_of({0, 0}));
}

TEST(Chance, IsNotPassedByOneClass) {
  const Chance chance = *chance_of({0, 50});
  EXPECT_FALSE(is_above_chance({.accuracy = 1, .loss = 0}, 1, Metric::accuracy, chance));
  EXPECT_FALSE(is_above_chance({.accuracy = 1, .loss = 0}, 1, Metric::loss, chance));
}

// Guesses of two equal classes on the same rows: by accuracy and by the loss of probabilities that
// lie about 1/2. A test that forgets that the best was chosen is fooled in two of three runs.
TEST(Chance, IsSeldomPassedByTheBestOfManyGuesses) {
  constexpr int kRuns = 1000;
  constexpr std::size_t kTrials = 40;
  constexpr std::int64_t kRows = 200;
  int by_accuracy = 0;
  int by_loss = 0;
  for (std::uint64_t run = 0; run < kRuns; ++run) {
    const RandomStream random(Seed{run}, Purpose::simulation);
    std::vector<bool> labels;
    std::vector<std::int64_t> counts(2);
    for (std::uint64_t row = 0; row < kRows; ++row) {
      labels.push_back(random.uniform(row) < 0.5);
      ++counts[labels.back() ? 1 : 0];
    }
    Score best{.accuracy = 0, .loss = 100};
    for (std::size_t trial = 0; trial < kTrials; ++trial) {
      const RandomStream guesses(Seed{run}, Purpose::simulation, trial + 1);
      double right = 0;
      double loss = 0;
      for (std::uint64_t row = 0; row < kRows; ++row) {
        const double p = 0.5 + 0.4 * (guesses.uniform(row) - 0.5);  // of the true class
        right += p > 0.5 ? 1 : 0;
        loss -= std::log(labels[row] ? p : 1 - p);
      }
      best.accuracy = std::max(best.accuracy, right / kRows);
      best.loss = std::min(best.loss, loss / kRows);
    }
    const Chance chance = *chance_of(counts);
    by_accuracy += is_above_chance(best, kTrials, Metric::accuracy, chance) ? 1 : 0;
    by_loss += is_above_chance(best, kTrials, Metric::loss, chance) ? 1 : 0;
  }
  EXPECT_LE(by_accuracy, 0.05 * kRuns);
  EXPECT_LE(by_loss, 0.05 * kRuns);
}

TEST(Chance, IsPassedByWhoKnowsSomething) {
  const Chance chance = *chance_of({100, 100});
  const Score knows{.accuracy = 0.65, .loss = 0.64};
  EXPECT_TRUE(is_above_chance(knows, 40, Metric::accuracy, chance));
  EXPECT_TRUE(is_above_chance(knows, 40, Metric::loss, chance));
}

TEST(Chance, IntervalOfOneIsWilsons) {
  const Interval one = interval_of_best(0.3, 100, 1);
  EXPECT_NEAR(one.low, wilson_interval(0.3, 100).low, 1e-12);
  EXPECT_NEAR(one.high, wilson_interval(0.3, 100).high, 1e-12);
  EXPECT_LT(interval_of_best(0.3, 100, 40).low, one.low);
}

}  // namespace
}  // namespace stepladder::analysis
