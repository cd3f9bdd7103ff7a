// Regression on two axes by a Gaussian process with a quadratic trend, effects of trials and noise
// that differs by class (Rasmussen, Williams 2006: sections 2.2, 2.7, 4.2.1, 5.4.1). The caller
// gives everything on scales of order one: x, t and u in about [-1, 1], y with mean 0 and
// deviation 1.
//   cov(y_i, y_j) = Σ_b 3² b(x_i, t_i) b(x_j, t_j)      b in {1, x, t, x², xt, t²}
//                 + a² (1 + √5 r + 5r²/3) exp(-√5 r),   r² = (Δx/l_x)² + (Δt/l_t)²
//                 + b² (1 + √5 q + 5q²/3) exp(-√5 q),   q = |Δu| / l_u
//                 + tau² [same trial] + sigma_c² [i = j]
// u is a third coordinate that the caller derives from x and t.
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
  double u = 0;
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

  // Joint draws of y without noise and trial effect: [draw][place]. Hyperparameters are drawn from
  // their posterior in Laplace's approximation, a new set every `count` / kHyperDraws draws.
  static constexpr std::size_t kHyperDraws = 20;
  [[nodiscard]] std::vector<std::vector<double>> draws(std::span<const Place> places,
                                                       std::size_t count, Seed seed) const;

  [[nodiscard]] double trial_deviation() const;
  [[nodiscard]] double noise(std::size_t noise_class) const;
  [[nodiscard]] std::size_t size() const noexcept { return data_.size(); }

 private:
  struct Posterior;  // of the function, given hyperparameters
  // ln of: a, l_x, l_t, b, l_u, tau, sigma, and for each class sigma_c / sigma
  using Logs = Eigen::VectorXd;
  [[nodiscard]] double cost(const Logs& logs, Eigen::VectorXd& gradient) const;
  [[nodiscard]] Eigen::MatrixXd covariance(const Logs& logs) const;
  [[nodiscard]] Eigen::MatrixXd cross_covariance(const Logs& logs,
                                                 std::span<const Place> places) const;

  std::vector<Datum> data_;
  std::size_t noise_classes_ = 0;
  Eigen::VectorXd y_;           // [n]
  Eigen::MatrixXd trend_;       // [n, n]: the trend's part of the covariance
  Eigen::MatrixXd distance_x_;  // [n, n]: Δx²
  Eigen::MatrixXd distance_t_;  // [n, n]: Δt²
  Eigen::MatrixXd distance_u_;  // [n, n]: Δu²
  Logs logs_;                   // at the maximum
  Eigen::MatrixXd spread_;      // a root of the logs' posterior covariance
  Eigen::MatrixXd lower_;       // Cholesky factor of the covariance at logs_
  Eigen::VectorXd weights_;     // covariance^-1 y
};

}  // namespace stepladder::analysis
