#include "stepladder/analysis/gaussian_process.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include <Eigen/Cholesky>

#include "progress_kernel.hpp"
#include "stepladder/analysis/minimise.hpp"
#include "stepladder/trial/random.hpp"

namespace stepladder::analysis {
namespace {

constexpr double kJitter = 1e-8;

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

MatrixXd trend_matrix(std::span<const Input> inputs) {
  MatrixXd features(static_cast<Index>(inputs.size()), kTrendSize);
  for (std::size_t i = 0; i < inputs.size(); ++i)
    features.row(static_cast<Index>(i)) = trend_of(inputs[i]).transpose();
  return features;
}

std::vector<Input> inputs_of(const std::vector<Datum>& data) {
  std::vector<Input> inputs;
  inputs.reserve(data.size());
  for (const Datum& datum : data) inputs.push_back(datum.input);
  return inputs;
}

// R, of as few columns as it takes, with R R^T the covariance: that of many close inputs has a rank
// far below their number, to rounding.
MatrixXd root_of(const MatrixXd& covariance) {
  constexpr double kNegligible = 1e-9;             // of a variance, beside that of y, which is 1
  const Eigen::LDLT<MatrixXd> factor(covariance);  // pivots in descending order
  const VectorXd& pivots = factor.vectorD();
  Index rank = 0;
  while (rank < pivots.size() && pivots[rank] > kNegligible) ++rank;
  const MatrixXd lower = factor.matrixL();
  const MatrixXd root = lower.leftCols(rank) * pivots.head(rank).cwiseSqrt().asDiagonal();
  return factor.transpositionsP().transpose() * root;
}

VectorXd normals(const RandomStream& random, Index size) {
  VectorXd values(size);
  for (Index j = 0; j < size; ++j) values[j] = random.normal(static_cast<std::uint64_t>(j));
  return values;
}

}  // namespace

GaussianProcess::GaussianProcess(std::vector<Datum> data, std::size_t noise_classes)
    : data_(std::move(data)), noise_classes_(noise_classes) {
  const auto n = static_cast<Index>(data_.size());
  y_.resize(n);
  for (Index i = 0; i < n; ++i) {
    const Datum& a = data_[static_cast<std::size_t>(i)];
    y_[i] = a.y;
    has_runs_ = has_runs_ || a.run != data_.front().run;
  }
  const MatrixXd features = trend_matrix(inputs_of(data_));
  trend_ = features * features.transpose();

  VectorXd start(run_hyper() + (has_runs_ ? 1 : 0));
  for (Index i = 0; i < start.size(); ++i) start[i] = prior_of(i, run_hyper()).centre;
  const Smooth function = [this](const VectorXd& hyper, VectorXd& gradient) {
    return cost(hyper, gradient);
  };
  const Minimum best = minimise(function, std::move(start));
  hyper_ = best.point;

  const Eigen::LLT<MatrixXd> factor(covariance(hyper_));
  lower_ = factor.matrixL();
  weights_ = factor.solve(y_);
}

Index GaussianProcess::run_hyper() const noexcept {
  return kClasses + static_cast<Index>(noise_classes_);
}

double GaussianProcess::run_variance(const VectorXd& hyper) const {
  return has_runs_ ? std::exp(2 * hyper[run_hyper()]) : 0;
}

MatrixXd GaussianProcess::covariance(const VectorXd& hyper) const {
  const Index n = y_.size();
  const Smoothness smooth(hyper);
  const double trial_2 = std::exp(2 * hyper[kTrial]);
  const double run_2 = run_variance(hyper);
  MatrixXd k = trend_;
  for (Index j = 0; j < n; ++j) {
    const Datum& b = data_[static_cast<std::size_t>(j)];
    for (Index i = j; i < n; ++i) {
      const Datum& a = data_[static_cast<std::size_t>(i)];
      k(i, j) += smooth(a.input, b.input);
      if (a.trial == b.trial) k(i, j) += trial_2;
      if (has_runs_ && a.run == b.run) k(i, j) += run_2;
    }
    k(j, j) += std::exp(2 * (hyper[kNoise] + hyper[kClasses + static_cast<Index>(b.noise_class)])) +
               kJitter;
  }
  return k.selfadjointView<Eigen::Lower>();
}

// Minus the logarithm of likelihood times prior, and its gradient (equation 5.9).
double GaussianProcess::cost(const VectorXd& hyper, VectorXd& gradient) const {
  const Index n = y_.size();
  if (hyper.cwiseAbs().maxCoeff() > 15) return std::numeric_limits<double>::infinity();
  const Eigen::LLT<MatrixXd> factor(covariance(hyper));
  if (factor.info() != Eigen::Success) return std::numeric_limits<double>::infinity();
  const VectorXd alpha = factor.solve(y_);
  double value = 0.5 * y_.dot(alpha);
  for (Index i = 0; i < n; ++i) value += std::log(factor.matrixLLT()(i, i));

  MatrixXd slope = factor.solve(MatrixXd::Identity(n, n));  // dcost/dK, twice
  slope.noalias() -= alpha * alpha.transpose();

  gradient.setZero();
  const Smoothness smooth(hyper);
  const double trial_2 = std::exp(2 * hyper[kTrial]);
  const double run_2 = run_variance(hyper);
  for (Index j = 0; j < n; ++j) {
    const Datum& b = data_[static_cast<std::size_t>(j)];
    for (Index i = j; i < n; ++i) {
      const double twice = i == j ? 1 : 2;
      const double s = twice * slope(i, j);
      const Datum& a = data_[static_cast<std::size_t>(i)];
      for (Index part = 0; part < kParts; ++part)
        smooth.parts[static_cast<std::size_t>(part)].add_slopes(a.input, b.input, s / 2,
                                                                &gradient[part * kPartSize]);
      if (a.trial == b.trial) gradient[kTrial] += s * trial_2;
      if (has_runs_ && a.run == b.run) gradient[run_hyper()] += s * run_2;
    }
    const Index at = kClasses + static_cast<Index>(b.noise_class);
    const double noise = slope(j, j) * std::exp(2 * (hyper[kNoise] + hyper[at]));
    gradient[kNoise] += noise;
    gradient[at] += noise;
  }

  for (Index i = 0; i < hyper.size(); ++i) {
    const Prior prior = prior_of(i, run_hyper());
    const double z = (hyper[i] - prior.centre) / prior.deviation;
    value += z * z / 2;
    gradient[i] += z / prior.deviation;
  }
  return value;
}

MatrixXd GaussianProcess::cross_covariance(const VectorXd& hyper,
                                           std::span<const Input> inputs) const {
  const Smoothness smooth(hyper);
  MatrixXd k = trend_matrix(inputs_of(data_)) * trend_matrix(inputs).transpose();
  for (Index j = 0; j < k.cols(); ++j) {
    const Input& p = inputs[static_cast<std::size_t>(j)];
    for (Index i = 0; i < k.rows(); ++i) {
      k(i, j) += smooth(p, data_[static_cast<std::size_t>(i)].input);
    }
  }
  return k;
}

GaussianProcess::Prediction GaussianProcess::at(const Input& input) const {
  const std::span<const Input> one(&input, 1);
  const VectorXd k = cross_covariance(hyper_, one).col(0);
  const VectorXd half = lower_.triangularView<Eigen::Lower>().solve(k);
  const double prior = trend_matrix(one).squaredNorm() + Smoothness(hyper_).variance();
  return {.mean = k.dot(weights_),
          .deviation = std::sqrt(std::max(prior - half.squaredNorm(), 0.0))};
}

MatrixXd GaussianProcess::prior_covariance(std::span<const Input> inputs) const {
  const MatrixXd features = trend_matrix(inputs);
  const Smoothness smooth(hyper_);
  MatrixXd k = features * features.transpose();
  for (Index j = 0; j < k.cols(); ++j)
    for (Index i = 0; i < k.rows(); ++i)
      k(i, j) += smooth(inputs[static_cast<std::size_t>(i)], inputs[static_cast<std::size_t>(j)]);
  return k;
}

std::vector<std::vector<double>> GaussianProcess::draws(std::span<const Input> inputs,
                                                        std::size_t count, Seed seed) const {
  const MatrixXd cross = cross_covariance(hyper_, inputs);
  const VectorXd mean = cross.transpose() * weights_;
  const MatrixXd half = lower_.triangularView<Eigen::Lower>().solve(cross);
  const MatrixXd root = root_of(prior_covariance(inputs) - half.transpose() * half);
  std::vector<std::vector<double>> drawn;
  drawn.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const VectorXd values =
        mean + root * normals(RandomStream(seed, Purpose::analysis, i), root.cols());
    drawn.emplace_back(values.begin(), values.end());
  }
  return drawn;
}

double GaussianProcess::trial_deviation() const { return std::exp(hyper_[kTrial]); }

double GaussianProcess::noise(std::size_t noise_class) const {
  return std::exp(hyper_[kNoise] + hyper_[kClasses + static_cast<Index>(noise_class)]);
}

}  // namespace stepladder::analysis
