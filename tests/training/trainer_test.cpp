#include "stepladder/training/trainer.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include "training/small_set.hpp"

namespace stepladder::training {
namespace {

bool always(Steps) { return true; }

bool is_same_bytes(const State& a, const State& b) {
  return a.step == b.step && a.values.size() == b.values.size() &&
         std::memcmp(a.values.data(), b.values.data(), a.values.size() * sizeof(float)) == 0;
}

const Model kModel{.hidden = {33, 17}, .batch = 16, .keep_probability = 0.75};

class TrainerTest : public ::testing::TestWithParam<OptimizerKind> {
 protected:
  [[nodiscard]] Trainer trainer(double rate, TrialId trial = TrialId{3}) const {
    const Recipe recipe{.policy = ExponentialDecay{rate, 100, 0.9, false},
                        .optimizer = {.kind = GetParam()}};
    return {set_.rows(), set_.all(), kModel, recipe, Seed{1}, trial};
  }
  [[nodiscard]] double good_rate() const {
    return GetParam() == OptimizerKind::adam ? 0.003 : 0.03;
  }

  SmallSet set_{150, 29, 5};
};

TEST_P(TrainerTest, ends_with_the_same_bytes_in_one_go_and_in_pieces) {
  Trainer whole = trainer(good_rate());
  EXPECT_EQ(whole.train_to(600, always), Progress{Reached{600}});

  Trainer first = trainer(good_rate());
  EXPECT_EQ(first.train_to(200, always), Progress{Reached{200}});
  const State paused = first.state();
  EXPECT_EQ(paused.step, 200);
  Trainer second = trainer(good_rate());
  second.restore(paused);
  EXPECT_EQ(second.steps(), 200);
  static_cast<void>(second.score(set_.rows(), set_.all()));
  EXPECT_EQ(second.train_to(600, always), Progress{Reached{600}});

  EXPECT_TRUE(is_same_bytes(whole.state(), second.state()));
  EXPECT_FALSE(is_same_bytes(whole.state(), first.state()));
  EXPECT_EQ(whole.score(set_.rows(), set_.all()), second.score(set_.rows(), set_.all()));
}

TEST_P(TrainerTest, learns) {
  Trainer trainer_of_set = trainer(good_rate());
  const Score before = std::get<Score>(trainer_of_set.score(set_.rows(), set_.all()));
  ASSERT_EQ(trainer_of_set.train_to(600, always), Progress{Reached{600}});
  const Score after = std::get<Score>(trainer_of_set.score(set_.rows(), set_.all()));
  EXPECT_LT(before[0], 0.6);
  EXPECT_GT(after[0], 0.95);
  EXPECT_LT(after[1], before[1] / 4);
}

TEST_P(TrainerTest, finds_divergence_within_fifty_steps) {
  Trainer doomed = trainer(1e6);
  const Progress progress = doomed.train_to(600, always);
  ASSERT_TRUE(std::holds_alternative<Diverged>(progress));
  EXPECT_LE(std::get<Diverged>(progress).at, 50);
  EXPECT_EQ(std::get<Diverged>(progress).at, doomed.steps());
}

TEST_P(TrainerTest, finds_a_parameter_that_is_not_a_number_in_training_and_in_scoring) {
  for (const std::size_t where : {std::size_t{0}, std::size_t{29 * 33}}) {
    Trainer spoilt = trainer(good_rate());
    State state = spoilt.state();
    state.values[where] = std::numeric_limits<float>::quiet_NaN();
    spoilt.restore(state);
    EXPECT_EQ(spoilt.score(set_.rows(), set_.all()), Outcome{Diverged{0}});
    const Progress progress = spoilt.train_to(50, always);
    EXPECT_TRUE(std::holds_alternative<Diverged>(progress));
  }
}

TEST_P(TrainerTest, stops_where_it_is_told_to_and_goes_on_to_the_same_bytes) {
  Trainer interrupted = trainer(good_rate());
  std::vector<Steps> asked;
  const auto until_40 = [&asked](Steps step) {
    asked.push_back(step);
    return step < 40;
  };
  EXPECT_EQ(interrupted.train_to(100, until_40), Progress{Interrupted{48}});
  EXPECT_EQ(asked, (std::vector<Steps>{0, 16, 32, 48}));
  EXPECT_EQ(interrupted.state().step, 48);
  EXPECT_EQ(interrupted.train_to(100, always), Progress{Reached{100}});
  Trainer whole = trainer(good_rate());
  EXPECT_EQ(whole.train_to(100, always), Progress{Reached{100}});
  EXPECT_TRUE(is_same_bytes(whole.state(), interrupted.state()));
}

TEST_P(TrainerTest, asks_before_its_first_step_wherever_it_begins) {
  Trainer pausing = trainer(good_rate());
  ASSERT_EQ(pausing.train_to(5, always), Progress{Reached{5}});
  EXPECT_EQ(pausing.train_to(10, [](Steps) { return false; }), Progress{Interrupted{5}});
}

TEST_P(TrainerTest, differs_between_trials) {
  EXPECT_FALSE(is_same_bytes(trainer(good_rate(), TrialId{1}).state(),
                             trainer(good_rate(), TrialId{2}).state()));
}

INSTANTIATE_TEST_SUITE_P(Optimizers, TrainerTest,
                         ::testing::Values(OptimizerKind::sgd, OptimizerKind::momentum,
                                           OptimizerKind::adam));

class TrainerEdges : public ::testing::Test {
 protected:
  SmallSet set_{20, 6, 3};
  Trainer trainer_{set_.rows(),
                   set_.all(),
                   Model{.hidden = {}, .batch = 4, .keep_probability = 1.0},
                   Recipe{.policy = ConstantRate{0.1}, .optimizer = {}},
                   Seed{1},
                   TrialId{0}};
};

TEST_F(TrainerEdges, is_there_already) {
  ASSERT_EQ(trainer_.train_to(3, always), Progress{Reached{3}});
  EXPECT_EQ(trainer_.train_to(3, [](Steps) { return false; }), Progress{Reached{3}});
}

TEST_F(TrainerEdges, does_not_train_backwards_or_score_nothing) {
  ASSERT_EQ(trainer_.train_to(3, always), Progress{Reached{3}});
  EXPECT_THROW(static_cast<void>(trainer_.train_to(2, always)), std::logic_error);
  EXPECT_THROW(static_cast<void>(trainer_.score(set_.rows(), {})), std::logic_error);
}

TEST_F(TrainerEdges, uses_the_rate_of_the_policy_at_the_updates_done) {
  // Staircase by 0 would stop it dead; 1e-300 nearly is. From step 3 on nothing may move any more.
  Trainer stopping(set_.rows(), set_.all(),
                   Model{.hidden = {}, .batch = 4, .keep_probability = 1.0},
                   Recipe{.policy = ExponentialDecay{0.1, 3, 1e-300, true}, .optimizer = {}},
                   Seed{1}, TrialId{0});
  std::vector<State> states;
  for (Steps t = 0; t < 5; ++t) {
    stopping.step();
    states.push_back(stopping.state());
  }
  EXPECT_NE(states[1].values, states[0].values);
  EXPECT_NE(states[2].values, states[1].values);
  EXPECT_EQ(states[3].values, states[2].values);
}

TEST_F(TrainerEdges, scores_shares_and_means) {
  State state = trainer_.state();
  state.values.assign(state.values.size(), 0.0F);
  state.values.back() = 1.0F;  // the bias of class 2
  trainer_.restore(state);
  std::vector<std::uint32_t> twos;
  std::vector<std::uint32_t> others;
  for (const std::uint32_t row : set_.all())
    (set_.rows().labels[row] == 2 ? twos : others).push_back(row);
  const double sum = 2 + std::numbers::e;
  const Score of_twos = std::get<Score>(trainer_.score(set_.rows(), twos));
  EXPECT_EQ(of_twos[0], 1.0);
  EXPECT_NEAR(of_twos[1], std::log(sum) - 1, 1e-6);
  const Score of_others = std::get<Score>(trainer_.score(set_.rows(), others));
  EXPECT_EQ(of_others[0], 0.0);
  EXPECT_NEAR(of_others[1], std::log(sum), 1e-6);
}

TEST(IsDiverged, spares_a_spike_but_nothing_without_a_number) {
  EXPECT_FALSE(is_diverged(63.0, 10));  // what Adam at rate 0.03 recovers from
  EXPECT_FALSE(is_diverged(2302.0, 10));
  EXPECT_TRUE(is_diverged(2303.0, 10));
  EXPECT_TRUE(is_diverged(std::numeric_limits<double>::infinity(), 10));
  EXPECT_TRUE(is_diverged(std::numeric_limits<double>::quiet_NaN(), 10));
}

}  // namespace
}  // namespace stepladder::training
