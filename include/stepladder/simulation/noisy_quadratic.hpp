// A training problem whose best learning rate is known exactly at each step budget: gradient
// descent with gradient noise on a quadratic with independent directions. The second moment of each
// direction follows m <- (1 - a h)² m + a² s, with a the step's learning rate, h the direction's
// curvature and s the gradient noise's variance in it; the expected loss is Σ h m / 2. It is an
// oracle for schedulers and estimators, which see only noisy scores of it.
#pragma once

#include <optional>
#include <vector>

#include "stepladder/simulation/simulated_fleet.hpp"
#include "stepladder/trial/ids.hpp"

namespace stepladder::simulation {

struct NoisyQuadratic {
  std::vector<double> curvatures;  // h, > 0
  double noise = 1;                // s = noise · h
  double start = 1;                // m before the first step, in every direction

  // h_i = i^-power, i = 1 .. directions.
  [[nodiscard]] static NoisyQuadratic power_law(std::size_t directions, double power, double noise);
};

enum class RateShape {
  constant,
  linear,  // peak · (1 - t / T), restarted for every T
};

// The exact expected loss after `steps`; nothing where it has risen tenfold above the start's on
// the way (diverged).
[[nodiscard]] std::optional<double> exact_loss(const NoisyQuadratic& problem, RateShape shape,
                                               double rate, Steps steps);

// The rate with the smallest exact loss within [low, high], to six digits: a scan of 200 rates,
// then golden sections.
[[nodiscard]] double exact_best_rate(const NoisyQuadratic& problem, RateShape shape, Steps steps,
                                     double low, double high);

struct QuadraticNoise {   // standard deviations of factors exp(deviation · normal) on the loss
  double heldout = 0.02;  // drawn anew for each score
  double trial = 0.02;    // of the trial, the same in all its scores
};

// Scores configurations by their `learning_rate`: the values are exp(-loss), a share to be large,
// and loss = exact · noise. A pure function of (seed, trial, configuration, steps). One second a
// step.
[[nodiscard]] Training quadratic_workload(NoisyQuadratic problem, RateShape shape,
                                          const QuadraticNoise& noise, Seed seed);

}  // namespace stepladder::simulation
