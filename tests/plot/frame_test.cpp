#include "stepladder/plot/frame.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepladder::plot {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

FramePlan small_plan() {
  return {.width = 300,
          .height = 200,
          .name = "small",
          .x = {.axis = {.spacing = Spacing::log, .low = 50, .high = 5000},
                .title = "steps",
                .ticks = steps_ticks({100, 300, 900, 2700})},
          .y = {.axis = {.low = 0.5, .high = 1}, .title = "accuracy"}};
}

TEST(Frame, marks_the_levels_it_is_given_where_they_lie) {
  Frame frame(small_plan());
  const std::string svg = frame.svg();
  for (const auto& [steps, text] :
       {std::pair{100, "100"}, {300, "300"}, {900, "900"}, {2700, "2,700"}}) {
    EXPECT_THAT(svg, HasSubstr(std::string(">") + text + "</text>"));
    EXPECT_THAT(svg, HasSubstr("x1=\"" + pixels(frame.x().at(steps)) + "\""));
  }
  EXPECT_THAT(svg, HasSubstr(">steps</text>"));
  EXPECT_THAT(svg, HasSubstr(">accuracy</text>"));
}

TEST(Frame, has_small_numbers_at_the_bottom_unless_reversed) {
  EXPECT_GT(Frame(small_plan()).y().at(0.5), Frame(small_plan()).y().at(1));
  FramePlan plan = small_plan();
  plan.y.is_reversed = true;
  const Frame reversed(plan);
  EXPECT_LT(reversed.y().at(0.5), reversed.y().at(1));
  EXPECT_LT(reversed.top(), reversed.bottom());
}

TEST(Frame, leaves_out_labels_that_would_meet) {
  FramePlan plan = small_plan();
  plan.x.ticks = steps_ticks({100, 101, 102, 2700});
  Frame frame(plan);
  const std::string svg = frame.svg();
  EXPECT_THAT(svg, HasSubstr(">100</text>"));
  EXPECT_THAT(svg, Not(HasSubstr(">101</text>")));
  EXPECT_THAT(svg, HasSubstr(">2,700</text>"));
}

// From 0.4 at the left to 1.2 at the right: it comes in at an eighth of the way and leaves at three
// quarters, in a straight line.
TEST(Frame, cuts_a_band_at_its_edges_where_it_leaves) {
  FramePlan plan = small_plan();
  plan.x = {.axis = {.low = 0, .high = 8}, .title = "x"};
  Frame frame(plan);
  frame.band({frame.at(0, 0.4), frame.at(8, 1.2), frame.at(8, 1.21), frame.at(0, 0.41)}, "band");
  const std::string svg = frame.svg();
  EXPECT_NEAR(frame.x().at(1), 62.875, 1e-9);
  EXPECT_NEAR(frame.x().at(6), 222.25, 1e-9);
  EXPECT_THAT(svg, HasSubstr("<polygon points=\"62.87,156 222.25,30 "));
  Frame outside(plan);
  outside.band({frame.at(0, 0.3), frame.at(8, 0.3), frame.at(8, 0.4)}, "outside");
  EXPECT_THAT(outside.svg(), Not(HasSubstr("outside")));
}

TEST(SpreadLabels, leaves_alone_what_does_not_touch) {
  EXPECT_THAT(spread_labels({10, 100, 50}, 0, 200, 12), ElementsAre(10, 100, 50));
}

TEST(SpreadLabels, moves_apart_what_does_keeping_its_order_and_its_middle) {
  EXPECT_THAT(spread_labels({50, 50}, 0, 200, 12), ElementsAre(44, 56));
  EXPECT_THAT(spread_labels({54, 50}, 0, 200, 12), ElementsAre(58, 46));
}

TEST(SpreadLabels, stays_within_the_frame) {
  for (const double wanted : {0.0, 100.0, 200.0}) {
    std::vector<double> places = spread_labels(std::vector<double>(6, wanted), 0, 200, 12);
    std::sort(places.begin(), places.end());
    EXPECT_GE(places.front(), 0);
    EXPECT_LE(places.back(), 200);
    for (std::size_t i = 1; i < places.size(); ++i) EXPECT_GE(places[i] - places[i - 1], 12 - 1e-9);
  }
}

}  // namespace
}  // namespace stepladder::plot
