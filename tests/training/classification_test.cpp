#include "stepladder/training/classification.hpp"

#include <gtest/gtest.h>

namespace stepladder::training {
namespace {

TEST(Classification, IsScoredByAccuracyThenLoss) {
  const Metrics& metrics = classification_metrics();
  ASSERT_EQ(metrics.size(), 2U);
  EXPECT_EQ(metrics.first().name, "accuracy");
  EXPECT_EQ(metrics.all[1].name, "loss");
  EXPECT_EQ(score_of({.rows = 4, .correct = 3, .loss_sum = 6}), (Score{0.75, 1.5}));
}

TEST(Chance, IsTheMostFrequentClassAndTheEntropyOfTheShares) {
  const auto chance = chance_of({3, 0, 1});
  ASSERT_TRUE(chance);
  EXPECT_EQ(chance->rows, 4);
  EXPECT_EQ(chance->score[0], 0.75);
  EXPECT_NEAR(chance->score[1], 0.5623351446188083, 1e-15);  // -(3/4 ln 3/4 + 1/4 ln 1/4)
  EXPECT_FALSE(chance_of({}));
  EXPECT_FALSE(chance_of({0, 0}));
}

}  // namespace
}  // namespace stepladder::training
