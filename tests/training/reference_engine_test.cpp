#include "stepladder/training/reference_engine.hpp"

#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include "stepladder/data/batches.hpp"
#include "stepladder/training/initial_weights.hpp"
#include "training/naive_training.hpp"
#include "training/small_set.hpp"

namespace stepladder::training {
namespace {

EngineSettings small_settings(OptimizerKind kind, double keep_probability) {
  return {.architecture = {.widths = {13, 19, 7, 4}},
          .optimizer = {.kind = kind},
          .keep_probability = keep_probability,
          .batch = 10,
          .seed = Seed{3},
          .trial = TrialId{8}};
}

struct LossCase {
  OptimizerKind kind;
  double rate;
  double keep_probability;
};

class LossCurve : public ::testing::TestWithParam<LossCase> {};

TEST_P(LossCurve, of_fifty_steps_is_that_of_naive_training) {
  const SmallSet set(64, 13, 4);
  const EngineSettings settings = small_settings(GetParam().kind, GetParam().keep_probability);
  const State start =
      initial_state(settings.architecture, settings.optimizer, settings.seed, settings.trial);
  ReferenceEngine engine(settings);
  engine.restore(start);
  NaiveTraining naive(settings,
                      initial_weights(settings.architecture, settings.seed, settings.trial));
  const data::Batches batches(set.all(), settings.batch, settings.seed, settings.trial);
  std::vector<std::uint32_t> batch(static_cast<std::size_t>(settings.batch));
  double first = 0;
  double last = 0;
  for (Steps t = 0; t < 50; ++t) {
    batches.fill(t, batch);
    last = engine.step(set.rows(), batch, GetParam().rate);
    ASSERT_NEAR(last, naive.step(set.rows(), batch, GetParam().rate), 1e-4) << "step " << t;
    if (t == 0) first = last;
  }
  EXPECT_LT(last, first) << "it must learn, or the comparison says little";
}

INSTANTIATE_TEST_SUITE_P(Optimizers, LossCurve,
                         ::testing::Values(LossCase{OptimizerKind::sgd, 0.1, 0.75},
                                           LossCase{OptimizerKind::momentum, 0.02, 0.75},
                                           LossCase{OptimizerKind::adam, 0.003, 0.75},
                                           LossCase{OptimizerKind::sgd, 0.1, 1.0},
                                           LossCase{OptimizerKind::adam, 0.003, 1.0}));

class ReferenceEngineTest : public ::testing::Test {
 protected:
  SmallSet set_{40, 13, 4};
  EngineSettings settings_ = small_settings(OptimizerKind::adam, 0.75);
  std::vector<std::uint32_t> batch_{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
};

TEST_F(ReferenceEngineTest, begins_at_zero) {
  const State state = ReferenceEngine(settings_).state();
  EXPECT_EQ(state.step, 0);
  EXPECT_EQ(state.values, std::vector<float>(3 * settings_.architecture.parameters(), 0.0F));
}

TEST_F(ReferenceEngineTest, gives_back_the_state_it_was_given) {
  State state{.step = 17, .values = {}};
  for (std::size_t i = 0; i < 3 * settings_.architecture.parameters(); ++i)
    state.values.push_back(0.25F * static_cast<float>(i));
  ReferenceEngine engine(settings_);
  engine.restore(state);
  EXPECT_EQ(engine.state(), state);
}

TEST_F(ReferenceEngineTest, counts_steps_and_moves_every_layer) {
  ReferenceEngine engine(settings_);
  const State start =
      initial_state(settings_.architecture, settings_.optimizer, Seed{1}, TrialId{0});
  engine.restore(start);
  engine.step(set_.rows(), batch_, 0.001);
  const State state = engine.state();
  EXPECT_EQ(state.step, 1);
  std::size_t begin = 0;
  for (std::size_t l = 0; l < settings_.architecture.layers(); ++l) {
    const Architecture part{
        .widths = {settings_.architecture.widths[l], settings_.architecture.widths[l + 1]}};
    bool is_moved = false;
    for (std::size_t i = begin; i < begin + part.parameters(); ++i)
      is_moved = is_moved || state.values[i] != start.values[i];
    EXPECT_TRUE(is_moved) << "layer " << l;
    begin += part.parameters();
  }
}

TEST_F(ReferenceEngineTest, changes_nothing_when_it_evaluates) {
  ReferenceEngine engine(settings_);
  engine.restore(initial_state(settings_.architecture, settings_.optimizer, Seed{1}, TrialId{0}));
  const State before = engine.state();
  const Evaluation first = engine.evaluate(set_.rows(), set_.all());
  EXPECT_EQ(engine.state(), before);
  EXPECT_EQ(first.rows, 40);
  EXPECT_EQ(engine.evaluate(set_.rows(), set_.all()).loss_sum, first.loss_sum);
}

TEST_F(ReferenceEngineTest, evaluates_no_rows_as_nothing) {
  const Evaluation evaluation = ReferenceEngine(settings_).evaluate(set_.rows(), {});
  EXPECT_EQ(evaluation.rows, 0);
  EXPECT_EQ(evaluation.loss_sum, 0.0);
}

TEST_F(ReferenceEngineTest, refuses_what_does_not_fit) {
  ReferenceEngine engine(settings_);
  EXPECT_THROW(engine.restore(State{.step = 0, .values = {1.0F}}), std::logic_error);
  batch_.pop_back();
  EXPECT_THROW(engine.step(set_.rows(), batch_, 0.1), std::logic_error);
  for (const double keep : {0.0, 1.5, -1.0}) {
    EngineSettings bad = settings_;
    bad.keep_probability = keep;
    EXPECT_THROW(ReferenceEngine{bad}, std::logic_error);
  }
  EngineSettings bad = settings_;
  bad.architecture.widths = {13};
  EXPECT_THROW(ReferenceEngine{bad}, std::logic_error);
  bad = settings_;
  bad.architecture.widths[1] = 65537;
  EXPECT_THROW(ReferenceEngine{bad}, std::logic_error);
}

}  // namespace
}  // namespace stepladder::training
