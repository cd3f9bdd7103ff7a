#include "stepladder/analysis/rank_correlation.hpp"

#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>
#include <vector>

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

// Pair by pair, as the definition says.
std::optional<double> of_all_pairs(const std::vector<double>& a, const std::vector<double>& b) {
  const auto sign = [](double x, double y) {
    return static_cast<int>(x > y) - static_cast<int>(x < y);
  };
  int agreement = 0;
  int in_a = 0;
  int in_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      agreement += sign(a[i], a[j]) * sign(b[i], b[j]);
      in_a += std::abs(sign(a[i], a[j]));
      in_b += std::abs(sign(b[i], b[j]));
    }
  if (in_a == 0 || in_b == 0) return std::nullopt;
  return agreement / std::sqrt(static_cast<double>(in_a) * in_b);
}

TEST(KendallTau, agrees_with_its_definition_however_many_ties) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (std::uint64_t run = 0; run < 500; ++run) {
    const RandomStream random(Seed{7}, Purpose::simulation, run);
    const std::size_t count = run % 41;
    const std::uint64_t values = 1 + run % 13;
    std::vector<double> a;
    std::vector<double> b;
    for (std::uint64_t i = 0; i < count; ++i) {
      a.push_back(random.below(2 * i, values) == 0
                      ? kInfinity
                      : static_cast<double>(random.below(2 * i, values)));
      b.push_back(static_cast<double>(random.below(2 * i + 1, 2 * values)));
    }
    const auto expected = of_all_pairs(a, b);
    const auto tau = kendall_tau(a, b);
    ASSERT_EQ(tau.has_value(), expected.has_value()) << count << " pairs of " << values;
    if (tau) {
      ASSERT_NEAR(*tau, *expected, 1e-12) << count << " pairs of " << values;
    }
  }
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

// Of any number of resamples of five pairs in one order, all are in one order.
TEST(KendallTau, of_few_pairs_in_one_order_is_not_certain) {
  const Estimate few = kendall_tau_with_interval({1, 2, 3, 4, 5}, {1, 2, 3, 4, 5}, Seed{1}).value();
  EXPECT_EQ(few.value, 1);
  EXPECT_EQ(few.interval_95.high, 1);
  EXPECT_NEAR(few.interval_95.low, 2 * wilson_interval(1, 2).low - 1, 1e-12);
  const Estimate against = kendall_tau_with_interval({1, 2, 3, 4}, {4, 3, 2, 1}, Seed{1}).value();
  EXPECT_EQ(against.interval_95.low, -1);
  EXPECT_GT(against.interval_95.high, 0);
}

}  // namespace
}  // namespace stepladder::analysis
