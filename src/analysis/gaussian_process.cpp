#include "stepladder/analysis/gaussian_process.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

#include "stepladder/analysis/minimise.hpp"
#include "stepladder/trial/random.hpp"

namespace stepladder::analysis {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

enum Log : Index {
  kAmplitude,
  kLengthX,
  kLengthT,
  kAmplitudeU,
  kLengthU,
  kTrial,
  kNoise,
  kClasses
};

constexpr double kTrendDeviation = 3;
constexpr double kJitter = 1e-8;

// Priors of the logarithms, normal. They matter only where the data say nothing.
struct Prior {
  double centre;
  double deviation;
};
const Prior kPriors[] = {{std::log(0.1), 1.0},   // a
                         {std::log(0.7), 0.7},   // l_x
                         {std::log(1.5), 0.7},   // l_t
                         {std::log(1.0), 1.0},   // b
                         {std::log(0.7), 0.7},   // l_u
                         {std::log(0.05), 1.5},  // tau
                         {std::log(0.1), 1.5}};  // sigma
constexpr double kClassDeviation = 0.5;          // of ln(sigma_c / sigma)

constexpr Index kTrendSize = 6;
Eigen::Matrix<double, kTrendSize, 1> trend_of(const Place& p) {
  return {1, p.x, p.t, p.x * p.x, p.x * p.t, p.t * p.t};
}

// (1 + s + s²/3) exp(-s) with s = √5 r: the Matern covariance of order 5/2.
double matern(double r2) {
  const double s = std::sqrt(5 * r2);
  return (1 + s + s * s / 3) * std::exp(-s);
}
// Its derivative by ln(length) is r2 times this.
double matern_pull(double r2) {
  const double s = std::sqrt(5 * r2);
  return 5.0 / 3 * (1 + s) * std::exp(-s);
}

struct SmoothPart {  // the covariance of the smooth part
  double joint_2;    // a²
  double alone_2;    // b²
  double x_scale;    // 1 / l_x²
  double t_scale;    // 1 / l_t²
  double u_scale;    // 1 / l_u²

  explicit SmoothPart(const VectorXd& logs)
      : joint_2(std::exp(2 * logs[kAmplitude])),
        alone_2(std::exp(2 * logs[kAmplitudeU])),
        x_scale(std::exp(-2 * logs[kLengthX])),
        t_scale(std::exp(-2 * logs[kLengthT])),
        u_scale(std::exp(-2 * logs[kLengthU])) {}

  [[nodiscard]] double operator()(double dx2, double dt2, double du2) const {
    return joint_2 * matern(dx2 * x_scale + dt2 * t_scale) +
           alone_2 * (matern(du2 * u_scale) + matern(dx2 * u_scale));
  }
  [[nodiscard]] double operator()(const Place& p, const Place& q) const {
    return (*this)((p.x - q.x) * (p.x - q.x), (p.t - q.t) * (p.t - q.t), (p.u - q.u) * (p.u - q.u));
  }
};

MatrixXd trend_matrix(std::span<const Place> places) {
  MatrixXd features(static_cast<Index>(places.size()), kTrendSize);
  for (std::size_t i = 0; i < places.size(); ++i)
    features.row(static_cast<Index>(i)) = trend_of(places[i]).transpose();
  return kTrendDeviation * features;
}

std::vector<Place> places_of(const std::vector<Datum>& data) {
  std::vector<Place> places;
  for (const Datum& datum : data) places.push_back(datum.place);
  return places;
}

}  // namespace

GaussianProcess::GaussianProcess(std::vector<Datum> data, std::size_t noise_classes)
    : data_(std::move(data)), noise_classes_(noise_classes) {
  const auto n = static_cast<Index>(data_.size());
  y_.resize(n);
  distance_x_.resize(n, n);
  distance_t_.resize(n, n);
  distance_u_.resize(n, n);
  for (Index i = 0; i < n; ++i) {
    const Datum& a = data_[static_cast<std::size_t>(i)];
    y_[i] = a.y;
    for (Index j = 0; j < n; ++j) {
      const Datum& b = data_[static_cast<std::size_t>(j)];
      distance_x_(i, j) = (a.place.x - b.place.x) * (a.place.x - b.place.x);
      distance_t_(i, j) = (a.place.t - b.place.t) * (a.place.t - b.place.t);
      distance_u_(i, j) = (a.place.u - b.place.u) * (a.place.u - b.place.u);
    }
  }
  const MatrixXd features = trend_matrix(places_of(data_));
  trend_ = features * features.transpose();

  VectorXd start = VectorXd::Zero(kClasses + static_cast<Index>(noise_classes_));
  for (Index i = 0; i < kClasses; ++i) start[i] = kPriors[i].centre;
  const Smooth function = [this](const VectorXd& logs, VectorXd& gradient) {
    return cost(logs, gradient);
  };
  const Minimum best = minimise(function, std::move(start));
  logs_ = best.point;

  const Eigen::LLT<MatrixXd> factor(covariance(logs_));
  lower_ = factor.matrixL();
  weights_ = factor.solve(y_);

  // Laplace's approximation: the Hessian from differences of the gradient.
  const Index size = logs_.size();
  MatrixXd hessian(size, size);
  for (Index i = 0; i < size; ++i) {
    constexpr double h = 1e-3;
    VectorXd moved = logs_;
    moved[i] += h;
    VectorXd gradient(size);
    static_cast<void>(cost(moved, gradient));
    hessian.col(i) = (gradient - best.gradient) / h;
  }
  const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen((hessian + hessian.transpose()) / 2);
  // No direction is less sure than the widest prior.
  const VectorXd precision = eigen.eigenvalues().cwiseMax(1 / (1.5 * 1.5));
  spread_ = eigen.eigenvectors() * precision.cwiseSqrt().cwiseInverse().asDiagonal();
}

MatrixXd GaussianProcess::covariance(const Logs& logs) const {
  const Index n = y_.size();
  const SmoothPart smooth(logs);
  const double trial_2 = std::exp(2 * logs[kTrial]);
  MatrixXd k = trend_;
  for (Index j = 0; j < n; ++j) {
    const Datum& b = data_[static_cast<std::size_t>(j)];
    for (Index i = j; i < n; ++i) {
      k(i, j) += smooth(distance_x_(i, j), distance_t_(i, j), distance_u_(i, j));
      if (data_[static_cast<std::size_t>(i)].trial == b.trial) k(i, j) += trial_2;
    }
    k(j, j) +=
        std::exp(2 * (logs[kNoise] + logs[kClasses + static_cast<Index>(b.noise_class)])) + kJitter;
  }
  return k.selfadjointView<Eigen::Lower>();
}

// Minus the logarithm of likelihood times prior, and its gradient: equation 5.9.
double GaussianProcess::cost(const Logs& logs, VectorXd& gradient) const {
  const Index n = y_.size();
  if (logs.cwiseAbs().maxCoeff() > 15) return std::numeric_limits<double>::infinity();
  const Eigen::LLT<MatrixXd> factor(covariance(logs));
  if (factor.info() != Eigen::Success) return std::numeric_limits<double>::infinity();
  const VectorXd alpha = factor.solve(y_);
  double value = 0.5 * y_.dot(alpha);
  for (Index i = 0; i < n; ++i) value += std::log(factor.matrixLLT()(i, i));

  MatrixXd slope = factor.solve(MatrixXd::Identity(n, n));  // dcost/dK, twice
  slope.noalias() -= alpha * alpha.transpose();

  gradient.setZero();
  const SmoothPart smooth(logs);
  const double trial_2 = std::exp(2 * logs[kTrial]);
  for (Index j = 0; j < n; ++j) {
    const Datum& b = data_[static_cast<std::size_t>(j)];
    for (Index i = j; i < n; ++i) {
      const double twice = i == j ? 1 : 2;
      const double s = twice * slope(i, j);
      const double x2 = distance_x_(i, j) * smooth.x_scale;
      const double t2 = distance_t_(i, j) * smooth.t_scale;
      const double u2 = distance_u_(i, j) * smooth.u_scale;
      const double v2 = distance_x_(i, j) * smooth.u_scale;
      gradient[kAmplitude] += s * smooth.joint_2 * matern(x2 + t2);
      gradient[kAmplitudeU] += s * smooth.alone_2 * (matern(u2) + matern(v2));
      const double pull = s / 2 * smooth.joint_2 * matern_pull(x2 + t2);
      gradient[kLengthX] += pull * x2;
      gradient[kLengthT] += pull * t2;
      gradient[kLengthU] += s / 2 * smooth.alone_2 * (matern_pull(u2) * u2 + matern_pull(v2) * v2);
      if (data_[static_cast<std::size_t>(i)].trial == b.trial) gradient[kTrial] += s * trial_2;
    }
    const Index at = kClasses + static_cast<Index>(b.noise_class);
    const double noise = slope(j, j) * std::exp(2 * (logs[kNoise] + logs[at]));
    gradient[kNoise] += noise;
    gradient[at] += noise;
  }

  const auto add_prior = [&](Index i, const Prior& prior) {
    const double z = (logs[i] - prior.centre) / prior.deviation;
    value += z * z / 2;
    gradient[i] += z / prior.deviation;
  };
  for (Index i = 0; i < kClasses; ++i) add_prior(i, kPriors[i]);
  for (Index i = kClasses; i < logs.size(); ++i) add_prior(i, {0, kClassDeviation});
  return value;
}

MatrixXd GaussianProcess::cross_covariance(const Logs& logs, std::span<const Place> places) const {
  const SmoothPart smooth(logs);
  MatrixXd k = trend_matrix(places_of(data_)) * trend_matrix(places).transpose();
  for (Index j = 0; j < k.cols(); ++j) {
    const Place& p = places[static_cast<std::size_t>(j)];
    for (Index i = 0; i < k.rows(); ++i) {
      k(i, j) += smooth(p, data_[static_cast<std::size_t>(i)].place);
    }
  }
  return k;
}

GaussianProcess::Prediction GaussianProcess::at(const Place& place) const {
  const std::span<const Place> one(&place, 1);
  const VectorXd k = cross_covariance(logs_, one).col(0);
  const VectorXd half = lower_.triangularView<Eigen::Lower>().solve(k);
  const double prior = trend_matrix(one).squaredNorm() + SmoothPart(logs_)(0, 0, 0);
  return {.mean = k.dot(weights_),
          .deviation = std::sqrt(std::max(prior - half.squaredNorm(), 0.0))};
}

std::vector<std::vector<double>> GaussianProcess::draws(std::span<const Place> places,
                                                        std::size_t count, Seed seed) const {
  const auto size = static_cast<Index>(places.size());
  const MatrixXd features = trend_matrix(places);
  const MatrixXd trend = features * features.transpose();
  const std::size_t each = (count + kHyperDraws - 1) / kHyperDraws;
  std::vector<std::vector<double>> drawn;
  for (std::size_t hyper = 0; drawn.size() < count; ++hyper) {
    const RandomStream random(seed, Purpose::analysis, hyper);
    VectorXd z(logs_.size());
    for (Index i = 0; i < z.size(); ++i) z[i] = random.normal(static_cast<std::uint64_t>(i));
    const VectorXd logs = logs_ + spread_ * z;

    const Eigen::LLT<MatrixXd> factor(covariance(logs));
    if (factor.info() != Eigen::Success) continue;
    const MatrixXd cross = cross_covariance(logs, places);
    const VectorXd mean = cross.transpose() * factor.solve(y_);
    const MatrixXd half = factor.matrixL().solve(cross);
    const SmoothPart smooth(logs);
    MatrixXd k = trend - half.transpose() * half;
    for (Index j = 0; j < size; ++j) {
      const Place& p = places[static_cast<std::size_t>(j)];
      for (Index i = 0; i < size; ++i) k(i, j) += smooth(p, places[static_cast<std::size_t>(i)]);
      k(j, j) += 1e-6;
    }
    const Eigen::LLT<MatrixXd> root(k);
    if (root.info() != Eigen::Success) continue;
    VectorXd noise(size);
    for (std::size_t i = 0; i < each && drawn.size() < count; ++i) {
      const RandomStream normals(seed, Purpose::analysis, hyper, i + 1);
      for (Index j = 0; j < size; ++j) noise[j] = normals.normal(static_cast<std::uint64_t>(j));
      const VectorXd values = mean + root.matrixL() * noise;
      drawn.emplace_back(values.begin(), values.end());
    }
  }
  return drawn;
}

double GaussianProcess::trial_deviation() const { return std::exp(logs_[kTrial]); }

double GaussianProcess::noise(std::size_t noise_class) const {
  return std::exp(logs_[kNoise] + logs_[kClasses + static_cast<Index>(noise_class)]);
}

}  // namespace stepladder::analysis
