// Private to the room: the covariance of gaussian_process.hpp and what is thought of its
// hyperparameters before any score is seen. Lengths are in the unit of a Input.
#pragma once

#include <array>
#include <cmath>

#include <Eigen/Core>

#include "stepladder/analysis/gaussian_process.hpp"

namespace stepladder::analysis {

// Of the progress part, then of the noise part; those of trials, noise, noise classes and runs
// follow.
enum PartHyper : Eigen::Index { kAmplitude, kAcross, kAlong, kTilt, kPartSize };
inline constexpr Eigen::Index kParts = 2;
enum Hyper : Eigen::Index { kTrial = kParts * kPartSize, kNoise, kClasses };

// Normal priors. They decide what is thought of budgets at which few were scored: with parts that
// depend on little but their own coordinate (large m, tilts held close to 1 and 0) the intervals
// there are narrow, and too narrow where a best rate falls ever faster. These values were chosen
// on noisy quadratics for coverage (response.hpp), not on real training.
struct Prior {
  double centre = 0;
  double deviation = 1;
};
inline const std::array<Prior, kPartSize> kProgressPriors = {{{std::log(0.2), 1},    // ln a
                                                              {std::log(0.8), 0.5},  // ln l
                                                              {std::log(3), 0.4},    // ln m
                                                              {1, 0.1}}};            // c
inline const std::array<Prior, kPartSize> kNoisePriors = {
    {{std::log(0.2), 1}, {std::log(0.8), 0.5}, {std::log(3), 0.4}, {0, 0.1}}};
inline const Prior kTrialPrior = {std::log(0.05), 1.5};  // ln tau
inline const Prior kErrorPrior = {std::log(0.1), 1.5};   // ln sigma
inline constexpr Prior kClassPrior = {0, 0.5};           // ln(sigma_c / sigma)
inline const Prior kRunPrior = {std::log(0.1), 1.5};     // ln rho

// `run`: where ln rho stands.
[[nodiscard]] inline Prior prior_of(Eigen::Index hyper, Eigen::Index run) {
  if (hyper == run) return kRunPrior;
  if (hyper < kPartSize) return kProgressPriors[static_cast<std::size_t>(hyper)];
  if (hyper < kTrial) return kNoisePriors[static_cast<std::size_t>(hyper - kPartSize)];
  return hyper == kTrial ? kTrialPrior : hyper == kNoise ? kErrorPrior : kClassPrior;
}

inline constexpr Eigen::Index kTrendSize = 6;
[[nodiscard]] inline Eigen::Matrix<double, kTrendSize, 1> trend_of(const Input& p) {
  return {1, p.x, p.t, p.x * p.x, p.x * p.u, p.t * p.t};
}

struct Matern {  // of order 5/2, on tilted axes
  double amplitude_2;
  double across;  // 1 / l²
  double along;   // 1 / m²
  double tilt;

  Matern(const Eigen::VectorXd& hyper, Eigen::Index part)
      : amplitude_2(std::exp(2 * hyper[part * kPartSize + kAmplitude])),
        across(std::exp(-2 * hyper[part * kPartSize + kAcross])),
        along(std::exp(-2 * hyper[part * kPartSize + kAlong])),
        tilt(hyper[part * kPartSize + kTilt]) {}

  [[nodiscard]] double operator()(const Input& p, const Input& q) const {
    const double dt = p.t - q.t;
    const double dx = p.x - q.x + tilt * (p.u - q.u);
    const double s = std::sqrt(5 * (dx * dx * across + dt * dt * along));
    return amplitude_2 * (1 + s + s * s / 3) * std::exp(-s);
  }

  // Adds `weight` times the derivatives by this part's hyperparameters.
  void add_slopes(const Input& p, const Input& q, double weight, double* slopes) const {
    const double dt = p.t - q.t;
    const double du = p.u - q.u;
    const double dx = p.x - q.x + tilt * du;
    const double x2 = dx * dx * across;
    const double t2 = dt * dt * along;
    const double s = std::sqrt(5 * (x2 + t2));
    const double decay = weight * amplitude_2 * std::exp(-s);
    const double pull = decay * 5 / 3 * (1 + s);
    slopes[kAmplitude] += 2 * decay * (1 + s + s * s / 3);
    slopes[kAcross] += pull * x2;
    slopes[kAlong] += pull * t2;
    slopes[kTilt] -= pull * dx * du * across;
  }
};

struct Smoothness {  // both parts
  std::array<Matern, kParts> parts;
  explicit Smoothness(const Eigen::VectorXd& hyper) : parts{Matern(hyper, 0), Matern(hyper, 1)} {}
  [[nodiscard]] double operator()(const Input& p, const Input& q) const {
    return parts[0](p, q) + parts[1](p, q);
  }
  [[nodiscard]] double variance() const { return parts[0].amplitude_2 + parts[1].amplitude_2; }
};

}  // namespace stepladder::analysis
