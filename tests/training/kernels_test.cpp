#include <array>
#include <cmath>
#include <cstring>

#include <gtest/gtest.h>

#include "naive_training.hpp"
#include "small_set.hpp"
#include "stepladder/training/fused_engine.hpp"
#include "stepladder/training/initial_weights.hpp"
#include "stepladder/training/kernels/table.hpp"

namespace stepladder::training {
namespace {

using kernels::Level;

constexpr std::array<std::int64_t, 6> kOddWidths = {1, 3, 17, 75, 305, 1000};
constexpr std::array<std::int64_t, 5> kOddBatches = {1, 7, 127, 128, 129};

const std::vector<Optimizer> kOptimizers = {
    {.kind = OptimizerKind::sgd},
    {.kind = OptimizerKind::momentum},
    {.kind = OptimizerKind::nesterov},
    {.kind = OptimizerKind::rmsprop},
    {.kind = OptimizerKind::adam},
    {.kind = OptimizerKind::adam, .l2 = 0.1, .weight_decay = 0.1},
};
// These need the whole gradient first.
const std::vector<Optimizer> kMoreOptimizers = {
    {.kind = OptimizerKind::momentum, .l2 = 0.1, .clip_norm = 0.1},
    {.kind = OptimizerKind::sgd_hd, .hypergradient_rate = 0.5},
    {.kind = OptimizerKind::nesterov_hd, .l2 = 0.1, .clip_norm = 0.1, .hypergradient_rate = 0.5},
    {.kind = OptimizerKind::adam_hd, .weight_decay = 0.1, .hypergradient_rate = 0.5},
    {.kind = OptimizerKind::adam_hd,
     .l2 = 0.1,
     .hypergradient = Hypergradient::additive,
     .hypergradient_rate = 1e-5},
};

EngineSettings settings_for(std::vector<std::int64_t> widths, std::int64_t batch,
                            const Optimizer& optimizer = {}) {
  return {.architecture = {std::move(widths)},
          .optimizer = optimizer,
          .keep_probability = 0.8,
          .batch = batch,
          .seed = Seed{7},
          .trial = TrialId{3}};
}

State initial(const EngineSettings& settings) {
  return initial_state(settings.architecture, settings.optimizer, settings.seed, settings.trial);
}

State after(const EngineSettings& settings, const FusedSettings& fused, const SmallSet& data,
            std::uint64_t steps, double rate) {
  FusedEngine engine(settings, fused);
  engine.restore(initial(settings));
  for (std::uint64_t i = 0; i < steps; ++i)
    engine.step(data.rows(), data.batch(settings.batch, i), rate);
  return engine.state();
}

bool same_bits(const State& a, const State& b) {
  return a.step == b.step && a.adaptation == b.adaptation && a.values.size() == b.values.size() &&
         std::memcmp(a.values.data(), b.values.data(), a.values.size() * sizeof(float)) == 0;
}

// Between the gradient an engine used and the true one, both recovered from an SGD step at rate 1:
// |error| / |gradient|.
double relative_error(const EngineSettings& settings, const FusedSettings& fused,
                      const SmallSet& data) {
  const State before = initial(settings);
  const std::vector<std::uint32_t> batch = data.batch(settings.batch, 0);
  FusedEngine engine(settings, fused);
  engine.restore(before);
  const double loss = engine.step(data.rows(), batch, 1.0);
  NaiveTraining naive(settings, before.values);
  const double naive_loss = naive.step(data.rows(), batch, 1.0);
  EXPECT_NEAR(loss, naive_loss, (fused.precision == Precision::bf16 ? 0.02 : 2e-6) * naive_loss);

  const State now = engine.state();
  double error = 0;
  double gradient = 0;
  for (std::size_t i = 0; i < now.values.size(); ++i) {
    error += std::pow(naive.weights()[i] - double{now.values[i]}, 2);
    gradient += std::pow(naive.weights()[i] - double{before.values[i]}, 2);
  }
  return std::sqrt(error / gradient);
}

std::vector<std::int64_t> random_widths(const RandomStream& random, std::uint64_t number) {
  const std::uint64_t layers = 1 + random.below(10 * number, 4);
  std::vector<std::int64_t> widths;
  for (std::uint64_t i = 0; i <= layers; ++i)
    widths.push_back(kOddWidths[random.below(10 * number + 1 + i, kOddWidths.size())]);
  if (widths.back() == 1) widths.back() = 2;  // one class has no gradient
  return widths;
}

TEST(Kernels, AgreeWithThreeNestedLoopsAtEveryLevel) {
  const RandomStream random(Seed{5}, Purpose::simulation);
  for (std::uint64_t number = 0; number < 60; ++number) {
    const std::vector<std::int64_t> widths = random_widths(random, number);
    const std::int64_t batch = kOddBatches[random.below(10 * number + 9, kOddBatches.size())];
    const EngineSettings settings = settings_for(widths, batch);
    if (static_cast<double>(settings.architecture.parameters()) * static_cast<double>(batch) > 4e7)
      continue;
    const SmallSet data(200, static_cast<std::size_t>(widths.front()),
                        static_cast<std::int32_t>(widths.back()));
    SCOPED_TRACE(testing::PrintToString(widths) + " batch " + std::to_string(batch));
    for (const Level level : kernels::available_levels())
      EXPECT_LT(relative_error(settings, {.level = level}, data), 2e-5) << name(level);
    for (const Level level : kernels::available_levels(Precision::bf16))
      EXPECT_LT(relative_error(settings, {.precision = Precision::bf16, .level = level}, data),
                0.06);  // ReLUs that rounding switches included
  }
}

TEST(Kernels, OfV3AndV4AgreeBitForBit) {
  if (!kernels::is_available(Level::v4, Precision::fp32)) GTEST_SKIP() << "no AVX-512 here";
  std::size_t number = 0;
  for (const std::int64_t inputs : kOddWidths)
    for (const std::int64_t hidden : kOddWidths)
      for (const std::int64_t outputs : kOddWidths) {
        const std::int64_t batch = kOddBatches[number++ % kOddBatches.size()];
        const std::size_t chosen = number / 7 % (kOptimizers.size() + kMoreOptimizers.size());
        const EngineSettings settings = settings_for(
            {inputs, hidden, outputs}, batch,
            chosen < kOptimizers.size() ? kOptimizers[chosen]
                                        : kMoreOptimizers[chosen - kOptimizers.size()]);
        const SmallSet data(64, static_cast<std::size_t>(inputs),
                            static_cast<std::int32_t>(outputs));
        EXPECT_TRUE(same_bits(after(settings, {.level = Level::v3}, data, 3, 0.01),
                              after(settings, {.level = Level::v4}, data, 3, 0.01)))
            << inputs << ' ' << hidden << ' ' << outputs << " batch " << batch;
      }
}

TEST(Kernels, UpdateTheSameBitsFusedAndSeparately) {
  for (const Optimizer& optimizer : kOptimizers) {
    const EngineSettings settings = settings_for({75, 305, 17, 3}, 7, optimizer);
    const SmallSet data(64, 75, 3);
    for (const Precision precision : {Precision::fp32, Precision::bf16})
      for (const Level level : kernels::available_levels(precision)) {
        const FusedSettings fused{.precision = precision, .level = level};
        const FusedSettings separate{
            .precision = precision, .level = level, .separate_update = true};
        EXPECT_TRUE(same_bits(after(settings, fused, data, 5, 0.01),
                              after(settings, separate, data, 5, 0.01)))
            << name(level) << ' ' << name_of(precision);
      }
  }
}

TEST(Kernels, DotProductsAreTheSameAtEveryLevel) {
  alignas(64) std::array<float, 4000> a{};
  alignas(64) std::array<float, 4000> b{};
  const RandomStream random(Seed{1}, Purpose::simulation);
  double exact = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    a[i] = static_cast<float>(random.normal(i));
    b[i] = static_cast<float>(random.normal(a.size() + i));
    exact += double{a[i]} * double{b[i]};
  }
  std::vector<double> sums;
  for (const Level level : kernels::available_levels()) {
    const auto count = static_cast<std::int64_t>(a.size());
    const double sum = kernels::table_of(level).dot(a.data(), b.data(), count);
    EXPECT_NEAR(sum, exact, 1e-10);
    sums.push_back(sum);
  }
  for (const double sum : sums) EXPECT_EQ(sum, sums.front());
}

TEST(KernelLevels, HaveNamesThatAreReadBack) {
  for (const Level level : {Level::generic, Level::v3, Level::v4})
    EXPECT_EQ(kernels::level_named(kernels::name(level)), level);
  EXPECT_THROW(static_cast<void>(kernels::level_named("v5")), kernels::UnsupportedLevel);
}

TEST(KernelLevels, AreRefusedWhereTheProcessorLacksThem) {
  EXPECT_TRUE(kernels::is_available(Level::generic, Precision::fp32));
  EXPECT_FALSE(kernels::is_available(Level::v3, Precision::bf16));
  EXPECT_THROW(static_cast<void>(kernels::table_of(Level::v3, Precision::bf16)),
               kernels::UnsupportedLevel);
  if (kernels::is_available(Level::v4, Precision::bf16)) return;
  EXPECT_THROW(FusedEngine(settings_for({3, 3}, 1), {.precision = Precision::bf16}),
               kernels::UnsupportedLevel);
}

}  // namespace
}  // namespace stepladder::training
