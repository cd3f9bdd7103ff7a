// No configuration twice: which point a trial takes, and when the search is over.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "search/points.hpp"

namespace stepladder::search {
namespace {

using namespace std::string_literals;

constexpr std::int64_t kMany = 300;

const Hyperparameter kKind{"kind", Choices{{"a"s, "b"s, "c"s, "a"s}}};
const Hyperparameter kCount{"count",
                            Range{.min = 1, .max = 9, .scale = Scale::log, .integer = true}};
const Hyperparameter kMode{"mode", Choices{{true, false}}, Condition{"kind", {"b"s}}};
const Hyperparameter kRate{"rate", Range{.min = 0.1, .max = 1}};
const Hyperparameter kRateOfC{"rate", Range{.min = 0.1, .max = 1}, Condition{"kind", {"c"s}}};

const std::vector<SearchSpace> kSpaces = {{{kKind}},
                                          {{kKind, kMode}},
                                          {{kKind, {"rate", Fixed{0.1}}}},
                                          {{kCount, kKind}},
                                          {{kRate, kKind}},
                                          {{kKind, kRateOfC}},
                                          {{kCount}},
                                          {{kMode, kKind, kRateOfC, kCount}}};

// To be tried first in any of them: in part, twice, and outside.
std::vector<Configuration> some_first(const SearchSpace& space) {
  std::vector<Configuration> first;
  const auto add = [&](std::vector<Setting> settings) {
    std::erase_if(settings, [&](const Setting& s) { return space.find(s.name) == nullptr; });
    first.push_back({std::move(settings)});
  };
  add({});
  add({{"kind", "b"s}, {"count", std::int64_t{2}}});
  add({{"kind", "z"s}, {"count", std::int64_t{70}}, {"rate", 7.5}});
  add({{"count", std::int64_t{70}}, {"kind", "z"s}, {"rate", 7.5}});
  add({{"kind", "a"s}});
  add({});
  return first;
}

class EverySearch : public ::testing::TestWithParam<Method> {
 protected:
  template <class Test>
  static void for_every_search(const Test& test) {
    for (const SearchSpace& space : kSpaces)
      for (const bool has_first : {false, true})
        for (const Seed seed : {Seed{1}, Seed{2}}) {
          Settings settings{.method = GetParam(), .grid_points = 4};
          if (has_first) settings.first = some_first(space);
          SCOPED_TRACE(space.hyperparameters.back().name + ", seed " + std::to_string(seed.value));
          test(space, settings, seed);
        }
  }
};

TEST_P(EverySearch, TakesThePointsWithoutRepeats) {
  for_every_search([](const SearchSpace& space, const Settings& settings, Seed seed) {
    Sampler sampler(space, seed, settings);
    std::vector<Configuration> expected =
        without_repeats(points_of(space, settings, seed, 10 * kMany));
    if (sampler.configurations()) {
      ASSERT_EQ(*sampler.configurations(), expected.size());
    } else {
      ASSERT_GT(std::ssize(expected), kMany);
      expected.resize(static_cast<std::size_t>(kMany));
    }
    ASSERT_EQ(trials_of(sampler, kMany), expected);
  });
}

TEST_P(EverySearch, HasTheSameTrialsHoweverTheyAreAskedFor) {
  for_every_search([](const SearchSpace& space, const Settings& settings, Seed seed) {
    Sampler at_once(space, seed, settings);
    const std::vector<Configuration> trials = trials_of(at_once, 60);
    Sampler one_by_one(space, seed, settings);
    for (std::int64_t i = 1; i <= 60; ++i) {
      const std::int64_t there = std::min<std::int64_t>(i, std::ssize(trials));
      ASSERT_EQ(one_by_one.settle(i), there);
      ASSERT_EQ(one_by_one.settle(i / 2), std::min(i / 2, there)) << "settled before";
    }
    for (std::size_t i = trials.size(); i-- > 0;)
      ASSERT_EQ(one_by_one.configuration_of(TrialId{static_cast<std::uint32_t>(i)}), trials[i]);
  });
}

INSTANTIATE_TEST_SUITE_P(WithoutRepeats, EverySearch,
                         ::testing::Values(Method::sobol, Method::random, Method::grid));

TEST(NewConfigurations, CostNothingWhereARealRangeIsAlwaysDrawnFrom) {
  constexpr std::int64_t kBillions = 2'147'483'647;
  Sampler sampler({{kKind, kRate}}, Seed{1}, {.first = {{{{"rate", 0.5}}}, {{{"rate", 0.5}}}}});
  EXPECT_EQ(sampler.settle(kBillions), kBillions);
  EXPECT_EQ(sampler.configurations(), std::nullopt);
}

// Recorded curves are told apart by the trial's number.
TEST(NewConfigurations, AreNotAskedOfASpaceWithoutHyperparameters) {
  Sampler sampler({}, Seed{1}, {.first = {{}}});
  EXPECT_EQ(sampler.settle(1000), 1000);
  EXPECT_EQ(sampler.configurations(), std::nullopt);
}

TEST(NewConfigurations, EndWhereTenThousandPointsInARowWereTried) {
  std::vector<Value> often(300'000, Value{"often"s});
  often.emplace_back("rare"s);
  const SearchSpace space{{{"word", Choices{often}}}};
  Sampler sampler(space, Seed{1});
  EXPECT_EQ(sampler.configurations(), 2U);
  ASSERT_EQ(without_repeats(points_of(space, {}, Seed{1}, kKnownInARowMax + 1)).size(), 1U);
  EXPECT_EQ(sampler.settle(2), 1);
  EXPECT_EQ(sampler.settle(2), 1);
  Sampler with_rare(space, Seed{1}, {.first = {{{{"word", "often"s}}}, {{{"word", "rare"s}}}}});
  EXPECT_EQ(with_rare.settle(3), 2);
}

TEST(NewConfigurations, TakeOneAndOnePointZeroForTheSame) {
  const SearchSpace space{{{"x", Choices{{std::int64_t{1}, 1.0, 1.5, "1"s}}}}};
  for (const Method method : {Method::sobol, Method::random, Method::grid}) {
    Sampler sampler(space, Seed{1}, {.method = method, .first = {{{{"x", 1.0}}}}});
    EXPECT_EQ(sampler.configurations(), 3U);
    EXPECT_EQ(sampler.settle(9), 3);
  }
}

// A grid's extension has whole rows, of which one may have been tried first.
TEST(NewConfigurations, OfAnExtensionAreThoseThatWereNotTriedFirst) {
  const SearchSpace space{{{"kind", Choices{{"a"s, "b"s}}},
                           {"learning_rate", Range{.min = 0.01, .max = 1, .scale = Scale::log}}}};
  Sampler sampler(space, Seed{1},
                  {.method = Method::grid,
                   .grid_points = 3,
                   .first = {{{{"kind", "b"s}, {"learning_rate", 10.0}}}}});
  EXPECT_EQ(sampler.configurations(), 7U);
  EXPECT_EQ(sampler.settle(9), 7);
  sampler.extend({.name = "learning_rate", .min = 0.01, .max = 10, .trials = 2}, TrialId{7});
  EXPECT_EQ(sampler.settle(9), 8);
  EXPECT_EQ(text(sampler.configuration_of(TrialId{7})), "kind=\"a\" learning_rate=10.0");
}

// All of a grid may be tried, or only its beginning, before a range is extended.
TEST(NewConfigurations, OfAnExtensionBeginBehindThoseTriedBefore) {
  const SearchSpace space{{{"learning_rate", Range{.min = 0.01, .max = 1, .scale = Scale::log}}}};
  Sampler sampler(space, Seed{1}, {.method = Method::grid, .grid_points = 5});
  EXPECT_EQ(sampler.settle(3), 3);
  sampler.extend({.name = "learning_rate", .min = 0.001, .max = 1, .trials = 2}, TrialId{3});
  EXPECT_EQ(sampler.settle(9), 5);
  EXPECT_EQ(text(sampler.configuration_of(TrialId{3})), "learning_rate=0.001");
}

// What is left open is completed from the draw of its own number, which the search meets again.
TEST(NewConfigurations, LeaveOutTheDrawThatCompletedOneToTryFirst) {
  const Sampler plain({{kRate, kKind}}, Seed{1});
  const Configuration draw = plain.configuration_of(TrialId{0});
  Sampler sampler({{kRate, kKind}}, Seed{1}, {.first = {{{{"kind", *draw.find("kind")}}}}});
  ASSERT_EQ(sampler.settle(3), 3);
  EXPECT_EQ(sampler.configuration_of(TrialId{0}), draw);
  EXPECT_EQ(sampler.configuration_of(TrialId{1}), plain.configuration_of(TrialId{1}));
  EXPECT_EQ(sampler.configuration_of(TrialId{2}), plain.configuration_of(TrialId{2}));
}

}  // namespace
}  // namespace stepladder::search
