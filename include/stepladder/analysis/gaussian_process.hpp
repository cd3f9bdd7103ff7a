// Regression on two axes by a Gaussian process with a quadratic trend, effects of trials and noise
// that differs by class (Rasmussen, Williams 2006: sections 2.2, 2.7, 4.2.1, 5.4.1). The caller
// gives everything on scales of order one: x and t in about [-1, 1], y with mean 0 and deviation 1.
//   cov(y_i, y_j) = Σ_b b(x_i, t_i) b(x_j, t_j)         b in {1, x, t, x², xt, t², xt² / 2}
//                 + a² (1 + √5 r + 5r²/3) exp(-√5 r),   r² = ((Δx + c Δt)/l_x)² + (Δt/l_t)²
//                 + tau² [same trial] + sigma_c² [i = j]
// c is the direction in which the second part changes least: a valley may run across both axes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "stepladder/trial/ids.hpp"

namespace stepladder::analysis {

struct Place {
  double x = 0;
  double t = 0;
};
struct Datum {
  Place place;
  double y = 0;
  std::uint32_t trial = 0;
  std::uint32_t noise_class = 0;  // below `noise_classes`
};

class GaussianProcess {
 public:
  // Chooses the hyperparameters at the maximum of likelihood times prior. Needs at least one datum.
  GaussianProcess(std::vector<Datum> data, std::size_t noise_classes);

  struct Prediction {  // of y without noise and trial effect
    double mean = 0;
    double deviation = 0;
  };
  [[nodiscard]] Prediction at(const Place& place) const;

  // Joint draws of y without noise and trial effect, given the hyperparameters: [draw][place].
  [[nodiscard]] std::vector<std::vector<double>> draws(std::span<const Place> places,
                                                       std::size_t count, Seed seed) const;

  [[nodiscard]] double trial_deviation() const;
  [[nodiscard]] double noise(std::size_t noise_class) const;
  [[nodiscard]] std::size_t size() const noexcept { return data_.size(); }

 private:
  // Hyperparameters stand in one vector: ln of a, l_x, l_t, tau, sigma; c; and for each class
  // ln(sigma_c / sigma).
  [[nodiscard]] double cost(const Eigen::VectorXd& hyper, Eigen::VectorXd& gradient) const;
  [[nodiscard]] Eigen::MatrixXd covariance(const Eigen::VectorXd& hyper) const;
  [[nodiscard]] Eigen::MatrixXd cross_covariance(const Eigen::VectorXd& hyper,
                                                 std::span<const Place> places) const;

  std::vector<Datum> data_;
  std::size_t noise_classes_ = 0;
  Eigen::VectorXd y_;        // [n]
  Eigen::MatrixXd trend_;    // [n, n]: the trend's part of the covariance
  Eigen::VectorXd hyper_;    // at the maximum
  Eigen::MatrixXd lower_;    // [n, n]: Cholesky factor of the covariance at hyper_
  Eigen::VectorXd weights_;  // [n]: covariance^-1 y
};

}  // namespace stepladder::analysis
