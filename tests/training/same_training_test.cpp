// A short training has the bits it always had, on every machine: for each engine, and for the fused
// one at each level of its kernels.
#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include <Eigen/Core>
#include <gtest/gtest.h>

#include "stepladder/training/bench.hpp"
#include "stepladder/training/engines.hpp"
#include "stepladder/training/fused_engine.hpp"
#include "stepladder/training/reference_engine.hpp"
#include "stepladder/training/trainer.hpp"
#include "training/small_set.hpp"

namespace stepladder::training {
namespace {

constexpr Steps kSteps = 40;

// Every policy that computes, every optimizer that does.
std::vector<Configuration> configurations() {
  const std::int64_t decay_steps = 17;
  return {
      {{{"learning_rate", 0.1}, {"policy", "constant"}, {"optimizer", "sgd"}}},
      {{{"learning_rate", 0.03},
        {"policy", "exponential"},
        {"decay_steps", decay_steps},
        {"decay_rate", 0.7},
        {"optimizer", "adam"}}},
      {{{"learning_rate", 0.1},
        {"policy", "polynomial"},
        {"decay_steps", std::int64_t{50}},
        {"power", 1.7},
        {"optimizer", "nesterov"}}},
      {{{"learning_rate", 0.1}, {"policy", "cosine"}, {"optimizer", "momentum"}}},
      {{{"learning_rate", 0.01}, {"policy", "one_cycle"}, {"optimizer", "rmsprop"}}},
      {{{"learning_rate", 0.01}, {"optimizer", "adam_hd"}, {"clip_norm", 0.5}}},
      {{{"learning_rate", 0.1}, {"optimizer", "sgd_hd"}, {"hypergradient", "additive"}}},
  };
}

// More features than Eigen's blocks are deep.
std::uint64_t sum_of(const MakeEngine& make_engine) {
  const SmallSet set(200, 900, 5);
  const Model model{.hidden = {33, 17}, .batch = 16, .keep_probability = 0.75};
  std::uint64_t sum = 0;
  const auto add = [&sum](std::uint64_t bits) { sum = mix(sum ^ bits) + 1; };
  for (const Configuration& configuration : configurations()) {
    Trainer trainer(set.rows(), set.all(), model, recipe_of(configuration, kSteps), Seed{1},
                    TrialId{3}, make_engine, true);
    EXPECT_EQ(trainer.train_to(kSteps, [](Steps) { return true; }), Progress{Reached{kSteps}});
    add(checksum(trainer.state().values));
    const Score score = std::get<Score>(trainer.score(set.rows(), set.all()));
    add(std::bit_cast<std::uint64_t>(score[0]));
    add(std::bit_cast<std::uint64_t>(score[1]));
  }
  return sum;
}

#ifdef __x86_64__

TEST(SameTraining, OfTheReferenceEngine) {
  EXPECT_EQ(sum_of(make_reference_engine), 5365406921731881437U);
}

std::uint64_t sum_of(Precision precision, kernels::Level level) {
  return sum_of([&](const EngineSettings& settings) {
    return std::make_unique<FusedEngine>(settings,
                                         FusedSettings{.precision = precision, .level = level});
  });
}

TEST(SameTraining, OfTheFusedEngineAtEachLevel) {
  for (const kernels::Level level : kernels::available_levels(Precision::fp32))
    EXPECT_EQ(sum_of(Precision::fp32, level),
              level == kernels::Level::generic ? 2838757598266585827U : 2271305332676400689U)
        << name(level);
  for (const kernels::Level level : kernels::available_levels(Precision::bf16))
    EXPECT_EQ(sum_of(Precision::bf16, level), 11214314977319372006U);
}

// By which Eigen orders the sums of a matrix product.
TEST(SameTraining, TakesNoNoticeOfTheProcessorsCaches) {
  EXPECT_EQ(Eigen::l1CacheSize(), 32 * 1024);
  EXPECT_EQ(Eigen::l2CacheSize(), 256 * 1024);
  EXPECT_EQ(Eigen::l3CacheSize(), 2048 * 1024);
}

#endif

}  // namespace
}  // namespace stepladder::training
