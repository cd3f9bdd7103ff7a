#include "stepladder/analysis/gaussian_process.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "stepladder/analysis/interval.hpp"
#include "stepladder/analysis/minimise.hpp"
#include "stepladder/trial/random.hpp"

namespace stepladder::analysis {
namespace {

double smooth(const Input& input) {
  return std::sin(2 * input.x + 0.5 * input.t) + input.x * input.x - 0.3 * input.t;
}

std::vector<Datum> sampled(std::size_t count, double noise, std::uint64_t seed) {
  std::vector<Datum> data;
  const RandomStream random(Seed{seed}, Purpose::simulation);
  for (std::uint64_t i = 0; i < count; ++i) {
    const Input input{2 * random.uniform(3 * i) - 1, 2 * random.uniform(3 * i + 1) - 1};
    data.push_back({.input = input,
                    .y = smooth(input) + noise * random.normal(1000 + i),
                    .trial = static_cast<std::uint32_t>(i)});
  }
  return data;
}

TEST(GaussianProcess, predicts_a_smooth_function_between_its_data) {
  const GaussianProcess process(sampled(80, 1e-3, 1), 1);
  for (const Input& input : {Input{0, 0}, Input{-0.6, 0.3}, Input{0.7, -0.7}}) {
    const auto predicted = process.at(input);
    EXPECT_NEAR(predicted.mean, smooth(input), 0.02);
    EXPECT_LT(predicted.deviation, 0.02);
  }
}

TEST(GaussianProcess, is_less_sure_far_from_its_data) {
  const GaussianProcess process(sampled(40, 0.05, 2), 1);
  EXPECT_GT(process.at({3, 3}).deviation, 5 * process.at({0, 0}).deviation);
}

// What is drawn at an input has the mean and deviation that are predicted there.
TEST(GaussianProcess, draws_agree_with_predictions) {
  const GaussianProcess process(sampled(30, 0.1, 3), 1);
  const std::vector<Input> inputs = {{0, 0}, {0.1, 0}, {1.5, -0.5}};
  const auto draws = process.draws(inputs, 4000, Seed{7});
  ASSERT_EQ(draws.size(), 4000U);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    double mean = 0;
    double square = 0;
    for (const auto& draw : draws) mean += draw[i] / 4000;
    for (const auto& draw : draws) square += (draw[i] - mean) * (draw[i] - mean) / 4000;
    const auto predicted = process.at(inputs[i]);
    EXPECT_NEAR(mean, predicted.mean, 4 * predicted.deviation / std::sqrt(4000));
    EXPECT_NEAR(std::sqrt(square), predicted.deviation, 0.05 * predicted.deviation);
  }
}

TEST(GaussianProcess, tells_noise_by_its_class) {
  std::vector<Datum> data = sampled(120, 0, 4);
  const RandomStream random(Seed{5}, Purpose::simulation);
  for (std::size_t i = 0; i < data.size(); ++i) {
    data[i].noise_class = i % 2;
    data[i].y += (i % 2 == 0 ? 0.02 : 0.2) * random.normal(i);
  }
  const GaussianProcess process(std::move(data), 2);
  EXPECT_LT(process.noise(0), 0.08);
  EXPECT_GT(process.noise(1), 0.1);
}

TEST(GaussianProcess, tells_effects_of_trials_from_noise) {
  std::vector<Datum> data;
  for (std::uint64_t i = 0; i < 60; ++i) {
    const RandomStream random(Seed{6}, Purpose::simulation, i);
    const double x = 2 * random.uniform(0) - 1;
    for (std::uint64_t j = 0; j < 3; ++j) {
      const Input input{x, static_cast<double>(j) - 1};
      data.push_back({.input = input,
                      .y = smooth(input) + 0.2 * random.normal(10) + 0.05 * random.normal(20 + j),
                      .trial = static_cast<std::uint32_t>(i)});
    }
  }
  const GaussianProcess process(std::move(data), 1);
  EXPECT_NEAR(process.trial_deviation(), 0.2, 0.06);
  EXPECT_NEAR(process.noise(0), 0.05, 0.02);
}

// Rosenbrock's valley: the minimum 0 lies at (1, 1).
TEST(Minimise, follows_a_bent_valley) {
  const Smooth rosenbrock = [](const Eigen::VectorXd& p, Eigen::VectorXd& gradient) {
    const double bend = p[1] - p[0] * p[0];
    gradient << -400 * p[0] * bend - 2 * (1 - p[0]), 200 * bend;
    return 100 * bend * bend + (1 - p[0]) * (1 - p[0]);
  };
  const Minimum found = minimise(rosenbrock, Eigen::Vector2d(-1.2, 1), 1e-8, 200);
  EXPECT_NEAR(found.point[0], 1, 1e-6);
  EXPECT_NEAR(found.point[1], 1, 1e-6);
}

TEST(Minimise, does_not_enter_where_the_value_is_not_finite) {
  const Smooth walled = [](const Eigen::VectorXd& p, Eigen::VectorXd& gradient) {
    gradient << 1 - 1 / p[0];
    return p[0] - std::log(p[0]);  // NaN below zero; the minimum lies at 1
  };
  EXPECT_NEAR(minimise(walled, Eigen::VectorXd::Constant(1, 8), 1e-8).point[0], 1, 1e-6);
}

}  // namespace
}  // namespace stepladder::analysis
