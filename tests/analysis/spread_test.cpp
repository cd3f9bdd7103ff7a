#include "stepladder/analysis/spread.hpp"

#include <gtest/gtest.h>

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

TEST(Spread, of_one_value_is_a_mean_and_of_none_nothing) {
  const Spread spread = spread_of({0.25}).value();
  EXPECT_EQ(spread.mean, 0.25);
  EXPECT_FALSE(spread.standard_deviation);
  EXPECT_FALSE(spread.interval_95);
  EXPECT_FALSE(spread_of({}));
}

}  // namespace
}  // namespace stepladder::analysis
