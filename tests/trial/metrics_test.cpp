#include "stepladder/trial/metrics.hpp"

#include <stdexcept>

#include <gtest/gtest.h>

#include "trial/two_metrics.hpp"

namespace stepladder {
namespace {

TEST(Metrics, AreFoundByName) {
  EXPECT_EQ(by_share().find("loss"), 1U);
  EXPECT_EQ(by_share().find("rmse"), std::nullopt);
  EXPECT_EQ(by_share().decided_by("loss"), by_loss());
  EXPECT_THROW(static_cast<void>(by_share().decided_by("rmse")), std::out_of_range);
}

TEST(Metrics, TellWhichOneIsAShare) {
  EXPECT_EQ(by_share().share(), 0U);
  EXPECT_EQ(by_loss().share(), 0U);
  EXPECT_EQ(Metrics{}.share(), std::nullopt);
  const Metrics two{.all = {{"a", Direction::maximise, MetricKind::share},
                            {"b", Direction::maximise, MetricKind::share}},
                    .deciding = 1};
  EXPECT_EQ(two.share(), 1U);
}

TEST(Metric, TurnsValuesSoThatSmallerIsBetterAndBack) {
  const Metric large{.name = "reward", .direction = Direction::maximise};
  EXPECT_EQ(large.key(3), -3);
  EXPECT_EQ(large.key(large.key(3)), 3);
  EXPECT_EQ((Metric{.name = "cost", .direction = Direction::minimise}.key(3)), 3);
}

}  // namespace
}  // namespace stepladder
