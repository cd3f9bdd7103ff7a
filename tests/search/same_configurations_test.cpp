// The first ten thousand configurations of each kind of search have the bits they always had, on
// every machine: a journal replays only while they stay.
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include "stepladder/search/sampler.hpp"
#include "stepladder/trial/random.hpp"

namespace stepladder::search {
namespace {

constexpr std::uint32_t kTrials = 10'000;

SearchSpace space() {
  return {
      {{"learning_rate", Range{.min = 1e-4, .max = 1, .scale = Scale::log}},
       {"optimizer", Choices{{Value{"sgd"}, Value{"momentum"}, Value{"adam"}}}},
       {"momentum", Range{.min = 0.5, .max = 0.99}, Condition{"optimizer", {Value{"momentum"}}}},
       {"l2", Range{.min = 1e-8, .max = 1e-2, .scale = Scale::log}},
       {"decay_steps", Range{.min = 10, .max = 3000, .scale = Scale::log, .integer = true}}}};
}

// The range of the learning rate is extended on the way.
std::uint64_t sum_of(const Settings& settings) {
  Sampler sampler(space(), Seed{1}, settings);
  const Extension extension{.name = "learning_rate", .min = 1e-5, .max = 10, .trials = 5000};
  std::uint64_t sum = 0;
  for (std::uint32_t trial = 0; trial < kTrials; ++trial) {
    if (trial == kTrials / 2) sampler.extend(extension, TrialId{trial});
    static_cast<void>(sampler.settle(trial + 1));
    for (const char letter : text(sampler.configuration_of(TrialId{trial})))
      sum = mix(sum ^ static_cast<std::uint64_t>(letter)) + 1;
  }
  return sum;
}

TEST(SameConfigurations, OfSobolPoints) {
  EXPECT_EQ(sum_of({.method = Method::sobol}), 8534216306148963548U);
}
TEST(SameConfigurations, OfRandomDraws) {
  EXPECT_EQ(sum_of({.method = Method::random}), 1196518723669929536U);
}
TEST(SameConfigurations, OfAGrid) {
  EXPECT_EQ(sum_of({.method = Method::grid, .grid_points = 13}), 2004320409299545335U);
}

}  // namespace
}  // namespace stepladder::search
