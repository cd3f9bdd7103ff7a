#include "stepladder/analysis/spread.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "stepladder/trial/random.hpp"

namespace stepladder::analysis {
namespace {

// The two-sided 95 % column of every printed table, and its 99 % one.
TEST(StudentT, quantiles_are_those_of_the_tables) {
  struct Row {
    std::size_t degrees;
    double p975;
    double p995;
  };
  for (const Row& row : {Row{1, 12.70620474, 63.65674116}, Row{2, 4.30265273, 9.92484320},
                         Row{3, 3.18244631, 5.84090931}, Row{4, 2.77644511, 4.60409487},
                         Row{5, 2.57058184, 4.03214298}, Row{10, 2.22813885, 3.16927267},
                         Row{29, 2.04522964, 2.75638590}, Row{30, 2.04227246, 2.74999565},
                         Row{120, 1.97993041, 2.61742115}}) {
    EXPECT_NEAR(student_t_quantile(0.975, row.degrees), row.p975, 1e-7) << row.degrees;
    EXPECT_NEAR(student_t_quantile(0.995, row.degrees), row.p995, 1e-7) << row.degrees;
  }
}

TEST(StudentT, median_is_zero_and_many_degrees_are_nearly_normal) {
  EXPECT_NEAR(student_t_quantile(0.5, 7), 0, 1e-12);
  EXPECT_NEAR(student_t_quantile(0.975, 1'000'001), 1.959966, 1e-5);
}

// Five numbers by hand: deviations -2 .. 2, s = sqrt(10 / 4), t(4) = 2.776445.
TEST(Spread, of_five_values_worked_out_by_hand) {
  const Spread spread = spread_of({3, 1, 5, 2, 4}).value();
  EXPECT_EQ(spread.count, 5U);
  EXPECT_DOUBLE_EQ(spread.mean, 3);
  EXPECT_DOUBLE_EQ(spread.standard_deviation.value(), 1.5811388300841898);
  EXPECT_NEAR(spread.interval_95.value().low, 3 - 1.963243, 1e-6);
  EXPECT_NEAR(spread.interval_95.value().high, 3 + 1.963243, 1e-6);
}

TEST(Spread, of_equal_values_is_a_point) {
  const Spread spread = spread_of({0.5, 0.5, 0.5}).value();
  EXPECT_EQ(spread.standard_deviation, 0.0);
  EXPECT_EQ(spread.interval_95.value().low, 0.5);
  EXPECT_EQ(spread.interval_95.value().high, 0.5);
}

TEST(Spread, ends_where_the_quantity_does) {
  const Spread spread = spread_of({0.9, 1, 1}, {.low = 0, .high = 1}).value();
  EXPECT_EQ(spread.interval_95.value().high, 1);
  EXPECT_NEAR(spread.interval_95.value().low, 0.823, 1e-3);
}

// Seeds that agree leave the rows: Wilson's interval. Rows without end leave the seeds.
TEST(AccuracyOverSeeds, has_the_rows_and_the_seeds_as_its_limits) {
  const Interval of_rows = share_over_seeds({0.9, 0.9, 0.9}, 100)->interval_95.value();
  EXPECT_NEAR(of_rows.low, wilson_interval(0.9, 100).low, 1e-4);
  EXPECT_NEAR(of_rows.high, wilson_interval(0.9, 100).high, 1e-4);
  const std::vector<double> seeds = {0.49, 0.5, 0.51};
  const Interval of_seeds = share_over_seeds(seeds, std::int64_t{1} << 50)->interval_95.value();
  EXPECT_NEAR(of_seeds.low, spread_of(seeds)->interval_95->low, 1e-4);
  EXPECT_NEAR(of_seeds.high, spread_of(seeds)->interval_95->high, 1e-4);
}

TEST(AccuracyOverSeeds, stays_within_what_an_accuracy_can_be) {
  const Interval interval = share_over_seeds({1, 0.975, 0.975, 1}, 40)->interval_95.value();
  EXPECT_LE(interval.high, 1);
  EXPECT_GT(interval.low, 0.85);
  const Interval of_ones = share_over_seeds({1, 1, 1}, 40)->interval_95.value();
  EXPECT_EQ(of_ones.high, 1);
  EXPECT_NEAR(of_ones.low, wilson_interval(1, 40).low, 1e-4);
}

// Of seeds and rows both: rows are the same for all trainings of a run, so that a t-interval over
// the seeds alone would be far too narrow.
TEST(AccuracyOverSeeds, holds_the_true_accuracy) {
  constexpr std::int64_t kRows = 200;
  constexpr int kRuns = 2000;
  int held = 0;
  for (std::uint64_t run = 0; run < kRuns; ++run) {
    const RandomStream random(Seed{2}, Purpose::simulation, run);
    std::vector<double> hardness;
    for (std::uint64_t row = 0; row < kRows; ++row) hardness.push_back(random.normal(row));
    std::vector<double> accuracies;
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      const double threshold = 1.5 + 0.1 * random.normal(1000 + seed);
      accuracies.push_back(
          static_cast<double>(std::count_if(hardness.begin(), hardness.end(),
                                            [&](double one) { return one < threshold; })) /
          kRows);
    }
    // The mean over thresholds: a normal variable with variance 1 + 0.1².
    const double truth = normal_probability(1.5 / std::sqrt(1.01));
    if (share_over_seeds(accuracies, kRows)->interval_95->contains(truth)) ++held;
  }
  EXPECT_GT(held, 0.94 * kRuns);
  EXPECT_LT(held, 0.98 * kRuns);
}

TEST(Spread, of_one_value_is_a_mean_and_of_none_nothing) {
  const Spread spread = spread_of({0.25}).value();
  EXPECT_EQ(spread.mean, 0.25);
  EXPECT_FALSE(spread.standard_deviation);
  EXPECT_FALSE(spread.interval_95);
  EXPECT_FALSE(spread_of({}));
}

}  // namespace
}  // namespace stepladder::analysis
