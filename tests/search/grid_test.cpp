// Grids, conditions, and configurations to try first.
#include <limits>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/points.hpp"

namespace stepladder::search {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;

std::vector<std::string> all_of(Sampler sampler) {
  std::vector<std::string> texts;
  for (const Configuration& trial : trials_of(sampler, 10'000)) texts.push_back(text(trial));
  return texts;
}

Settings grid_of(std::int64_t points) { return {.method = Method::grid, .grid_points = points}; }

const Hyperparameter kPolicy{"policy", Choices{{"constant"s, "exponential"s}}};
const Hyperparameter kRate{"rate", Range{.min = 0, .max = 1}};
const Hyperparameter kDecay{"decay", Choices{{std::int64_t{10}, std::int64_t{20}}},
                            Condition{"policy", {"exponential"s}}};

TEST(Grid, LetsTheLastHyperparameterVaryFastest) {
  EXPECT_THAT(all_of(Sampler(SearchSpace{{kPolicy, kRate}}, Seed{1}, grid_of(3))),
              ElementsAre("policy=\"constant\" rate=0.0", "policy=\"constant\" rate=0.5",
                          "policy=\"constant\" rate=1.0", "policy=\"exponential\" rate=0.0",
                          "policy=\"exponential\" rate=0.5", "policy=\"exponential\" rate=1.0"));
}

TEST(Grid, SpacesARangeEvenlyOnItsScale) {
  const SearchSpace log{{{"x", Range{.min = 1e-4, .max = 1, .scale = Scale::log}}}};
  const Sampler sampler(log, Seed{1}, grid_of(5));
  ASSERT_EQ(sampler.configurations(), 5U);
  double expected = 1e-4;
  for (std::uint32_t i = 0; i < 5; ++i, expected *= 10)
    EXPECT_NEAR(std::get<double>(sampler.configuration_of(TrialId{i}).settings[0].value), expected,
                1e-12 * expected);
  // Both ends are met to the last bit.
  EXPECT_EQ(sampler.configuration_of(TrialId{0}).settings[0].value, Value{1e-4});
  EXPECT_EQ(sampler.configuration_of(TrialId{4}).settings[0].value, Value{1.0});
  EXPECT_EQ(all_of(Sampler(SearchSpace{{kRate}}, Seed{1}, grid_of(1))),
            std::vector<std::string>{"rate=0.5"});
}

TEST(Grid, HasAnIntegerOnce) {
  const SearchSpace space{{{"n", Range{.min = 1, .max = 3, .integer = true}}}};
  EXPECT_THAT(all_of(Sampler(space, Seed{1}, grid_of(9))), ElementsAre("n=1", "n=2", "n=3"));
  const SearchSpace one{{{"x", Range{.min = 0.3, .max = 0.3}}, {"y", Fixed{true}}}};
  EXPECT_THAT(all_of(Sampler(one, Seed{1}, grid_of(9))), ElementsAre("x=0.3 y=true"));
}

TEST(Grid, HasAChoiceOnceHoweverOftenItIsListed) {
  const SearchSpace space{{{"x", Choices{{true, false, true}}}}};
  EXPECT_THAT(all_of(Sampler(space, Seed{1}, grid_of(5))), ElementsAre("x=true", "x=false"));
}

TEST(Grid, HasEachConditionalCombinationOnce) {
  EXPECT_THAT(all_of(Sampler(SearchSpace{{kPolicy, kDecay}}, Seed{1}, grid_of(5))),
              ElementsAre("policy=\"constant\"", "policy=\"exponential\" decay=10",
                          "policy=\"exponential\" decay=20"));
  // Also where the condition's hyperparameter comes later in the file.
  EXPECT_THAT(all_of(Sampler(SearchSpace{{kDecay, kPolicy}}, Seed{1}, grid_of(5))),
              ElementsAre("policy=\"constant\"", "decay=10 policy=\"exponential\"",
                          "decay=20 policy=\"exponential\""));
}

TEST(Grid, HasEveryDistinctCombinationOnce) {
  const SearchSpace space{{kDecay,
                           kRate,
                           kPolicy,
                           {"n", Range{.min = 1, .max = 50, .scale = Scale::log, .integer = true}},
                           {"m", Range{.min = 0, .max = 1}, Condition{"policy", {"constant"s}}}}};
  const std::vector<std::string> texts = all_of(Sampler(space, Seed{1}, grid_of(4)));
  EXPECT_EQ(std::set<std::string>(texts.begin(), texts.end()).size(), texts.size());
  EXPECT_EQ(texts.size(), 4U * 4 * (4 + 2));  // rate x n x (constant: m, exponential: decay)
}

TEST(Grid, IsTheSameForEverySeed) {
  const SearchSpace space{{kPolicy, kRate, kDecay}};
  EXPECT_EQ(all_of(Sampler(space, Seed{1}, grid_of(3))),
            all_of(Sampler(space, Seed{2}, grid_of(3))));
}

TEST(Grid, IsRefusedWhereItIsTooLarge) {
  SearchSpace space;
  for (int i = 0; i < 7; ++i)
    space.hyperparameters.push_back({"x" + std::to_string(i), Range{.min = 0, .max = 1}});
  EXPECT_THROW(Sampler(space, Seed{1}, grid_of(10)), SpaceError);
  const SearchSpace one{{kRate}};
  EXPECT_NO_THROW(Sampler(one, Seed{1}, grid_of(1'000'000)));
  EXPECT_THROW(Sampler(one, Seed{1}, grid_of(1'000'001)), SpaceError);
  EXPECT_THROW(Sampler(one, Seed{1}, grid_of(std::numeric_limits<std::int64_t>::max())),
               SpaceError);  // and before it is built
}

TEST(Conditions, LeaveOutWhatDoesNotApply) {
  for (const Method method : {Method::sobol, Method::random}) {
    const Sampler sampler(SearchSpace{{kPolicy, kDecay, kRate}}, Seed{1}, {.method = method});
    int conditional = 0;
    for (std::uint32_t i = 0; i < 200; ++i) {
      const Configuration configuration = sampler.configuration_of(TrialId{i});
      const bool applies = *configuration.find("policy") == Value{"exponential"s};
      EXPECT_EQ(configuration.find("decay") != nullptr, applies);
      EXPECT_EQ(configuration.settings.back().name, "rate");
      conditional += applies ? 1 : 0;
    }
    EXPECT_NEAR(conditional, 100, method == Method::sobol ? 8 : 30);
  }
}

// A conditional hyperparameter has its dimension whether it applies or not, so that the others do
// not move.
TEST(Conditions, DoNotMoveTheOthers) {
  Hyperparameter always = kDecay;
  always.when.reset();
  const Sampler with(SearchSpace{{kPolicy, kDecay, kRate}}, Seed{1});
  const Sampler without(SearchSpace{{kPolicy, always, kRate}}, Seed{1});
  for (std::uint32_t i = 0; i < 100; ++i) {
    const Configuration conditional = with.configuration_of(TrialId{i});
    const Configuration whole = without.configuration_of(TrialId{i});
    EXPECT_EQ(*conditional.find("rate"), *whole.find("rate"));
    if (const Value* decay = conditional.find("decay")) {
      EXPECT_EQ(*decay, *whole.find("decay"));
    }
  }
}

TEST(First, ConfigurationsComeFirstAndAreFilledUp) {
  const SearchSpace space{{kPolicy, kRate, kDecay}};
  const std::vector<Configuration> first = {
      {{{"rate", 0.25}, {"policy", "constant"s}}},
      {{{"policy", "exponential"s}, {"decay", std::int64_t{7}}}}};
  for (const Method method : {Method::sobol, Method::random, Method::grid}) {
    Sampler sampler(space, Seed{1}, {.method = method, .grid_points = 2, .first = first});
    ASSERT_EQ(sampler.settle(8), 8);
    EXPECT_EQ(text(sampler.configuration_of(TrialId{0})), "policy=\"constant\" rate=0.25");
    const Configuration second = sampler.configuration_of(TrialId{1});
    EXPECT_EQ(*second.find("policy"), Value{"exponential"s});
    EXPECT_EQ(*second.find("decay"), Value{std::int64_t{7}});
    EXPECT_NE(second.find("rate"), nullptr);
    // What comes after them is what would have come without them.
    const Sampler plain(space, Seed{1}, {.method = method, .grid_points = 2});
    for (std::uint32_t i = 0; i < 6; ++i)
      EXPECT_EQ(sampler.configuration_of(TrialId{i + 2}), plain.configuration_of(TrialId{i}));
  }
  const Sampler grid(space, Seed{1}, {.method = Method::grid, .grid_points = 2, .first = first});
  EXPECT_EQ(grid.configurations(), 2U + 2 * (1 + 2));
  EXPECT_EQ(Sampler(space, Seed{1}, {.first = first}).configurations(), std::nullopt);
}

TEST(First, ConfigurationsMayNameOnlyWhatTheSpaceHas) {
  EXPECT_THROW(Sampler(SearchSpace{{kRate}}, Seed{1}, {.first = {{{{"rat", 0.1}}}}}), SpaceError);
}

}  // namespace
}  // namespace stepladder::search
