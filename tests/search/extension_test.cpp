// A range that is searched further out: which trials get what from then on.
#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "stepladder/search/sampler.hpp"

namespace stepladder::search {
namespace {

SearchSpace space() {
  return {{{"optimizer", Choices{{Value{std::string("sgd")}, Value{std::string("adam")}}}},
           {"learning_rate", Range{.min = 0.01, .max = 1, .scale = Scale::log}},
           {"momentum", Range{.min = 0, .max = 1},
            Condition{"optimizer", {Value{std::string("sgd")}}}}}};
}

double rate_of(const Configuration& configuration) {
  return std::get<double>(*configuration.find("learning_rate"));
}

Extension to(double min, double max, std::int64_t trials) {
  return {.name = "learning_rate", .min = min, .max = max, .trials = trials};
}

class EveryMethod : public ::testing::TestWithParam<Method> {
 protected:
  Sampler sampler_{space(), Seed{3}, {.method = GetParam(), .grid_points = 4}};
};

TEST_P(EveryMethod, LeavesTheTrialsBeforeAsTheyWere) {
  ASSERT_EQ(sampler_.settle(12), 12);
  const Sampler before = sampler_;
  sampler_.extend(to(0.001, 10, 6), TrialId{12});
  for (std::uint32_t i = 0; i < 12; ++i)
    EXPECT_EQ(sampler_.configuration_of(TrialId{i}), before.configuration_of(TrialId{i}));
}

TEST_P(EveryMethod, TakesFurtherTrialsFromWhatWasAdded) {
  ASSERT_EQ(sampler_.settle(12), 12);
  sampler_.extend(to(0.001, 10, 6), TrialId{12});
  ASSERT_EQ(sampler_.settle(18), 18);
  sampler_.extend(to(0.001, 30, 6), TrialId{18});
  ASSERT_EQ(sampler_.settle(24), 24);
  std::set<double> rates;
  for (std::uint32_t i = 12; i < 18; ++i) {
    const double rate = rate_of(sampler_.configuration_of(TrialId{i}));
    EXPECT_TRUE((rate >= 0.001 && rate <= 0.01) || (rate >= 1 && rate <= 10)) << rate;
    rates.insert(rate < 0.1 ? 0 : 1);
  }
  EXPECT_EQ(rates.size(), 2U) << "one side was left out";
  for (std::uint32_t i = 18; i < 24; ++i) {
    const double rate = rate_of(sampler_.configuration_of(TrialId{i}));
    EXPECT_TRUE(rate >= 10 && rate <= 30) << rate;
  }
  const auto* range = std::get_if<Range>(&sampler_.space().find("learning_rate")->domain);
  ASSERT_NE(range, nullptr);
  EXPECT_EQ(range->min, 0.001);
  EXPECT_EQ(range->max, 30);
}

INSTANTIATE_TEST_SUITE_P(OfSearch, EveryMethod,
                         ::testing::Values(Method::sobol, Method::random, Method::grid));

TEST(Extension, SpreadsSobolPointsEvenlyOverWhatWasAdded) {
  Sampler sampler(space(), Seed{3});
  sampler.extend(to(0.001, 10, 64), TrialId{64});
  std::vector<double> places;  // 0 to 1 below, 1 to 2 above, in decades
  for (std::uint32_t i = 64; i < 128; ++i) {
    const double rate = rate_of(sampler.configuration_of(TrialId{i}));
    places.push_back(rate <= 0.01 ? std::log10(rate / 0.001) : 1 + std::log10(rate));
  }
  std::sort(places.begin(), places.end());
  for (std::size_t i = 0; i < places.size(); ++i)
    EXPECT_NEAR(places[i], (static_cast<double>(i) + 0.5) / 32, 1.0 / 32);
}

TEST(Extension, OfAGridHasWholeRowsAndTheNewBounds) {
  // Momentum counts for sgd only: 4 + 1 combinations for each rate.
  Sampler sampler(space(), Seed{3}, {.method = Method::grid, .grid_points = 4});
  EXPECT_EQ(sampler.configurations(), 20U);
  EXPECT_EQ(sampler.whole("learning_rate", 6), 10);
  EXPECT_EQ(sampler.whole("learning_rate", 10), 10);
  ASSERT_EQ(sampler.settle(40), 20);
  sampler.extend(to(0.01, 100, 10), TrialId{20});
  ASSERT_EQ(sampler.settle(40), 30);
  std::set<std::string> distinct;
  std::set<double> rates;
  for (std::uint32_t i = 20; i < 30; ++i) {
    distinct.insert(text(sampler.configuration_of(TrialId{i})));
    rates.insert(rate_of(sampler.configuration_of(TrialId{i})));
  }
  EXPECT_EQ(distinct.size(), 10U);
  ASSERT_EQ(rates.size(), 2U);
  EXPECT_NEAR(*rates.begin(), 10, 1e-9);
  EXPECT_EQ(*rates.rbegin(), 100);
}

TEST(Extension, IsOnlyOfARangeOnALogarithmicScaleThatNothingDependsOn) {
  const auto is_extendable = [](Hyperparameter rate, std::optional<Hyperparameter> other = {}) {
    SearchSpace all{{std::move(rate)}};
    if (other) all.hyperparameters.push_back(*other);
    return Sampler(all, Seed{1}).extendable("learning_rate") != nullptr;
  };
  const Range range{.min = 0.01, .max = 1, .scale = Scale::log};
  EXPECT_TRUE(is_extendable({"learning_rate", range}));
  EXPECT_FALSE(is_extendable({"rate", range}));
  EXPECT_FALSE(is_extendable({"learning_rate", Fixed{0.1}}));
  EXPECT_FALSE(is_extendable({"learning_rate", Choices{{0.1, 0.2}}}));
  EXPECT_FALSE(is_extendable({"learning_rate", Range{.min = 0.01, .max = 1}}));
  EXPECT_FALSE(is_extendable({"learning_rate", Range{.min = 1, .max = 1, .scale = Scale::log}}));
  EXPECT_FALSE(is_extendable({"learning_rate", range, Condition{"x", {true}}},
                             Hyperparameter{"x", Choices{{true, false}}}));
  EXPECT_FALSE(is_extendable({"learning_rate", range},
                             Hyperparameter{"x", Fixed{1.0}, Condition{"learning_rate", {0.1}}}));
}

TEST(Extension, MustWiden) {
  const Sampler sampler(space(), Seed{3});
  EXPECT_TRUE(sampler.may_extend(to(0.01, 3, 1)));
  EXPECT_TRUE(sampler.may_extend(to(0.001, 1, 1'000'000)));
  for (const Extension& wrong :
       {to(0.01, 1, 6), to(0.1, 3, 6), to(0.001, 0.5, 6), to(0, 3, 6), to(-1, 3, 6),
        to(0.01, INFINITY, 6), to(NAN, 3, 6), to(0.01, NAN, 6), to(0.01, 3, 0),
        to(0.01, 3, 1'000'001), Extension{"momentum", -1, 2, 6}, Extension{"none", 0.1, 2, 6}})
    EXPECT_FALSE(sampler.may_extend(wrong))
        << wrong.name << ' ' << wrong.min << ' ' << wrong.max << ' ' << wrong.trials;
  const Sampler grid(space(), Seed{3}, {.method = Method::grid, .grid_points = 300});
  EXPECT_FALSE(grid.may_extend(to(0.01, 3, 1'000'000))) << "more combinations than a grid may have";
}

TEST(Extension, GoesOnBehindConfigurationsThatWereToBeTriedFirst) {
  // Fewer trials were begun than there are such configurations.
  const Configuration given{{{"learning_rate", 0.5}}};
  Sampler sampler(space(), Seed{3}, {.first = {given, given, given}});
  ASSERT_EQ(sampler.settle(1), 1);
  sampler.extend(to(0.01, 10, 6), TrialId{1});
  ASSERT_EQ(sampler.settle(7), 7);
  EXPECT_EQ(rate_of(sampler.configuration_of(TrialId{0})), 0.5);
  for (std::uint32_t i = 1; i < 7; ++i) EXPECT_GE(rate_of(sampler.configuration_of(TrialId{i})), 1);
}

}  // namespace
}  // namespace stepladder::search
