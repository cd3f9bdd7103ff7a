#include "stepladder/analysis/comparison.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "analysis/synthetic.hpp"
#include "trial/two_metrics.hpp"

namespace stepladder::analysis {
namespace {

Response respond_to(const Synthetic& valley, std::uint64_t seed) {
  return respond(observe(valley, Seed{seed}), {.metrics = by_loss(), .seed = Seed{seed}});
}

// The example of Holm 1979's procedure by hand: sorted .01, .02, .03, .04 times 4, 3, 2, 1.
TEST(Holm, adjusts_step_by_step) {
  const std::vector<double> adjusted = holm({0.03, 0.01, 0.04, 0.02});
  EXPECT_DOUBLE_EQ(adjusted[1], 0.04);
  EXPECT_DOUBLE_EQ(adjusted[3], 0.06);
  EXPECT_DOUBLE_EQ(adjusted[0], 0.06);
  EXPECT_DOUBLE_EQ(adjusted[2], 0.06);
  EXPECT_TRUE(holm({}).empty());
}

// Losses 1 · (T/100)^-0.2 and 1.25 · (T/100)^-0.35 cross where (T/100)^0.15 = 1.25: at T = 443.
TEST(Comparison, finds_where_two_policies_cross_over) {
  const Synthetic flat{.group = "constant", .decay = 0.2};
  const Synthetic steep{
      .group = "linear", .best_at_100 = 0.3, .slope = -0.1, .level_at_100 = 1.25, .decay = 0.35};
  const double truth = 100 * std::pow(1.25, 1 / 0.15);
  int covered = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto pairs = compare({respond_to(flat, seed), respond_to(steep, 100 + seed)}, Seed{seed});
    ASSERT_EQ(pairs.size(), 1U);
    ASSERT_EQ(pairs[0].differences.size(), 4U);
    EXPECT_NEAR(pairs[0].differences[0].ratio.value, 1 / 1.25, 0.05);
    ASSERT_TRUE(pairs[0].crossover) << seed;
    EXPECT_EQ(pairs[0].crossover->better_before, "constant");
    covered += pairs[0].crossover->steps.interval_95.contains(truth);
  }
  EXPECT_GE(covered, 17);
}

TEST(Comparison, of_equals_claims_no_difference) {
  int claims = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const auto pairs = compare({respond_to({.group = "a"}, seed),
                                respond_to({.group = "b", .best_at_100 = 0.03}, 100 + seed)},
                               Seed{seed});
    bool claimed = false;
    for (const Difference& difference : pairs[0].differences)
      claimed |= difference.p_adjusted <= 0.05;
    claims += claimed;
    EXPECT_FALSE(pairs[0].crossover) << seed;
  }
  EXPECT_LE(claims, 5);
}

TEST(Comparison, leaves_out_who_has_no_surface) {
  EXPECT_TRUE(compare({respond_to({}, 1), respond({}, {.metrics = by_loss()})}, Seed{1}).empty());
}

}  // namespace
}  // namespace stepladder::analysis
