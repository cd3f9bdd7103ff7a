#include "stepladder/trial/outcome.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include "trial/two_metrics.hpp"

namespace stepladder {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Standing share_first(const Outcome& outcome, std::uint32_t trial) {
  return standing_of(outcome, TrialId{trial}, by_share());
}
Standing loss_first(const Outcome& outcome, std::uint32_t trial) {
  return standing_of(outcome, TrialId{trial}, by_loss());
}

TEST(Standing, prefers_the_metric_that_decides_then_the_others_then_the_lower_trial) {
  EXPECT_LT(share_first(Score{0.9, 5.0}, 9), share_first(Score{0.8, 0.1}, 1));
  EXPECT_LT(share_first(Score{0.9, 0.2}, 9), share_first(Score{0.9, 0.3}, 1));
  EXPECT_LT(share_first(Score{0.9, 0.2}, 1), share_first(Score{0.9, 0.2}, 9));
}

TEST(Standing, goes_by_the_metric_that_decides_wherever_it_stands) {
  EXPECT_LT(loss_first(Score{0.1, 0.2}, 9), loss_first(Score{0.9, 0.3}, 1));
  EXPECT_LT(loss_first(Score{0.9, 0.2}, 9), loss_first(Score{0.1, 0.2}, 1));
  EXPECT_LT(loss_first(Score{0.9, 0.2}, 1), loss_first(Score{0.9, 0.2}, 9));
}

TEST(Standing, goes_by_all_of_four_metrics) {
  const Metrics four{.all = {{.name = "a"},
                             {.name = "b", .direction = Direction::minimise},
                             {.name = "c"},
                             {.name = "d", .direction = Direction::minimise}},
                     .deciding = 2};
  const auto standing = [&four](const Score& score, std::uint32_t trial) {
    return standing_of(score, TrialId{trial}, four);
  };
  EXPECT_LT(standing({0, 9, 5, 9}, 9), standing({1, 0, 4, 0}, 1));
  EXPECT_LT(standing({1, 9, 5, 9}, 9), standing({0, 0, 5, 0}, 1));
  EXPECT_LT(standing({1, 0, 5, 9}, 9), standing({1, 1, 5, 0}, 1));
  EXPECT_LT(standing({1, 1, 5, 0}, 9), standing({1, 1, 5, 1}, 1));
}

TEST(Score, holds_a_value_for_each_metric) {
  const Score score{0.5, 2};
  EXPECT_EQ(score[1], 2);
  EXPECT_EQ(score.values().size(), 2U);
  EXPECT_NE(score, (Score{0.5, 2, 0}));
  EXPECT_THROW((Score{1, 2, 3, 4, 5}), std::length_error);
}

TEST(Standing, puts_failures_behind_every_score_and_orders_them_by_trial) {
  const Standing worst = share_first(Score{0.0, 1e300}, 1000);
  EXPECT_LT(worst, share_first(Diverged{1}, 0));
  EXPECT_LT(worst, share_first(Crashed{"out of memory"}, 0));
  EXPECT_LT(worst, share_first(Interrupted{5}, 0));
  EXPECT_LT(share_first(Crashed{"b"}, 1), share_first(Diverged{1000}, 2));
  EXPECT_LT(share_first(Diverged{1000}, 1), share_first(Crashed{"a"}, 2));
}

TEST(Standing, takes_a_score_that_is_not_finite_for_a_failure) {
  for (const Metrics& metrics : {by_share(), by_loss()})
    for (const Score& score : {Score{kNan, 0.1}, Score{0.9, kNan}, Score{0.9, kInfinity},
                               Score{kInfinity, 0.1}, Score{0.9, -kInfinity}})
      EXPECT_TRUE(standing_of(score, TrialId{0}, metrics).failed);
}

TEST(Standing, equals_itself_only) {
  EXPECT_EQ(share_first(Score{0.9, 0.2}, 1), share_first(Score{0.9, 0.2}, 1));
  EXPECT_NE(share_first(Score{0.9, 0.2}, 1), share_first(Score{0.9, 0.2}, 2));
  EXPECT_EQ(share_first(Diverged{1}, 3), share_first(Crashed{"x"}, 3));
}

TEST(Standing, is_a_total_order) {
  std::vector<Standing> standings;
  std::uint32_t trial = 0;
  for (const double accuracy : {0.1, 0.9, 0.9, kNan})
    for (const double loss : {0.3, 0.2, 0.2, kNan}) {
      standings.push_back(share_first(Score{accuracy, loss}, trial++));
    }
  standings.push_back(share_first(Diverged{3}, trial++));
  for (const Standing& a : standings)
    for (const Standing& b : standings) {
      EXPECT_EQ((a < b) + (b < a) + (a == b), 1);
      for (const Standing& c : standings)
        if (a < b && b < c) {
          EXPECT_LT(a, c);
        }
    }
}

}  // namespace
}  // namespace stepladder
