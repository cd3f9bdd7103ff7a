// How many different configurations there are.
#include <string>

#include <gtest/gtest.h>

#include "search/points.hpp"

namespace stepladder::search {
namespace {

using namespace std::string_literals;

Hyperparameter choices(const std::string& name, std::vector<Value> values,
                       std::optional<Condition> when = std::nullopt) {
  return {name, Choices{std::move(values)}, std::move(when)};
}

Hyperparameter whole(const std::string& name, double min, double max,
                     std::optional<Condition> when = std::nullopt) {
  return {name, Range{.min = min, .max = max, .integer = true}, std::move(when)};
}

const Hyperparameter kRate = {"rate", Range{.min = 0.1, .max = 1}};

// So many are met when drawn until nothing new can be expected.
std::uint64_t drawn(const SearchSpace& space, const Settings& settings) {
  return without_repeats(points_of(space, settings, Seed{1}, 4000)).size();
}

std::optional<std::uint64_t> different_configurations(const SearchSpace& space,
                                                      const Settings& settings) {
  return Sampler(space, Seed{1}, settings).configurations();
}

TEST(DifferentConfigurations, AreAsManyAsAreEverDrawn) {
  const Condition if_b{.name = "kind", .values = {"b"s, "c"s, "nowhere"s}};
  const Condition if_two{.name = "count", .values = {std::int64_t{2}, std::int64_t{9}}};
  const std::vector<SearchSpace> spaces = {
      {{choices("kind", {"a"s})}},
      {{choices("kind", {"a"s, "b"s, "a"s}), {"rate", Fixed{0.5}}}},
      {{choices("kind", {"a"s, "b"s, "c"s, "d"s}), whole("steps", 3, 7, if_b),
        choices("mode", {true, false}, if_b)}},
      {{whole("count", 1, 4), choices("mode", {1.0, 2.0, 3.0}, if_two), choices("kind", {"a"s})}},
      {{{"rate", Range{.min = 0.5, .max = 0.5}}, whole("count", -2, 2)}},
      {{choices("kind", {"a"s}), {"rate", Range{.min = 0.1, .max = 1}, if_b}}}};
  for (const SearchSpace& space : spaces)
    for (const Method method : {Method::sobol, Method::random, Method::grid}) {
      const Settings settings{.method = method, .grid_points = 3};
      EXPECT_EQ(different_configurations(space, settings), drawn(space, settings))
          << space.hyperparameters.front().name;
    }
}

TEST(DifferentConfigurations, CountWhatIsTriedFirstOutsideTheSpaceOnce) {
  const SearchSpace space{{choices("kind", {"a"s, "b"s}), choices("rate", {0.1, 0.2})}};
  const Settings settings{.first = {{{{"rate", 0.7}, {"kind", "a"s}}},
                                    {{{"rate", 0.7}, {"kind", "a"s}}},
                                    {{{"rate", 0.1}}},
                                    {{{"kind", "z"s}, {"rate", 0.1}}}}};
  EXPECT_EQ(different_configurations(space, settings), 4U + 2U);
  EXPECT_EQ(drawn(space, settings), 4U + 2U);
}

TEST(DifferentConfigurations, OfARealRangeHaveNoEnd) {
  EXPECT_EQ(different_configurations({{kRate}}, {}), std::nullopt);
  EXPECT_EQ(different_configurations({{kRate}}, {.method = Method::grid, .grid_points = 4}), 4U);
  const Condition if_b{.name = "kind", .values = {"b"s}};
  Hyperparameter rate = kRate;
  rate.when = if_b;
  EXPECT_EQ(different_configurations({{choices("kind", {"a"s, "b"s}), rate}}, {}), std::nullopt);
  EXPECT_EQ(different_configurations({{whole("a", 0, 0x1p52), whole("b", 0, 0x1p52)}}, {}),
            std::nullopt);
}

}  // namespace
}  // namespace stepladder::search
