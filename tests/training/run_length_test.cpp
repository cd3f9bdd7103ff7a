// Hyperparameters that are counted in steps, against the length of the run.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stepladder/training/recipe.hpp"

namespace stepladder::training {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using namespace std::string_literals;

constexpr Steps kRun = 300;

Hyperparameter fixed(const std::string& name, Value value) { return {name, Fixed{value}}; }
Value steps(Steps number) { return Value{number}; }
Hyperparameter step_range(const std::string& name, double min, double max) {
  return {name, Range{.min = min, .max = max, .scale = Scale::log, .integer = true}};
}

// What is said of the space, for a run of kRun steps; "" where nothing is.
std::string said_of(std::vector<Hyperparameter> hyperparameters, Steps run = kRun) {
  hyperparameters.insert(hyperparameters.begin(), fixed("learning_rate", 0.1));
  try {
    check_length(SearchSpace{std::move(hyperparameters)}, run);
    return "";
  } catch (const SpaceError& error) {
    EXPECT_THAT(error.what(), HasSubstr(error.name));
    return error.what();
  }
}

TEST(RunLength, HoldsAWarmUpThatEndsWithIt) {
  EXPECT_EQ(said_of({fixed("warmup_steps", steps(300))}), "");
  EXPECT_EQ(said_of({step_range("warmup_steps", 10, 300)}), "");
  EXPECT_EQ(said_of({fixed("warmup_steps", steps(301))}),
            "warmup_steps = 301 is more than max_steps = 300: the rate would never rise to "
            "learning_rate; lower it");
  EXPECT_THAT(said_of({{"warmup_steps", Choices{{steps(400), steps(10)}}}}),
              StartsWith("warmup_steps = 400 is more than max_steps = 300"));
  EXPECT_EQ(said_of({step_range("warmup_steps", 10, 3000)}),
            "the range of warmup_steps reaches 3000, which is more than max_steps = 300: the rate "
            "would never rise to learning_rate; lower it");
}

// 0.5^(t / D) at t = 299 is below 0.99 up to D = 299 * ln(0.5) / ln(0.99) = 20621.
TEST(RunLength, HoldsADecayByOnePerCent) {
  const auto exponential = [](const Hyperparameter& decay_steps, Value decay_rate = 0.5) {
    return std::vector<Hyperparameter>{fixed("policy", "exponential"s),
                                       fixed("decay_rate", std::move(decay_rate)), decay_steps};
  };
  EXPECT_EQ(said_of(exponential(fixed("decay_steps", steps(20621)))), "");
  EXPECT_EQ(said_of(exponential(fixed("decay_steps", steps(20622)))), "") << "somebody's wish";
  EXPECT_EQ(said_of(exponential(step_range("decay_steps", 20621, 1e6))), "");
  EXPECT_EQ(said_of(exponential(step_range("decay_steps", 20622, 1e6))),
            "the range of decay_steps begins at 20622, which lowers the learning rate by less than "
            "1 % within max_steps = 300; lower it");
  // It is decay_rate that keeps the rate here.
  EXPECT_EQ(said_of(exponential(fixed("decay_steps", steps(20622)), 1.0)), "");
}

TEST(RunLength, HoldsTheFirstStairAtLeast) {
  const auto stairs = [](Steps length) {
    return said_of({fixed("policy", "step"s),
                    fixed("decay_rate", 0.5),
                    {"decay_steps", Choices{{steps(length)}}}});
  };
  EXPECT_EQ(stairs(299), "");  // the last update is at t = 299
  EXPECT_THAT(stairs(300), StartsWith("decay_steps = 300 lowers"));
}

// What decays least does not count, as long as something else in the space decays.
TEST(RunLength, IsJudgedByTheChoicesThatDecayMost) {
  const std::vector<Hyperparameter> space = {
      {"policy", Choices{{"cosine"s, "inverse_time"s, "step"s}}},
      {"decay_rate", Range{.min = 0.01, .max = 1}},
      {"decay_steps", Choices{{steps(29001), steps(29000)}}}};  // 1 / (1 + 299 / 29000) = 0.9898
  EXPECT_EQ(said_of(space), "");
  EXPECT_THAT(said_of(space, 290), StartsWith("decay_steps = 29000 lowers"));
}

}  // namespace
}  // namespace stepladder::training
