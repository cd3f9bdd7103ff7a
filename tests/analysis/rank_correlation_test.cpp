#include "stepladder/analysis/rank_correlation.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "stepladder/trial/random.hpp"

namespace stepladder::analysis {
namespace {

TEST(KendallTau, counts_pairs) {
  EXPECT_DOUBLE_EQ(*kendall_tau({1, 2, 3, 4}, {10, 20, 30, 40}), 1);
  EXPECT_DOUBLE_EQ(*kendall_tau({1, 2, 3, 4}, {4, 3, 2, 1}), -1);
  EXPECT_DOUBLE_EQ(*kendall_tau({1, 2, 3}, {1, 3, 2}), 1.0 / 3);
}

// By hand: of 10 pairs one is tied in a, one in b, another one in both is not there; 8 concordant
// minus discordant = 6 over sqrt(9 · 9).
TEST(KendallTau, takes_ties_out_of_its_denominators) {
  EXPECT_NEAR(*kendall_tau({1, 1, 2, 3, 4}, {1, 2, 2, 4, 3}), 6.0 / 9, 1e-12);
}

TEST(KendallTau, is_not_defined_without_differences) {
  EXPECT_FALSE(kendall_tau({1, 1}, {1, 2}));
  EXPECT_FALSE(kendall_tau({1}, {1}));
}

// Of normal variables with correlation r, tau is 2/pi asin(r) (Greiner). 95 % of 200 intervals
// would be 190; the bounds are four standard errors away.
TEST(KendallTau, resampling_covers_the_true_value) {
  const double correlation = 0.6;
  const double truth = 2 / 3.14159265358979 * std::asin(correlation);
  int covered = 0;
  for (std::uint64_t run = 0; run < 200; ++run) {
    const RandomStream random(Seed{11}, Purpose::simulation, run);
    std::vector<double> a;
    std::vector<double> b;
    for (std::uint64_t i = 0; i < 30; ++i) {
      a.push_back(random.normal(2 * i));
      b.push_back(correlation * a.back() +
                  std::sqrt(1 - correlation * correlation) * random.normal(2 * i + 1));
    }
    covered += kendall_tau_with_interval(a, b, Seed{run})->interval_95.contains(truth);
  }
  EXPECT_GE(covered, 178);
  EXPECT_LE(covered, 200);
}

}  // namespace
}  // namespace stepladder::analysis
