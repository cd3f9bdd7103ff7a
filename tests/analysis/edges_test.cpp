#include "stepladder/analysis/edges.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "trial/two_metrics.hpp"

namespace stepladder::analysis {
namespace {

constexpr RateRange kRange{.min = 0.001, .max = 1};

Observation point(std::uint32_t trial, double rate, Steps steps, double accuracy) {
  return {.trial = TrialId{trial},
          .learning_rate = rate,
          .steps = steps,
          .score = Score{accuracy, 1 - accuracy},
          .share_error = 0.01};
}

// Accuracy 0.9 less a parabola in ln(rate) about `best`, at rates 0.001 · 10^(i/5).
std::vector<Observation> valley(double best, Steps steps) {
  std::vector<Observation> observations;
  for (std::uint32_t i = 0; i <= 15; ++i) {
    const double rate = 0.001 * std::pow(10, i / 5.0);
    observations.push_back(point(i, rate, steps, 0.9 - 0.01 * std::pow(std::log(rate / best), 2)));
  }
  return observations;
}

TEST(Crowded, says_which_bound_the_best_are_at) {
  const auto high = crowded(valley(2, 100), kRange, by_share());
  ASSERT_TRUE(high);
  EXPECT_EQ(high->side, Side::high);
  EXPECT_TRUE(high->best_is_there);
  EXPECT_EQ(high->bound, 1);
  const auto low = crowded(valley(0.0005, 100), kRange, by_share());
  ASSERT_TRUE(low);
  EXPECT_EQ(low->side, Side::low);
}

TEST(Crowded, is_silent_where_the_best_lie_inside) {
  EXPECT_FALSE(crowded(valley(0.03, 100), kRange, by_share()));
}

TEST(Crowded, two_of_the_best_three_are_enough) {
  const std::vector<Observation> observations = {point(0, 0.1, 100, 0.9), point(1, 0.9, 100, 0.89),
                                                 point(2, 0.8, 100, 0.88),
                                                 point(3, 0.01, 100, 0.5)};
  const auto found = crowded(observations, kRange, by_share());
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->best_is_there);
  EXPECT_EQ(found->of_best_three, 2U);
}

TEST(Crowded, looks_at_the_largest_budget_with_three_scores) {
  std::vector<Observation> observations = valley(2, 100);
  for (const Observation& observation : valley(0.03, 300)) observations.push_back(observation);
  EXPECT_FALSE(crowded(observations, kRange, by_share()));
  observations.push_back(point(15, 1, 900, 0.99));
  EXPECT_FALSE(crowded(observations, kRange, by_share()));
}

TEST(NoDivergence, is_gone_with_the_first_divergence) {
  std::vector<Observation> observations = valley(0.5, 100);
  const auto found = no_divergence(observations, kRange, by_share());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->highest_rate, 1);
  EXPECT_FALSE(found->scores_turn);
  observations.push_back({.trial = TrialId{20}, .learning_rate = 1, .steps = 3, .diverged_at = 3});
  EXPECT_FALSE(no_divergence(observations, kRange, by_share()));
}

TEST(NoDivergence, is_no_news_where_the_highest_rates_were_not_tried) {
  EXPECT_FALSE(
      no_divergence({point(0, 0.002, 100, 0.9), point(1, 0.3, 100, 0.8)}, kRange, by_share()));
}

TEST(NoDivergence, knows_when_scores_turn_before_the_bound) {
  const auto found = no_divergence(valley(0.01, 100), kRange, by_share());
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->scores_turn);
}

TEST(StillImproving, needs_two_standard_errors_of_the_difference) {
  // Each has an error of 0.01, the difference one of 0.0141.
  const std::vector<Observation> more = {point(0, 0.1, 100, 0.90), point(0, 0.1, 300, 0.93)};
  const auto found = still_improving(more, by_share());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->from, 100);
  EXPECT_EQ(found->to, 300);
  EXPECT_NEAR(found->standard_error, 0.01 * std::sqrt(2), 1e-12);
  EXPECT_FALSE(still_improving({point(0, 0.1, 100, 0.90), point(0, 0.1, 300, 0.928)}, by_share()));
  EXPECT_FALSE(still_improving({point(0, 0.1, 300, 0.93)}, by_share()));
}

TEST(Edges, an_interval_that_reaches_a_bound_is_one) {
  const std::vector<Observation> observations = valley(0.03, 100);
  const auto at_bound = edges_of(observations, kRange, by_share(), Interval{0.1, 0.99});
  ASSERT_FALSE(at_bound.empty());
  ASSERT_TRUE(std::holds_alternative<BestAtBound>(at_bound.front()));
  EXPECT_EQ(std::get<BestAtBound>(at_bound.front()).side, Side::high);
  const auto inside = edges_of(observations, kRange, by_share(), Interval{0.01, 0.1});
  for (const Edge& edge : inside) EXPECT_FALSE(std::holds_alternative<BestAtBound>(edge));
}

}  // namespace
}  // namespace stepladder::analysis
