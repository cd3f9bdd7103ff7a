// Clipping and hypergradients: against numbers worked out by hand, against the naive step, and
// where they come to their limits.
#include "stepladder/training/whole_gradient.hpp"

#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "stepladder/training/fused_engine.hpp"
#include "stepladder/training/initial_weights.hpp"
#include "stepladder/training/reference_engine.hpp"
#include "stepladder/training/trainer.hpp"
#include "stepladder/training/update.hpp"
#include "training/naive_training.hpp"
#include "training/small_set.hpp"

namespace stepladder::training {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// (w0^2 + 4 w1^2) / 2 from (1, -0.5), where every gradient is known.
class Quadratic {
 public:
  explicit Quadratic(const Optimizer& optimizer)
      : optimizer_(optimizer),
        adaptation_(neutral_adaptation(optimizer)),
        values_(2 * (1 + moments(optimizer.kind)), 0.0) {
    values_[0] = 1;
    values_[1] = -0.5;
  }
  // Returns the rate it used.
  double step(double policy_rate) {
    const std::vector<double> gradient = {values_[0], 4 * values_[1]};
    const Alignment now = alignment<double>(optimizer_, ++steps_, values_, gradient);
    adaptation_ = adapted(optimizer_, adaptation_, policy_rate, now);
    const double rate = adapted_rate(optimizer_, adaptation_, policy_rate);
    update<double>(optimizer_, rate, steps_, values_, gradient);
    return rate;
  }
  [[nodiscard]] double w(std::size_t i) const { return values_[i]; }

 private:
  Optimizer optimizer_;
  double adaptation_;
  std::vector<double> values_;
  Steps steps_ = 0;
};

struct Worked {
  OptimizerKind kind;
  Hypergradient hypergradient;
  std::vector<double> rates;
  double w0;
  double w1;
};

// Policy rate 0.1 at each step; mu 0.5, b1 0.9, b2 0.99, epsilon 1e-3; b 0.02 added, 0.2
// multiplied. The second rate of the first line: g_1 = (1, -2), w = (0.9, -0.3), g_2 = (0.9, -1.2),
// h = 0.9 + 2.4, 0.1 + 0.02 * 3.3 = 0.166.
const std::vector<Worked> kWorked = {
    {OptimizerKind::sgd_hd,
     Hypergradient::additive,
     {0.1, 0.166, 0.1891876, 0.199114742878},
     0.487415393707,
     -0.00499073639533},
    {OptimizerKind::sgd_hd,
     Hypergradient::multiplicative,
     {0.1, 0.119677398202, 0.142814779519, 0.170166830295},
     0.563572543012,
     -0.0214111132696},
    {OptimizerKind::nesterov_hd,
     Hypergradient::additive,
     {0.1, 0.1735, 0.17844188125, 0.188105577513},
     0.205248543503,
     0.0149969284671},
    {OptimizerKind::nesterov_hd,
     Hypergradient::multiplicative,
     {0.1, 0.11877339519, 0.134432177721, 0.153577533943},
     0.324463737869,
     0.0390408846698},
    {OptimizerKind::adam_hd,
     Hypergradient::additive,
     {0.1, 0.149972017987, 0.184824448062, 0.201847321401},
     0.375776736351,
     0.0917870530123},
    {OptimizerKind::adam_hd,
     Hypergradient::multiplicative,
     {0.1, 0.119260594849, 0.142712576832, 0.171239491007},
     0.474752325028,
     0.00652008810364},
};

Optimizer hypergradient_optimizer(OptimizerKind kind, Hypergradient hypergradient, double rate) {
  return {.kind = kind, .hypergradient = hypergradient, .hypergradient_rate = rate};
}

// Baydin et al. 2018, algorithms 4 to 6.
TEST(Hypergradients, AreThoseWorkedOutByHand) {
  for (const Worked& worked : kWorked) {
    const bool adds = worked.hypergradient == Hypergradient::additive;
    Optimizer optimizer =
        hypergradient_optimizer(worked.kind, worked.hypergradient, adds ? 0.02 : 0.2);
    optimizer.momentum = 0.5;
    optimizer.beta2 = 0.99;
    optimizer.epsilon = 1e-3;
    Quadratic quadratic(optimizer);
    SCOPED_TRACE(testing::Message() << static_cast<int>(worked.kind) << (adds ? " additive" : ""));
    for (const double rate : worked.rates) EXPECT_NEAR(quadratic.step(0.1), rate, 1e-11);
    EXPECT_NEAR(quadratic.w(0), worked.w0, 1e-11);
    EXPECT_NEAR(quadratic.w(1), worked.w1, 1e-11);
  }
}

TEST(Hypergradients, LeaveThePolicyAsItIsAtRateZero) {
  for (const Worked& worked : kWorked) {
    Quadratic quadratic(hypergradient_optimizer(worked.kind, worked.hypergradient, 0));
    for (const double rate : {0.1, 0.05, 0.2}) EXPECT_EQ(quadratic.step(rate), rate);
  }
}

TEST(Hypergradients, FollowAPolicyThatChanges) {
  Quadratic adding(hypergradient_optimizer(OptimizerKind::sgd_hd, Hypergradient::additive, 0.02));
  Quadratic multiplying(
      hypergradient_optimizer(OptimizerKind::sgd_hd, Hypergradient::multiplicative, 0.2));
  for (Quadratic* quadratic : {&adding, &multiplying}) EXPECT_EQ(quadratic->step(0.1), 0.1);
  EXPECT_NEAR(adding.step(0.05), 0.05 + 0.066, 1e-12);
  EXPECT_NEAR(multiplying.step(0.05), 0.05 * 1.19677398202, 1e-11);
}

// The gradient turns round at each step, and wants a lower rate by far more than there is of it.
TEST(Hypergradients, NeverMakeTheRateNegative) {
  Quadratic adding(hypergradient_optimizer(OptimizerKind::sgd_hd, Hypergradient::additive, 1));
  EXPECT_EQ(adding.step(1.0), 1.0);
  EXPECT_EQ(adding.step(1.0), 0.0);
  const double w1 = adding.w(1);
  EXPECT_EQ(w1, 1.5);
  const double grown = adding.step(1.0);  // from 0, not from what was cut off: g . g = 36
  EXPECT_EQ(grown, 36.0);

  Quadratic shrinking(
      hypergradient_optimizer(OptimizerKind::sgd_hd, Hypergradient::additive, 0.05));
  EXPECT_EQ(shrinking.step(1.0), 1.0);
  EXPECT_NEAR(shrinking.step(1.0), 0.4, 1e-12);  // h = -12
  EXPECT_EQ(shrinking.step(0.1), 0.0);           // a policy that has fallen below what was taken

  Quadratic multiplying(
      hypergradient_optimizer(OptimizerKind::sgd_hd, Hypergradient::multiplicative, 2));
  for (const double expected : {1.0, 0.0, 0.0, 0.0}) EXPECT_EQ(multiplying.step(1.0), expected);
}

TEST(Hypergradients, CountTheCosineOfNothingAsZero) {
  const Optimizer optimizer =
      hypergradient_optimizer(OptimizerKind::sgd_hd, Hypergradient::multiplicative, 0.5);
  EXPECT_EQ(adapted(optimizer, 1.25, 0.1, {}), 1.25);
  EXPECT_EQ(adapted(optimizer, 1.25, 0.1, {.direction_squares = 3}), 1.25);
  EXPECT_EQ(adapted(optimizer, 1, 0.1, {3, 9, 4}), 1.25);
}

TEST(Hypergradients, OfNoNumberMakeTheRateNone) {
  for (const Hypergradient hypergradient : {Hypergradient::multiplicative, Hypergradient::additive})
    for (const double bad : {kNan, kInfinity}) {
      const Optimizer optimizer =
          hypergradient_optimizer(OptimizerKind::adam_hd, hypergradient, 0.02);
      const double adaptation = adapted(optimizer, 1, 0.1, {bad, bad, 1});
      EXPECT_FALSE(std::isfinite(adapted_rate(optimizer, adaptation, 0.1)));
    }
}

TEST(Clipping, BeginsAboveTheNormAndNotBefore) {
  const Optimizer optimizer{.clip_norm = 2.0};
  for (const double norm : {0.0, 1.999, 2.0}) EXPECT_EQ(clip_factor(optimizer, norm), 1.0);
  EXPECT_EQ(clip_factor(optimizer, 8.0), 0.25);
  EXPECT_TRUE(std::isnan(clip_factor(optimizer, kInfinity)));
  EXPECT_TRUE(std::isnan(clip_factor(optimizer, kNan)));
  EXPECT_EQ(clip_factor(Optimizer{}, kInfinity), 1.0);
}

TEST(Clipping, TakesTheNormOfAllParametersBeforeL2) {
  std::vector<double> gradient = {3, 0, 4};
  clip<double>({.l2 = 100, .clip_norm = 5.0}, gradient);
  EXPECT_EQ(gradient, (std::vector<double>{3, 0, 4}));
  clip<double>({.clip_norm = 2.5}, gradient);
  EXPECT_EQ(gradient, (std::vector<double>{1.5, 0, 2}));
}

// ---- both engines

EngineSettings settings_with(const Optimizer& optimizer) {
  return {.architecture = {{13, 60, 7, 4}},  // one layer is more than a panel wide
          .optimizer = optimizer,
          .keep_probability = 0.75,
          .batch = 10,
          .seed = Seed{3},
          .trial = TrialId{8}};
}

std::vector<std::unique_ptr<Engine>> both_engines(const EngineSettings& settings) {
  std::vector<std::unique_ptr<Engine>> engines;
  engines.push_back(std::make_unique<ReferenceEngine>(settings));
  for (const kernels::Level level : kernels::available_levels())
    engines.push_back(std::make_unique<FusedEngine>(settings, FusedSettings{.level = level}));
  for (const auto& engine : engines)
    engine->restore(
        initial_state(settings.architecture, settings.optimizer, settings.seed, settings.trial));
  return engines;
}

const std::vector<Optimizer> kOptimizers = {
    {.kind = OptimizerKind::sgd, .l2 = 0.01, .clip_norm = 0.3},
    {.kind = OptimizerKind::nesterov, .clip_norm = 0.3},
    {.kind = OptimizerKind::adam, .weight_decay = 0.1, .clip_norm = 0.3},
    {.kind = OptimizerKind::sgd_hd, .hypergradient_rate = 0.1},
    {.kind = OptimizerKind::nesterov_hd, .l2 = 0.01, .clip_norm = 0.3, .hypergradient_rate = 0.1},
    {.kind = OptimizerKind::adam_hd,
     .l2 = 0.01,
     .weight_decay = 0.1,
     .clip_norm = 0.3,
     .hypergradient_rate = 0.1},
    {.kind = OptimizerKind::sgd_hd,
     .l2 = 0.01,
     .weight_decay = 0.1,
     .clip_norm = 0.3,
     .hypergradient = Hypergradient::additive,
     .hypergradient_rate = 0.02},
    {.kind = OptimizerKind::nesterov_hd,
     .hypergradient = Hypergradient::additive,
     .hypergradient_rate = 1e-3},
    {.kind = OptimizerKind::adam_hd,
     .l2 = 0.01,
     .hypergradient = Hypergradient::additive,
     .hypergradient_rate = 1e-5},
};

TEST(WholeGradient, OfBothEnginesGivesTheRatesAndWeightsOfNaiveTraining) {
  const SmallSet set(64, 13, 4);
  for (const Optimizer& optimizer : kOptimizers) {
    const EngineSettings settings = settings_with(optimizer);
    const bool is_adam =
        moments(optimizer.kind) == 2 && optimizer.kind != OptimizerKind::nesterov_hd;
    const double policy_rate = is_adam ? 0.003 : 0.03;
    for (const std::unique_ptr<Engine>& engine : both_engines(settings)) {
      NaiveTraining naive(settings,
                          initial_weights(settings.architecture, settings.seed, settings.trial));
      SCOPED_TRACE(testing::Message() << "optimizer " << static_cast<int>(optimizer.kind));
      for (std::uint64_t t = 0; t < 60; ++t) {
        const std::vector<std::uint32_t> batch = set.batch(settings.batch, t);
        const double loss = engine->step(set.rows(), batch, policy_rate);
        ASSERT_NEAR(loss, naive.step(set.rows(), batch, policy_rate), 1e-4) << "step " << t;
        const double rate = adapted_rate(optimizer, engine->state().adaptation, policy_rate);
        ASSERT_NEAR(rate, naive.rate(), 2e-4 * naive.rate()) << "step " << t;
      }
      const State state = engine->state();
      for (std::size_t p = 0; p < naive.weights().size(); ++p)
        ASSERT_NEAR(double{state.values[p]}, naive.weights()[p], 2e-4);
      if (adapts_rate(optimizer.kind)) {
        EXPECT_GT(std::abs(naive.rate() / policy_rate - 1), 0.05)
            << "it must adapt, or the comparison says little";
      }
    }
  }
}

TEST(Clipping, ScalesTheStepDownToTheNormAndLeavesASmallOneAlone) {
  const SmallSet set(64, 13, 4);
  const std::vector<std::uint32_t> batch = set.batch(10, 0);
  const auto steps_with = [&](std::optional<double> clip_norm) {
    std::vector<State> states;
    for (const auto& engine : both_engines(settings_with({.clip_norm = clip_norm}))) {
      engine->step(set.rows(), batch, 1.0);
      states.push_back(engine->state());
    }
    return states;
  };
  const EngineSettings settings = settings_with({});
  const std::vector<float> start =
      initial_weights(settings.architecture, settings.seed, settings.trial);
  const auto length = [&](const State& state) {
    double squares = 0;
    for (std::size_t p = 0; p < start.size(); ++p)
      squares += std::pow(double{state.values[p]} - double{start[p]}, 2);
    return std::sqrt(squares);
  };
  const std::vector<State> plain = steps_with(std::nullopt);
  const double norm = length(plain.front());
  EXPECT_EQ(steps_with(1.01 * norm), plain);
  for (const State& clipped : steps_with(norm / 3)) EXPECT_NEAR(length(clipped), norm / 3, 1e-5);
  for (const State& clipped : steps_with(norm)) EXPECT_NEAR(length(clipped), norm, 1e-5);
}

TEST(WholeGradient, ThatIsNoNumberEndsInDivergence) {
  const SmallSet set(64, 13, 4);
  const Model fused{.hidden = {20}, .batch = 10, .keep_probability = 1};
  Model reference = fused;
  reference.engine = EngineKind::reference;
  const std::vector<Optimizer> optimizers = {
      {.kind = OptimizerKind::sgd, .clip_norm = 1.0},
      hypergradient_optimizer(OptimizerKind::sgd_hd, Hypergradient::additive, 1e300),
      hypergradient_optimizer(OptimizerKind::nesterov_hd, Hypergradient::multiplicative, 1e300),
      hypergradient_optimizer(OptimizerKind::adam_hd, Hypergradient::additive, 1e308),
  };
  for (const Model& model : {fused, reference})
    for (const Optimizer& optimizer : optimizers) {
      const Recipe recipe{.policy = ConstantRate{0.1}, .optimizer = optimizer};
      Trainer trainer(set.rows(), set.all(), model, recipe, Seed{1}, TrialId{0},
                      engine_maker(model));
      if (!adapts_rate(optimizer.kind)) {
        State state = trainer.state();
        state.values.back() = std::numeric_limits<float>::infinity();
        trainer.restore(state);
      }
      const Progress progress = trainer.train_to(200, [](Steps) { return true; });
      EXPECT_TRUE(std::holds_alternative<Diverged>(progress))
          << name_of(model.engine) << ' ' << row_of(optimizer.kind).word;
    }
}

}  // namespace
}  // namespace stepladder::training
