// What a score may be of beside the weights as they are: their average, or an annealed copy.
#include <gtest/gtest.h>

#include "stepladder/training/trainer.hpp"
#include "training/small_set.hpp"

namespace stepladder::training {
namespace {

bool always(Steps) { return true; }

const Model kModel{.hidden = {33, 17}, .batch = 16, .keep_probability = 0.75};

class RungScore : public ::testing::TestWithParam<EngineKind> {
 protected:
  [[nodiscard]] Trainer trainer(const LearningRatePolicy& policy, bool keeps_average = false,
                                Steps horizon = 0) const {
    Model model = kModel;
    model.engine = GetParam();
    const Recipe recipe{
        .policy = policy, .horizon = horizon, .optimizer = {.kind = OptimizerKind::momentum}};
    return {set_.rows(), set_.all(),          model,        recipe, Seed{1},
            TrialId{3},  engine_maker(model), keeps_average};
  }
  SmallSet set_{150, 29, 5};
};

// Against a running average in double precision of the weights of a trainer that keeps none.
TEST_P(RungScore, AveragesTheWeightsLaterOnesHeavier) {
  Trainer plain = trainer(ConstantRate{0.03});
  Trainer averaging = trainer(ConstantRate{0.03}, true);
  const std::size_t parameters =
      architecture_of(kModel, static_cast<std::int64_t>(set_.rows().columns), set_.rows().classes)
          .parameters();
  std::vector<double> expected(parameters);
  for (int t = 1; t <= 60; ++t) {
    static_cast<void>(plain.step());
    static_cast<void>(averaging.step());
    const State now = plain.state();
    for (std::size_t i = 0; i < parameters; ++i)
      expected[i] += 4.0 / (t + 3.0) * (static_cast<double>(now.values[i]) - expected[i]);
  }
  const State state = averaging.state();
  ASSERT_EQ(state.values.size(), parameters * 3);
  const State scored = averaging.scored_state();
  for (std::size_t i = 0; i < parameters; ++i) {
    ASSERT_EQ(state.values[i], plain.state().values[i]) << "the weights themselves go on";
    ASSERT_NEAR(scored.values[i], expected[i], 1e-5);
  }
}

TEST_P(RungScore, OfAnAverageIsOfThatAndChangesNothing) {
  Trainer averaging = trainer(ConstantRate{0.03}, true);
  static_cast<void>(averaging.train_to(60, always));
  const State before = averaging.state();
  const Outcome outcome = averaging.score(set_.rows(), set_.all());
  EXPECT_EQ(averaging.state(), before);
  Trainer other = trainer(ConstantRate{0.03});
  State weights = averaging.scored_state();
  weights.values.resize(weights.values.size() / 3 * 2);
  other.restore(weights);
  EXPECT_EQ(other.score(set_.rows(), set_.all()), outcome);
  // In pieces, as in one go.
  Trainer resumed = trainer(ConstantRate{0.03}, true);
  static_cast<void>(resumed.train_to(25, always));
  const State paused = resumed.state();
  Trainer again = trainer(ConstantRate{0.03}, true);
  again.restore(paused);
  static_cast<void>(again.train_to(60, always));
  EXPECT_EQ(again.state(), before);
}

// A trunk and a cooldown branched off are a run of warm-up, stable, decay that was planned so.
TEST_P(RungScore, OfACooldownIsThatOfAWsdRun) {
  Trainer trunk = trainer(ConstantRate{0.03});
  static_cast<void>(trunk.train_to(40, always));
  const State at_rung = trunk.state();
  EXPECT_EQ(trunk.cool_down(10, always), Progress{Reached{50}});
  Trainer wsd = trainer(WarmupStableDecay{.rate = 0.03, .cooldown_fraction = 0.2}, false, 50);
  static_cast<void>(wsd.train_to(50, always));
  EXPECT_EQ(trunk.state().values, wsd.state().values);

  trunk.restore(at_rung);
  static_cast<void>(trunk.train_to(90, always));
  Trainer alone = trainer(ConstantRate{0.03});
  static_cast<void>(alone.train_to(90, always));
  EXPECT_EQ(trunk.state(), alone.state());
}

INSTANTIATE_TEST_SUITE_P(Engines, RungScore,
                         ::testing::Values(EngineKind::reference, EngineKind::fused),
                         [](const auto& parameter) {
                           return std::string(name_of(parameter.param));
                         });

}  // namespace
}  // namespace stepladder::training
