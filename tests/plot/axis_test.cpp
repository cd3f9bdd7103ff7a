#include "stepladder/plot/axis.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepladder::plot {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> labels_of(const std::vector<Tick>& ticks) {
  std::vector<std::string> labels;
  for (const Tick& tick : ticks)
    if (!tick.label.empty()) labels.push_back(tick.label);
  return labels;
}

TEST(Axis, puts_equal_factors_at_equal_distances_where_logarithmic) {
  const Axis axis{.spacing = Spacing::log, .low = 0.01, .high = 1, .first = 100, .last = 300};
  EXPECT_DOUBLE_EQ(axis.at(0.01), 100);
  EXPECT_NEAR(axis.at(0.1), 200, 1e-9);
  EXPECT_DOUBLE_EQ(axis.at(1), 300);
  for (const double value : {0.01, 0.03, 0.5})
    EXPECT_NEAR(axis.value_at(axis.at(value)), value, 1e-12);
  EXPECT_DOUBLE_EQ(axis.clamped(7), 300);
  EXPECT_DOUBLE_EQ(axis.clamped(1e-9), 100);
}

TEST(Axis, may_run_from_the_right_to_the_left) {
  const Axis axis{.low = 0, .high = 10, .first = 200, .last = 100};
  EXPECT_DOUBLE_EQ(axis.at(2.5), 175);
  EXPECT_DOUBLE_EQ(axis.clamped(11), 100);
}

TEST(Axis, padded_gives_one_of_no_length_some) {
  for (const Spacing spacing : {Spacing::linear, Spacing::log})
    for (const double value : {1e-5, 0.9, 1e6}) {
      const Axis axis = padded({.spacing = spacing, .low = value, .high = value}, 0.05);
      EXPECT_LT(axis.low, value);
      EXPECT_GT(axis.high, value);
      EXPECT_TRUE(std::isfinite(axis.at(value)));
    }
}

TEST(Ticks, are_round_numbers_within_a_linear_axis) {
  EXPECT_THAT(labels_of(ticks_of({.low = 0.788, .high = 0.893}, 6)),
              ElementsAre("0.80", "0.82", "0.84", "0.86", "0.88"));
  EXPECT_THAT(labels_of(ticks_of({.low = 0, .high = 60}, 8)),
              ElementsAre("0", "10", "20", "30", "40", "50", "60"));
  EXPECT_THAT(labels_of(ticks_of({.low = -0.2, .high = 0.25}, 5)),
              ElementsAre("−0.2", "−0.1", "0.0", "0.1", "0.2"));
}

TEST(Ticks, label_1_2_5_of_each_decade_or_as_much_as_fits) {
  const Axis decades{.spacing = Spacing::log, .low = 0.001, .high = 1};
  EXPECT_THAT(labels_of(ticks_of(decades, 5)), ElementsAre("0.001", "0.01", "0.1", "1"));
  EXPECT_THAT(labels_of(ticks_of(decades, 7)),
              ElementsAre("0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1"));
  EXPECT_THAT(
      labels_of(ticks_of(decades, 10)),
      ElementsAre("0.001", "0.002", "0.005", "0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1"));
  EXPECT_THAT(labels_of(ticks_of({.spacing = Spacing::log, .low = 1e-9, .high = 1}, 5)),
              ElementsAre("1e-9", "1e-7", "1e-5", "1e-3", "1e-1"));
}

TEST(Ticks, have_small_marks_between_the_labelled_ones_of_a_logarithmic_axis) {
  const std::vector<Tick> ticks = ticks_of({.spacing = Spacing::log, .low = 0.1, .high = 10}, 3);
  EXPECT_EQ(ticks.size(), 19U);
  EXPECT_THAT(labels_of(ticks), ElementsAre("0.1", "1", "10"));
}

TEST(Ticks, lie_within_the_axis_ascend_and_are_no_more_than_asked_for) {
  for (const Spacing spacing : {Spacing::linear, Spacing::log})
    for (double low = 1e-7; low < 1e4; low *= 1.7)
      for (double factor = 1.0001; factor < 1e9; factor = 1 + (factor - 1) * 2.3)
        for (const std::size_t labels : {2, 5, 9}) {
          const Axis axis{.spacing = spacing, .low = low, .high = low * factor};
          const std::vector<Tick> ticks = ticks_of(axis, labels);
          EXPECT_LE(labels_of(ticks).size(), labels) << low << ' ' << factor;
          for (std::size_t i = 0; i < ticks.size(); ++i) {
            EXPECT_GE(ticks[i].value, axis.low * (1 - 1e-6));
            EXPECT_LE(ticks[i].value, axis.high * (1 + 1e-6));
            EXPECT_TRUE(i == 0 || ticks[i].value > ticks[i - 1].value);
          }
        }
}

}  // namespace
}  // namespace stepladder::plot
