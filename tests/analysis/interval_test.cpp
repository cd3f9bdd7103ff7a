#include "stepladder/analysis/interval.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace stepladder::analysis {
namespace {

TEST(Quantile, is_linear_between_neighbours) {
  EXPECT_DOUBLE_EQ(quantile({3, 1, 2}, 0.5), 2);
  EXPECT_DOUBLE_EQ(quantile({1, 2}, 0.25), 1.25);
  EXPECT_DOUBLE_EQ(quantile({7}, 0.975), 7);
  EXPECT_DOUBLE_EQ(quantile({0, 10}, 1), 10);
}

// Newcombe, Statistics in Medicine 17 (1998), table I: method 3, the score interval without
// continuity correction, to the four digits printed there.
TEST(Wilson, interval_is_that_of_newcombes_table) {
  struct Row {
    std::int64_t successes, count;
    double low, high;
  };
  for (const Row& row : {Row{81, 263, 0.2553, 0.3662}, Row{15, 148, 0.0624, 0.1605},
                         Row{0, 20, 0.0, 0.1611}, Row{1, 29, 0.0061, 0.1718}}) {
    const Interval interval = wilson_interval(
        static_cast<double>(row.successes) / static_cast<double>(row.count), row.count);
    EXPECT_NEAR(interval.low, row.low, 6e-5) << row.successes;
    EXPECT_NEAR(interval.high, row.high, 6e-5) << row.successes;
  }
}

// The roots of (p - x)² = z² x (1 - x) / n, found by bisection.
TEST(Wilson, bounds_are_the_roots) {
  EXPECT_NEAR(wilson_interval(0.1, 10).low, 0.017876213, 1e-8);
  EXPECT_NEAR(wilson_interval(0.1, 10).high, 0.404150034, 1e-8);
  EXPECT_NEAR(wilson_interval(0, 20).high, 0.161125158, 1e-8);
}

TEST(Wilson, nothing_seen_excludes_nothing) {
  EXPECT_EQ(wilson_interval(0, 0), (Interval{0, 1}));
  EXPECT_EQ(wilson_interval(1, 5).high, 1);
}

// 60 of 60 rows, and one right and one wrong more: 61 of 62.
TEST(StandardError, of_all_or_none_is_not_zero) {
  EXPECT_DOUBLE_EQ(standard_error(1, 60), std::sqrt(61.0 / 62 * 1 / 62 / 62));
  EXPECT_DOUBLE_EQ(standard_error(0, 60), standard_error(1, 60));
}

TEST(StandardError, is_the_binomial_one) {
  EXPECT_DOUBLE_EQ(standard_error(0.5, 100), 0.05);
  EXPECT_DOUBLE_EQ(standard_error(0.9, 10000), 0.003);
  EXPECT_EQ(standard_error(0.5, 0), 0);
}

}  // namespace
}  // namespace stepladder::analysis
