#include "stepladder/analysis/chance.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "stepladder/trial/outcome.hpp"
#include "stepladder/trial/random.hpp"
#include "trial/two_metrics.hpp"

namespace stepladder::analysis {
namespace {

constexpr double kGuess = 0.5;  // the accuracy of a guess of two equal classes
const double kLossOfGuess = std::log(2);

bool is_above(const Score& best, std::size_t of, const Metrics& metrics, const Score& chance,
              std::int64_t rows) {
  return is_above_chance(metrics.first(), best[metrics.deciding], chance[metrics.deciding], of,
                         rows);
}

TEST(Chance, IsNotPassedByOneClass) {
  EXPECT_FALSE(is_above({1, 0}, 1, by_share(), {1, 0}, 50));
  EXPECT_FALSE(is_above({1, 0}, 1, by_loss(), {1, 0}, 50));
}

TEST(Chance, OfAPlainMetricIsNotKnown) {
  EXPECT_FALSE(is_above_chance({.name = "reward"}, 100, 0, 1, 1000));
}

// Guesses of two equal classes on the same rows: by accuracy and by the loss of probabilities that
// lie about 1/2. A test that forgets that the best was chosen is fooled in two of three runs.
TEST(Chance, IsSeldomPassedByTheBestOfManyGuesses) {
  constexpr int kRuns = 1000;
  constexpr std::size_t kTrials = 40;
  constexpr std::int64_t kRows = 200;
  int share_passes = 0;
  int loss_passes = 0;
  for (std::uint64_t run = 0; run < kRuns; ++run) {
    const RandomStream random(Seed{run}, Purpose::simulation);
    std::vector<bool> labels;
    std::vector<std::int64_t> counts(2);
    for (std::uint64_t row = 0; row < kRows; ++row) {
      labels.push_back(random.uniform(row) < 0.5);
      ++counts[labels.back() ? 1 : 0];
    }
    double best_share = 0;
    double best_loss = 100;
    for (std::size_t trial = 0; trial < kTrials; ++trial) {
      const RandomStream guesses(Seed{run}, Purpose::simulation, trial + 1);
      double right = 0;
      double loss = 0;
      for (std::uint64_t row = 0; row < kRows; ++row) {
        const double p = 0.5 + 0.4 * (guesses.uniform(row) - 0.5);  // of the true class
        right += p > 0.5 ? 1 : 0;
        loss -= std::log(labels[row] ? p : 1 - p);
      }
      best_share = std::max(best_share, right / kRows);
      best_loss = std::min(best_loss, loss / kRows);
    }
    const double share = static_cast<double>(counts[0]) / static_cast<double>(kRows);
    const Score chance{std::max(share, 1 - share),
                       -share * std::log(share) - (1 - share) * std::log(1 - share)};
    const Score best{best_share, best_loss};
    share_passes += is_above(best, kTrials, by_share(), chance, kRows) ? 1 : 0;
    loss_passes += is_above(best, kTrials, by_loss(), chance, kRows) ? 1 : 0;
  }
  EXPECT_LE(share_passes, 0.05 * kRuns);
  EXPECT_LE(loss_passes, 0.05 * kRuns);
}

TEST(Chance, IsPassedByWhoKnowsSomething) {
  const Score chance{kGuess, kLossOfGuess};
  EXPECT_TRUE(is_above({0.65, 0.64}, 40, by_share(), chance, 200));
  EXPECT_TRUE(is_above({0.65, 0.64}, 40, by_loss(), chance, 200));
}

TEST(Chance, IntervalOfOneIsWilsons) {
  const Interval one = interval_of_best(0.3, 100, 1);
  EXPECT_NEAR(one.low, wilson_interval(0.3, 100).low, 1e-12);
  EXPECT_NEAR(one.high, wilson_interval(0.3, 100).high, 1e-12);
  EXPECT_LT(interval_of_best(0.3, 100, 40).low, one.low);
}

}  // namespace
}  // namespace stepladder::analysis
