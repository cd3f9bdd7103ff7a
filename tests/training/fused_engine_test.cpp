#include "stepladder/training/fused_engine.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>

#include <gtest/gtest.h>

#include "small_set.hpp"
#include "stepladder/training/bench.hpp"
#include "stepladder/training/initial_weights.hpp"
#include "stepladder/training/reference_engine.hpp"

namespace stepladder::training {
namespace {

const std::vector<Optimizer> kOptimizers = {
    {.kind = OptimizerKind::sgd},
    {.kind = OptimizerKind::momentum},
    {.kind = OptimizerKind::nesterov},
    {.kind = OptimizerKind::rmsprop},
    {.kind = OptimizerKind::adam},
    {.kind = OptimizerKind::momentum, .l2 = 0.01},
    {.kind = OptimizerKind::adam, .weight_decay = 0.1},
    {.kind = OptimizerKind::rmsprop, .clip_norm = 0.5},
    {.kind = OptimizerKind::sgd_hd},
    {.kind = OptimizerKind::nesterov_hd, .l2 = 0.01, .clip_norm = 0.5},
    {.kind = OptimizerKind::adam_hd, .l2 = 0.01, .weight_decay = 0.1},
    {.kind = OptimizerKind::sgd_hd,
     .hypergradient = Hypergradient::additive,
     .hypergradient_rate = 1e-3},
    {.kind = OptimizerKind::nesterov_hd,
     .hypergradient = Hypergradient::additive,
     .hypergradient_rate = 1e-4},
    {.kind = OptimizerKind::adam_hd,
     .hypergradient = Hypergradient::additive,
     .hypergradient_rate = 1e-6},
};

EngineSettings settings_with(const Optimizer& optimizer, double keep_probability = 0.8) {
  return {.architecture = {{50, 70, 33, 5}},
          .optimizer = optimizer,
          .keep_probability = keep_probability,
          .batch = 32,
          .seed = Seed{11},
          .trial = TrialId{4}};
}

std::string text(const Optimizer& optimizer) {
  return "optimizer " + std::to_string(static_cast<int>(optimizer.kind)) + " l2 " +
         std::to_string(optimizer.l2) + " weight_decay " + std::to_string(optimizer.weight_decay) +
         " clip_norm " + std::to_string(optimizer.clip_norm.value_or(0)) +
         (optimizer.hypergradient == Hypergradient::additive ? " additive" : "");
}

double rate_for(OptimizerKind kind) {
  return kind == OptimizerKind::adam || kind == OptimizerKind::adam_hd ||
                 kind == OptimizerKind::rmsprop
             ? 0.001
             : 0.01;
}

State initial(const EngineSettings& settings) {
  return initial_state(settings.architecture, settings.optimizer, settings.seed, settings.trial);
}

void train(Engine& engine, const SmallSet& data, const EngineSettings& settings, std::uint64_t from,
           std::uint64_t to) {
  for (std::uint64_t i = from; i < to; ++i)
    engine.step(data.rows(), data.batch(settings.batch, i), rate_for(settings.optimizer.kind));
}

bool same_bits(const State& a, const State& b) {
  return a.step == b.step && a.adaptation == b.adaptation && a.values.size() == b.values.size() &&
         std::memcmp(a.values.data(), b.values.data(), a.values.size() * sizeof(float)) == 0;
}

// |a - b| / |b - begin|: the difference, in units of how far training has gone.
double distance(const State& a, const State& b, const State& begin, std::size_t parameters) {
  double difference = 0;
  double way = 0;
  for (std::size_t i = 0; i < parameters; ++i) {
    difference += std::pow(double{a.values[i]} - double{b.values[i]}, 2);
    way += std::pow(double{b.values[i]} - double{begin.values[i]}, 2);
  }
  return std::sqrt(difference / way);
}

double distance_to_reference(const EngineSettings& settings, const FusedSettings& fused) {
  const SmallSet data(500, 50, 5);
  FusedEngine engine(settings, fused);
  ReferenceEngine reference(settings);
  const State begin = initial(settings);
  engine.restore(begin);
  reference.restore(begin);
  train(engine, data, settings, 0, 200);
  train(reference, data, settings, 0, 200);
  return distance(engine.state(), reference.state(), begin, settings.architecture.parameters());
}

TEST(FusedEngine, GoesTheReferencesWayFor200Steps) {
  for (const Optimizer& optimizer : kOptimizers)
    for (const double keep : {1.0, 0.8})
      for (const kernels::Level level : kernels::available_levels())
        EXPECT_LT(distance_to_reference(settings_with(optimizer, keep), {.level = level}), 1e-4)
            << text(optimizer) << ' ' << keep << ' ' << name(level);
}

TEST(FusedEngine, StaysWithinAFewPerCentOfTheReferencesWayAtBf16) {
  if (kernels::available_levels(Precision::bf16).empty()) GTEST_SKIP() << "no AVX512_BF16 here";
  for (const Optimizer& optimizer : kOptimizers)
    EXPECT_LT(distance_to_reference(settings_with(optimizer), {.precision = Precision::bf16}), 0.1)
        << text(optimizer);
}

TEST(FusedEngine, GoesOnFromASavedStateAsIfItHadNotStopped) {
  const SmallSet data(300, 50, 5);
  for (const Optimizer& optimizer : kOptimizers)
    for (const Precision precision : {Precision::fp32, Precision::bf16})
      for (const bool separate : {false, true}) {
        if (kernels::available_levels(precision).empty()) continue;
        const EngineSettings settings = settings_with(optimizer);
        const FusedSettings fused{.precision = precision, .separate_update = separate};
        FusedEngine whole(settings, fused);
        whole.restore(initial(settings));
        train(whole, data, settings, 0, 20);

        FusedEngine first(settings, fused);
        first.restore(initial(settings));
        train(first, data, settings, 0, 9);
        const State saved = first.state();
        FusedEngine second(settings, fused);
        train(second, data, settings, 0, 3);  // whatever was there before is gone
        second.restore(saved);
        EXPECT_TRUE(same_bits(second.state(), saved));
        train(second, data, settings, 9, 20);
        EXPECT_TRUE(same_bits(second.state(), whole.state()))
            << text(optimizer) << ' ' << name_of(precision);
      }
}

TEST(FusedEngine, EvaluatesAnyNumberOfRowsAsTheReferenceDoes) {
  const EngineSettings settings = settings_with({.kind = OptimizerKind::sgd});
  const SmallSet data(1000, 50, 5);
  FusedEngine engine(settings);
  ReferenceEngine reference(settings);
  engine.restore(initial(settings));
  train(engine, data, settings, 0, 30);
  reference.restore(engine.state());
  const std::vector<std::uint32_t> all = data.all();
  for (const std::size_t count : {0, 1, 2, 15, 127, 128, 129, 300, 1000}) {
    const auto which = std::span(all).first(count);
    const Evaluation ours = engine.evaluate(data.rows(), which);
    const Evaluation theirs = reference.evaluate(data.rows(), which);
    EXPECT_EQ(ours.rows, theirs.rows);
    EXPECT_EQ(ours.correct, theirs.correct);
    EXPECT_NEAR(ours.loss_sum, theirs.loss_sum, 2e-6 * static_cast<double>(count)) << count;
  }
}

TEST(FusedEngine, IsNotChangedByAnEvaluation) {
  const SmallSet data(1000, 50, 5);
  for (const Precision precision : {Precision::fp32, Precision::bf16}) {
    if (kernels::available_levels(precision).empty()) continue;
    EngineSettings settings = settings_with({.kind = OptimizerKind::adam});
    settings.batch = 7;
    FusedEngine quiet(settings, {.precision = precision});
    FusedEngine asked(settings, {.precision = precision});
    for (FusedEngine* engine : {&quiet, &asked}) engine->restore(initial(settings));
    for (std::uint64_t i = 0; i < 6; ++i) {
      train(quiet, data, settings, i, i + 1);
      static_cast<void>(asked.evaluate(data.rows(), data.all()));
      train(asked, data, settings, i, i + 1);
    }
    EXPECT_TRUE(same_bits(quiet.state(), asked.state()));
  }
}

TEST(FusedEngine, GivesTiesToTheLowerClass) {
  const EngineSettings settings = settings_with({.kind = OptimizerKind::sgd});
  const SmallSet data(500, 50, 5);
  FusedEngine engine(settings);  // all weights 0: every class is as likely
  const std::vector<std::uint32_t> all = data.all();
  std::int64_t zeros = 0;
  for (const std::int32_t label : data.rows().labels) zeros += label == 0 ? 1 : 0;
  const Evaluation result = engine.evaluate(data.rows(), all);
  EXPECT_EQ(result.correct, zeros);
  EXPECT_NEAR(result.loss_sum / 500, std::log(5.0), 1e-6);
}

TEST(FusedEngine, ShowsANetworkThatHasDivergedInItsLoss) {
  const EngineSettings settings = settings_with({.kind = OptimizerKind::sgd}, 1.0);
  const SmallSet data(100, 50, 5);
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()})
    for (const kernels::Level level : kernels::available_levels()) {
      FusedEngine engine(settings, {.level = level});
      State state = initial(settings);
      std::fill(state.values.begin(), state.values.end(), bad);
      engine.restore(state);
      EXPECT_FALSE(std::isfinite(engine.step(data.rows(), data.batch(32, 0), 0.1)));
    }
}

TEST(FusedEngine, LetsNoMomentShrinkIntoDenormals) {
  const EngineSettings settings = settings_with({.kind = OptimizerKind::momentum});
  const SmallSet data(100, 50, 5);
  FusedEngine engine(settings);
  State state = initial(settings);
  const std::size_t parameters = settings.architecture.parameters();
  std::fill(state.values.begin(), state.values.end(), 0.0F);  // no derivative but the last biases'
  state.values[parameters] = 1e-38F;                          // of a first layer's weight
  engine.restore(state);
  train(engine, data, settings, 0, 3);
  EXPECT_EQ(engine.state().values[parameters], 0.0F);
  volatile float tiny = 1e-38F;
  EXPECT_GT(tiny * 0.1F, 0.0F) << "the caller's arithmetic is as it was";
}

TEST(FusedEngine, LearnsAsWellAtBf16AsAtFp32) {
  if (kernels::available_levels(Precision::bf16).empty()) GTEST_SKIP() << "no AVX512_BF16 here";
  const EngineSettings settings = settings_with({.kind = OptimizerKind::adam});
  const SmallSet data(500, 50, 5);
  double losses[2] = {};
  for (const Precision precision : {Precision::fp32, Precision::bf16}) {
    FusedEngine engine(settings, {.precision = precision});
    engine.restore(initial(settings));
    train(engine, data, settings, 0, 300);
    losses[precision == Precision::bf16 ? 1 : 0] =
        engine.evaluate(data.rows(), data.all()).loss_sum / 500;
  }
  EXPECT_LT(losses[0], 0.5);
  EXPECT_NEAR(losses[1], losses[0], 0.02);
}

TEST(FusedEngine, RefusesWhatItsContractRulesOut) {
  EngineSettings settings = settings_with({.kind = OptimizerKind::sgd});
  const SmallSet data(100, 50, 5);
  FusedEngine engine(settings);
  EXPECT_THROW(engine.step(data.rows(), data.batch(31, 0), 0.1), std::logic_error);
  EXPECT_THROW(engine.restore(State{.step = 1, .values = {1, 2}}), std::logic_error);
  const SmallSet narrow(100, 49, 5);
  EXPECT_THROW(engine.step(narrow.rows(), narrow.batch(32, 0), 0.1), std::logic_error);
  settings.batch = 0;
  EXPECT_THROW(FusedEngine{settings}, std::logic_error);
  settings = settings_with({.kind = OptimizerKind::sgd}, 0.0);
  EXPECT_THROW(FusedEngine{settings}, std::logic_error);
  settings = settings_with({.kind = OptimizerKind::sgd});
  settings.architecture.widths = {50};
  EXPECT_THROW(FusedEngine{settings}, std::logic_error);
}

TEST(Bench, MeasuresAnyEngineAndSumsItsParametersUp) {
  const EngineSettings settings = settings_with({.kind = OptimizerKind::adam});
  EXPECT_EQ(operations_in_step(settings.architecture, 32),
            2.0 * 32 * (2 * 50 * 70 + 3 * 70 * 33 + 3 * 33 * 5));
  FusedEngine fused(settings);
  FusedEngine again(settings);
  ReferenceEngine reference(settings);
  const Measurement first = measure(fused, settings, 0.02);
  EXPECT_GT(first.steps_per_second, 0);
  EXPECT_GT(first.percent_of_fma, 0);
  EXPECT_GT(first.fma_gflops, first.gflops);
  EXPECT_EQ(measure(again, settings, 0.02).checksum, first.checksum);
  EXPECT_GT(measure(reference, settings, 0.02).gflops, 0);
}

}  // namespace
}  // namespace stepladder::training
