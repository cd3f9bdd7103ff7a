#include "stepladder/simulation/noisy_quadratic.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace stepladder::simulation {
namespace {

// One direction at a constant rate: m_T = k^T m_0 + a² s (1 - k^T) / (1 - k), k = (1 - a h)².
TEST(NoisyQuadratic, loss_at_a_constant_rate_is_the_closed_form) {
  const NoisyQuadratic problem{.curvatures = {0.5}, .noise = 2, .start = 3};
  const double a = 0.1;
  const double k = std::pow(1 - a * 0.5, 2);
  const double decay = std::pow(k, 50);
  const double m = decay * 3 + a * a * 2 * 0.5 * (1 - decay) / (1 - k);
  EXPECT_NEAR(exact_loss(problem, RateShape::constant, a, 50).value(), 0.5 * m / 2, 1e-12);
}

// Two steps of the linear schedule by hand: rates a and a / 2.
TEST(NoisyQuadratic, linear_schedule_uses_each_steps_rate) {
  const NoisyQuadratic problem{.curvatures = {1}, .noise = 1, .start = 1};
  const double first = 0.6 * 0.6 * 1 + 0.16;
  const double second = 0.8 * 0.8 * first + 0.04;
  EXPECT_NEAR(exact_loss(problem, RateShape::linear, 0.4, 2).value(), second / 2, 1e-12);
}

// Without noise and in one direction the best constant rate is 1 / h.
TEST(NoisyQuadratic, best_rate_of_one_direction_is_the_inverse_curvature) {
  const NoisyQuadratic problem{.curvatures = {4}, .noise = 0};
  EXPECT_NEAR(exact_best_rate(problem, RateShape::constant, 3, 0.01, 0.49), 0.25, 2e-3);
}

// Under i^-2 with unit noise the best constant rate falls like T^-1/3.
TEST(NoisyQuadratic, best_constant_rate_falls_like_the_cube_root_of_the_steps) {
  const NoisyQuadratic problem = NoisyQuadratic::power_law(200, 2, 1);
  const double early = exact_best_rate(problem, RateShape::constant, 300, 1e-3, 3);
  const double late = exact_best_rate(problem, RateShape::constant, 2700, 1e-3, 3);
  EXPECT_NEAR(std::log(late / early) / std::log(9), -1.0 / 3, 0.01);
}

TEST(NoisyQuadratic, diverges_beyond_twice_the_inverse_curvature) {
  const NoisyQuadratic problem = NoisyQuadratic::power_law(10, 1, 0);
  EXPECT_TRUE(exact_loss(problem, RateShape::constant, 1.99, 1000));
  EXPECT_FALSE(exact_loss(problem, RateShape::constant, 2.1, 1000));
}

TEST(NoisyQuadratic, workload_scores_vary_about_the_exact_loss) {
  const NoisyQuadratic problem = NoisyQuadratic::power_law(10, 1, 1);
  const Training workload =
      quadratic_workload(problem, RateShape::constant, {.heldout = 0.02, .trial = 0}, Seed{1});
  const double exact = exact_loss(problem, RateShape::constant, 0.1, 100).value();
  double mean = 0;
  for (std::uint32_t trial = 0; trial < 400; ++trial) {
    const Trained work = workload({.trial = TrialId{trial},
                                   .configuration = {{{"learning_rate", 0.1}}},
                                   .from = 0,
                                   .to = 100});
    mean += std::log(std::get<Score>(work.outcome)[1] / exact) / 400;
  }
  EXPECT_NEAR(mean, 0, 0.004);
  const Trained diverged =
      workload({.configuration = {{{"learning_rate", 5.0}}}, .from = 0, .to = 100});
  EXPECT_TRUE(std::holds_alternative<Diverged>(diverged.outcome));
}

}  // namespace
}  // namespace stepladder::simulation
