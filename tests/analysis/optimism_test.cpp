#include "stepladder/analysis/optimism.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "stepladder/trial/random.hpp"

namespace stepladder::analysis {
namespace {

// Teichroew 1956: expected largest order statistics of the standard normal distribution.
TEST(LargestNormal, expectations_are_those_of_the_tables) {
  EXPECT_NEAR(expected_largest_normal(1), 0, 1e-9);
  EXPECT_NEAR(expected_largest_normal(2), 0.5641895835, 1e-8);
  EXPECT_NEAR(expected_largest_normal(3), 0.8462843753, 1e-8);
  EXPECT_NEAR(expected_largest_normal(10), 1.5387527308, 1e-8);
  EXPECT_NEAR(expected_largest_normal(20), 1.8674750598, 1e-8);
}

struct Chosen {
  double seen = 0;      // mean over runs of the best score minus the same trial's true one
  double expected = 0;  // mean of what was predicted
};
Chosen choose_best(double spread, double error, std::size_t trials) {
  Chosen chosen;
  constexpr int kRuns = 2000;
  for (std::uint64_t run = 0; run < kRuns; ++run) {
    const RandomStream random(Seed{3}, Purpose::simulation, run);
    std::vector<double> truth;
    std::vector<double> scores;
    for (std::uint64_t i = 0; i < trials; ++i) {
      truth.push_back(0.9 + spread * random.normal(2 * i));
      scores.push_back(truth.back() + error * random.normal(2 * i + 1));
    }
    const auto best =
        static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
    chosen.seen += (scores[best] - truth[best]) / kRuns;
    chosen.expected += expected_optimism(scores, error)->expected / kRuns;
  }
  return chosen;
}

// The spread of equal trials is not exactly zero in the sample, so a little less is expected.
TEST(Optimism, of_equal_trials_is_seen_and_expected) {
  const Chosen chosen = choose_best(0, 0.003, 40);
  EXPECT_NEAR(chosen.seen, 0.003 * expected_largest_normal(40), 0.003 * 0.05);
  EXPECT_GT(chosen.expected, 0.85 * chosen.seen);
  EXPECT_LT(chosen.expected, 1.02 * chosen.seen);
}

TEST(Optimism, shrinks_where_trials_differ) {
  const Chosen chosen = choose_best(0.006, 0.003, 40);
  EXPECT_LT(chosen.seen, 0.5 * 0.003 * expected_largest_normal(40));
  EXPECT_NEAR(chosen.expected, chosen.seen, 0.1 * chosen.seen);
}

TEST(Optimism, seen_on_fresh_seeds_has_the_right_sign) {
  const SeenOptimism seen = seen_optimism(0.92, {0.90, 0.91, 0.905});
  EXPECT_NEAR(seen.value, 0.015, 1e-12);
  ASSERT_TRUE(seen.interval_95);
  EXPECT_TRUE(seen.interval_95->contains(0.015));
  EXPECT_FALSE(seen_optimism(0.92, {0.9}).interval_95);
}

}  // namespace
}  // namespace stepladder::analysis
