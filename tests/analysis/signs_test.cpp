#include "stepladder/analysis/signs.hpp"

#include <gtest/gtest.h>

namespace stepladder::analysis {
namespace {

constexpr RateRange kRange{.min = 0.001, .max = 1};

Response response_with(Identification best) {
  Response response;
  response.budgets.push_back({.steps = 100, .best = {.identification = best}});
  return response;
}

const std::vector<Edge> kAllHigh = {BestAtBound{.side = Side::high}, Crowded{.side = Side::high},
                                    NoDivergence{}, StillImproving{}};

TEST(Signs, AreAllAgainstABoundThatTheBestRateReaches) {
  EXPECT_EQ(signs_of(kAllHigh, response_with(Identification::at_upper_bound)).size(), 3U);
}

TEST(Signs, AreNotWhereNoRateIsToldFromAnother) {
  const auto signs = signs_of(kAllHigh, response_with(Identification::flat));
  ASSERT_EQ(signs.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<NoDivergence>(signs.front()));
}

TEST(Signs, PointUpwardsNoMoreWhereTheBestRateIsAtDivergence) {
  const std::vector<Edge> edges = {BestAtBound{.side = Side::high}, Crowded{.side = Side::high},
                                   Crowded{.side = Side::low}};
  const auto signs = signs_of(edges, response_with(Identification::at_divergence));
  ASSERT_EQ(signs.size(), 1U);
  EXPECT_EQ(side_of(signs.front()), Side::low);
}

TEST(Signs, CalmIsOneOnlyWhereTheBestRateIsNotKnownToLieLower) {
  const std::vector<Edge> calm = {NoDivergence{}};
  EXPECT_TRUE(signs_of(calm, response_with(Identification::identified)).empty());
  EXPECT_EQ(signs_of(calm, Response{}).size(), 1U);
  EXPECT_TRUE(signs_of({NoDivergence{.scores_turn = true}}, Response{}).empty());
}

TEST(Extended, MovesASideBy3ForOneSignAnd10ForMore) {
  const RateRange cap{.min = 1e-6, .max = 100};
  const std::vector<Edge> one = {Crowded{.side = Side::high}};
  EXPECT_EQ(extended(kRange, one, cap), (RateRange{0.001, 3}));
  const std::vector<Edge> two = {Crowded{.side = Side::high}, NoDivergence{}};
  EXPECT_EQ(extended(kRange, two, cap), (RateRange{0.001, 10}));
  const std::vector<Edge> low = {BestAtBound{.side = Side::low}};
  EXPECT_NEAR(extended(kRange, low, cap).min, 0.001 / 3, 1e-18);
}

TEST(Extended, StaysWithinTheCapAndNeverShrinks) {
  const std::vector<Edge> two = {Crowded{.side = Side::high}, NoDivergence{}};
  EXPECT_EQ(extended(kRange, two, {.min = 0.01, .max = 2}), (RateRange{0.001, 2}));
  EXPECT_EQ(extended(kRange, two, {.min = 0.01, .max = 0.5}), kRange);
}

TEST(Extended, LeavesNoRemainderThatIsNotWorthARound) {
  const std::vector<Edge> one = {Crowded{.side = Side::high}};
  EXPECT_EQ(extended(kRange, one, {.min = 1e-6, .max = 6}), (RateRange{0.001, 3}));
  EXPECT_EQ(extended(kRange, one, {.min = 1e-6, .max = 5}), (RateRange{0.001, 5}));
  EXPECT_EQ(extended(kRange, one, {.min = 1e-6, .max = 1.1}), kRange);
  const std::vector<Edge> two = {Crowded{.side = Side::high}, NoDivergence{}};
  EXPECT_EQ(extended(kRange, two, {.min = 1e-6, .max = 15}), (RateRange{0.001, 10}));
}

}  // namespace
}  // namespace stepladder::analysis
