// Regression on two axes by a Gaussian process with a quadratic trend, effects of trials and noise
// that differs by class (Rasmussen, Williams 2006: sections 2.2, 2.7, 4.2.1, 5.4.1). The axes are
// x = ln(rate) and t = ln(steps) in one unit, and u = ln(effective steps) beside t: as many at the
// full rate go as far as the policy's own, so that a rate that has decayed makes no progress. What
// the process knows beforehand is how training works: at low rates a score depends on the progress
// made, which is rate times effective steps, hence on x + u; at high rates it is what the noise of
// that rate leaves, whatever the steps, hence a function of x. It is the sum of two such parts, and
// of a trend:
//   cov(y_i, y_j) = Σ_b b(x_i, t_i, u_i) b(x_j, t_j, u_j)        b in {1, x, t, x², xu, t²}
//                 + Σ_p a_p² (1 + √5 r + 5r²/3) exp(-√5 r),      p = progress, noise
//                       r² = ((Δx + c_p Δu)/l_p)² + (Δt/m_p)²    c about 1, about 0; m large
//                 + tau² [same trial] + rho² [same run] + sigma_c² [i = j]
// rho only where there are several runs.
// So scores at few steps tell what low and high rates come to at many, where few trials are left.
// The caller gives x, t and u of order one, y with mean 0 and deviation 1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "stepladder/trial/ids.hpp"

namespace stepladder::analysis {

struct Input {
  double x = 0;
  double t = 0;
  double u = 0;
};
struct Datum {
  Input input;
  double y = 0;
  std::uint32_t trial = 0;
  std::uint32_t run = 0;
  std::uint32_t noise_class = 0;  // below `noise_classes`
};

class GaussianProcess {
 public:
  // Chooses the hyperparameters at the maximum of likelihood times prior. Needs at least one datum.
  GaussianProcess(std::vector<Datum> data, std::size_t noise_classes);

  struct Prediction {  // of y without noise and effects of trial and run
    double mean = 0;
    double deviation = 0;
  };
  [[nodiscard]] Prediction at(const Input& input) const;

  // Joint draws of y without noise and those effects, given the hyperparameters: [draw][input].
  [[nodiscard]] std::vector<std::vector<double>> draws(std::span<const Input> inputs,
                                                       std::size_t count, Seed seed) const;

  [[nodiscard]] double trial_deviation() const;
  [[nodiscard]] double noise(std::size_t noise_class) const;
  [[nodiscard]] std::size_t size() const noexcept { return data_.size(); }

 private:
  // Hyperparameters stand in one vector: ln a, ln l, ln m, c of either part; ln tau, ln sigma; and
  // for each class ln(sigma_c / sigma); then ln rho, where there are several runs.
  [[nodiscard]] double cost(const Eigen::VectorXd& hyper, Eigen::VectorXd& gradient) const;
  [[nodiscard]] Eigen::MatrixXd covariance(const Eigen::VectorXd& hyper) const;
  [[nodiscard]] Eigen::Index run_hyper() const noexcept;
  [[nodiscard]] double run_variance(const Eigen::VectorXd& hyper) const;  // rho²
  [[nodiscard]] Eigen::MatrixXd cross_covariance(const Eigen::VectorXd& hyper,
                                                 std::span<const Input> inputs) const;
  [[nodiscard]] Eigen::MatrixXd prior_covariance(std::span<const Input> inputs) const;

  std::vector<Datum> data_;
  std::size_t noise_classes_ = 0;
  bool has_runs_ = false;
  Eigen::VectorXd y_;        // [n]
  Eigen::MatrixXd trend_;    // [n, n]: the trend's part of the covariance
  Eigen::VectorXd hyper_;    // at the maximum
  Eigen::MatrixXd lower_;    // [n, n]: Cholesky factor of the covariance at hyper_
  Eigen::VectorXd weights_;  // [n]: covariance^-1 y
};

}  // namespace stepladder::analysis
