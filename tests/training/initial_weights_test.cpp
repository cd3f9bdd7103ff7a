#include "stepladder/training/initial_weights.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace stepladder::training {
namespace {

const Architecture kArchitecture{.widths = {300, 200, 100, 10}};

struct Block {
  std::vector<double> weights;
  std::vector<float> biases;
};

std::vector<Block> blocks_of(const Architecture& architecture, const std::vector<float>& values) {
  std::vector<Block> blocks;
  auto next = values.begin();
  for (std::size_t l = 0; l < architecture.layers(); ++l) {
    const auto weights = next + architecture.widths[l] * architecture.widths[l + 1];
    const auto end = weights + architecture.widths[l + 1];
    blocks.push_back({.weights = {next, weights}, .biases = {weights, end}});
    next = end;
  }
  EXPECT_EQ(next, values.end());
  return blocks;
}

TEST(InitialWeights, have_the_deviation_of_an_uncorrected_truncated_normal) {
  const auto blocks = blocks_of(kArchitecture, initial_weights(kArchitecture, Seed{1}, TrialId{0}));
  for (std::size_t l = 0; l < 2; ++l) {
    const std::vector<double>& weights = blocks[l].weights;
    const auto count = static_cast<double>(weights.size());
    const double nominal = std::sqrt(2.0 / static_cast<double>(kArchitecture.widths[l]));
    double mean = 0;
    for (const double w : weights) mean += w / count;
    double variance = 0;
    for (const double w : weights) variance += (w - mean) * (w - mean) / count;
    // Four standard errors; a truncated normal's kurtosis is below 3, so sqrt(1 / 2n) bounds the
    // relative error of the deviation.
    EXPECT_NEAR(std::sqrt(variance) / nominal, 0.87962, 4 * std::sqrt(0.5 / count)) << l;
    EXPECT_NEAR(mean / nominal, 0.0, 4 * 0.88 / std::sqrt(count)) << l;
  }
}

TEST(InitialWeights, stay_within_two_deviations_and_come_near_them) {
  const auto blocks = blocks_of(kArchitecture, initial_weights(kArchitecture, Seed{1}, TrialId{0}));
  for (std::size_t l = 0; l < blocks.size(); ++l) {
    const double nominal = std::sqrt(2.0 / static_cast<double>(kArchitecture.widths[l]));
    double largest = 0;
    for (const double w : blocks[l].weights) largest = std::max(largest, std::abs(w) / nominal);
    EXPECT_LT(largest, 2.000001);
    EXPECT_GT(largest, 1.9);
  }
}

TEST(InitialWeights, have_the_quartiles_of_a_truncated_normal) {
  const auto blocks = blocks_of(kArchitecture, initial_weights(kArchitecture, Seed{1}, TrialId{0}));
  const double nominal = std::sqrt(2.0 / 300.0);
  double inside = 0;
  for (const double w : blocks[0].weights) inside += std::abs(w) < 0.6402 * nominal ? 1 : 0;
  // P(|x| < 0.6402 | |x| < 2) = 0.4780 / 0.9545 = 0.5008.
  EXPECT_NEAR(inside / static_cast<double>(blocks[0].weights.size()), 0.5008,
              4 * 0.5 / std::sqrt(60000.0));
}

TEST(InitialWeights, have_no_biases) {
  for (const Block& block :
       blocks_of(kArchitecture, initial_weights(kArchitecture, Seed{1}, TrialId{0})))
    EXPECT_EQ(block.biases, std::vector<float>(block.biases.size(), 0.0F));
}

TEST(InitialWeights, are_a_function_of_seed_and_trial) {
  const auto weights = initial_weights(kArchitecture, Seed{1}, TrialId{0});
  EXPECT_EQ(weights, initial_weights(kArchitecture, Seed{1}, TrialId{0}));
  EXPECT_NE(weights, initial_weights(kArchitecture, Seed{1}, TrialId{1}));
  EXPECT_NE(weights, initial_weights(kArchitecture, Seed{2}, TrialId{0}));
}

TEST(InitialWeights, of_two_layers_of_one_shape_differ) {
  const Architecture twins{.widths = {20, 20, 20}};
  const auto blocks = blocks_of(twins, initial_weights(twins, Seed{1}, TrialId{0}));
  EXPECT_NE(blocks[0].weights, blocks[1].weights);
}

TEST(InitialState, adds_zero_moments) {
  const auto weights = initial_weights(kArchitecture, Seed{1}, TrialId{0});
  const State state =
      initial_state(kArchitecture, {.kind = OptimizerKind::adam}, Seed{1}, TrialId{0});
  EXPECT_EQ(state.step, 0);
  std::vector<float> expected = weights;
  expected.resize(3 * weights.size(), 0.0F);
  EXPECT_EQ(state.values, expected);
}

}  // namespace
}  // namespace stepladder::training
