// Pause and resume through a checkpoint's bytes: whatever the optimizer, the policy and the
// precision, a trial in pieces ends with the bits of one that never stopped.
#include <array>
#include <bit>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "stepladder/training/kernels/level.hpp"
#include "stepladder/training/trainer.hpp"
#include "training/small_set.hpp"
#include "wire/checkpoint_bytes.hpp"

namespace stepladder::wire {
namespace {

using training::Precision;

constexpr Steps kHorizon = 40;
constexpr std::array<Steps, 4> kPauses = {0, 1, 2, 27};  // before, during and after warm-up

struct Way {
  std::string name;
  Configuration settings;
};

Way way(std::string name, std::vector<Setting> settings) {
  return {std::move(name), Configuration{std::move(settings)}};
}

const std::int64_t kWarmup = 5;
const std::int64_t kDecaySteps = 7;

std::vector<Way> optimizers() {
  std::vector<Way> ways = {
      way("sgd", {{"optimizer", "sgd"}, {"l2", 0.01}}),
      way("sgd_clipped", {{"optimizer", "sgd"}, {"clip_norm", 0.3}, {"warmup_steps", kWarmup}}),
      way("momentum", {{"optimizer", "momentum"}, {"weight_decay", 0.1}}),
      way("nesterov", {{"optimizer", "nesterov"}, {"warmup_steps", kWarmup}}),
      way("rmsprop", {{"optimizer", "rmsprop"}, {"l2", 0.01}, {"weight_decay", 0.1}}),
      way("adam", {{"optimizer", "adam"}}),
      way("adam_clipped", {{"optimizer", "adam"}, {"clip_norm", 0.3}, {"l2", 0.01}}),
      way("adamw", {{"optimizer", "adamw"}, {"warmup_steps", kWarmup}}),
  };
  for (const char* optimizer : {"sgd_hd", "nesterov_hd", "adam_hd"}) {
    const std::string name = optimizer;
    ways.push_back(way(name, {{"optimizer", name}, {"hypergradient_rate", 0.1}}));
    ways.push_back(way(name + "_additive", {{"optimizer", name},
                                            {"hypergradient", "additive"},
                                            {"hypergradient_rate", 1e-4},
                                            {"l2", 0.01},
                                            {"weight_decay", 0.1},
                                            {"clip_norm", 0.3},
                                            {"warmup_steps", kWarmup}}));
  }
  return ways;
}

std::vector<Way> policies() {
  return {
      way("constant", {{"policy", "constant"}}),
      way("exponential",
          {{"policy", "exponential"}, {"decay_steps", kDecaySteps}, {"decay_rate", 0.7}}),
      way("step", {{"policy", "step"}, {"decay_steps", kDecaySteps}, {"decay_rate", 0.5}}),
      way("inverse_time", {{"policy", "inverse_time"},
                           {"decay_steps", kDecaySteps},
                           {"decay_rate", 0.5},
                           {"staircase", true}}),
      way("polynomial", {{"policy", "polynomial"}, {"decay_steps", kHorizon}, {"power", 2.0}}),
      way("linear", {{"policy", "linear"}}),
      way("cosine", {{"policy", "cosine"}, {"end_factor", 0.1}}),
      way("one_cycle", {{"policy", "one_cycle"}}),
      way("wsd", {{"policy", "wsd"}, {"cooldown_fraction", 0.5}}),
  };
}

struct Machine {
  std::string name;
  training::EngineKind engine = training::EngineKind::fused;
  Precision precision = Precision::fp32;
};
const std::vector<Machine> kMachines = {
    {.name = "reference", .engine = training::EngineKind::reference},
    {.name = "fp32"},
    {.name = "bf16", .precision = Precision::bf16}};

bool are_same_bits(const training::State& a, const training::State& b) {
  if (a.step != b.step || a.values.size() != b.values.size()) return false;
  if (std::bit_cast<std::uint64_t>(a.adaptation) != std::bit_cast<std::uint64_t>(b.adaptation))
    return false;
  for (std::size_t i = 0; i < a.values.size(); ++i)
    if (std::bit_cast<std::uint32_t>(a.values[i]) != std::bit_cast<std::uint32_t>(b.values[i]))
      return false;
  return true;
}

bool always(Steps) { return true; }

class Resume : public ::testing::TestWithParam<Machine> {
 protected:
  [[nodiscard]] training::Trainer trainer(const Way& optimizer, const Way& policy) const {
    Configuration all{{{"learning_rate", 0.01}}};
    for (const Way* part : {&optimizer, &policy})
      all.settings.insert(all.settings.end(), part->settings.settings.begin(),
                          part->settings.settings.end());
    for (const Setting& setting : all.settings) training::check(setting);
    return {set_.rows(),
            set_.all(),
            model_,
            training::recipe_of(all, kHorizon),
            Seed{1},
            TrialId{3},
            training::engine_maker(model_)};
  }

  training::SmallSet set_{100, 11, 3};
  training::Model model_{.hidden = {50, 6},
                         .batch = 9,
                         .keep_probability = 0.75,
                         .engine = GetParam().engine,
                         .precision = GetParam().precision};
};

TEST_P(Resume, EndsWithTheBitsOfATrialThatNeverStopped) {
  if (training::kernels::available_levels(GetParam().precision).empty())
    GTEST_SKIP() << "no AVX512_BF16 here";
  for (const Way& optimizer : optimizers())
    for (const Way& policy : policies()) {
      SCOPED_TRACE(optimizer.name + ' ' + policy.name);
      training::Trainer whole = trainer(optimizer, policy);
      ASSERT_EQ(whole.train_to(kHorizon, always), training::Progress{training::Reached{kHorizon}});
      Bytes checkpoint = encode(trainer(optimizer, policy).state());
      for (std::size_t i = 0; i <= kPauses.size(); ++i) {
        const Steps to = i < kPauses.size() ? kPauses[i] : kHorizon;
        training::Trainer piece = trainer(optimizer, policy);
        piece.restore(state_from(checkpoint));
        ASSERT_EQ(piece.train_to(to, always), training::Progress{training::Reached{to}});
        checkpoint = encode(piece.state());
      }
      EXPECT_TRUE(are_same_bits(state_from(checkpoint), whole.state()));
      EXPECT_NE(whole.state(), trainer(optimizer, policy).state());
    }
}

INSTANTIATE_TEST_SUITE_P(Everywhere, Resume, ::testing::ValuesIn(kMachines),
                         [](const auto& machine) { return machine.param.name; });

// What the property above runs through is everything there is to choose.
TEST(Resume, CoversEveryOptimizerAndPolicy) {
  EXPECT_EQ(policies().size(), training::kPolicies.size());
  std::vector<bool> is_covered(training::kOptimizers.size());
  for (const Way& optimizer : optimizers()) {
    Configuration configuration = optimizer.settings;
    configuration.settings.push_back({"learning_rate", 0.01});
    is_covered.at(static_cast<std::size_t>(training::recipe_of(configuration).optimizer.kind)) =
        true;
  }
  EXPECT_EQ(is_covered, std::vector<bool>(is_covered.size(), true));
}

}  // namespace
}  // namespace stepladder::wire
