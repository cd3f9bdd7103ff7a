#include "stepladder/analysis/gaussian_process.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <Eigen/Cholesky>

#include "stepladder/analysis/minimise.hpp"
#include "stepladder/trial/random.hpp"

namespace stepladder::analysis {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

enum Hyper : Index { kAmplitude, kLengthX, kLengthT, kTrial, kNoise, kTilt, kClasses };

constexpr double kJitter = 1e-8;

// Normal priors. They matter where the data say nothing.
struct Prior {
  double centre = 0;
  double deviation = 1;
};
const std::array<Prior, kClasses> kPriors = {{{0, 1},                 // ln a
                                              {std::log(0.7), 0.7},   // ln l_x
                                              {std::log(3), 0.7},     // ln l_t
                                              {std::log(0.05), 1.5},  // ln tau
                                              {std::log(0.1), 1.5},   // ln sigma
                                              {0, 0.5}}};             // c
constexpr Prior kClassPrior = {0, 0.5};                               // ln(sigma_c / sigma)

constexpr Index kTrendSize = 7;
Eigen::Matrix<double, kTrendSize, 1> trend_of(const Place& p) {
  return {1, p.x, p.t, p.x * p.x, p.x * p.t, p.t * p.t, 0.5 * p.x * p.t * p.t};
}

struct Matern {  // of order 5/2, on tilted axes
  double amplitude_2;
  double x_scale;  // 1 / l_x²
  double t_scale;  // 1 / l_t²
  double tilt;

  explicit Matern(const VectorXd& hyper)
      : amplitude_2(std::exp(2 * hyper[kAmplitude])),
        x_scale(std::exp(-2 * hyper[kLengthX])),
        t_scale(std::exp(-2 * hyper[kLengthT])),
        tilt(hyper[kTilt]) {}

  [[nodiscard]] double operator()(const Place& p, const Place& q) const {
    const double dt = p.t - q.t;
    const double dx = p.x - q.x + tilt * dt;
    const double s = std::sqrt(5 * (dx * dx * x_scale + dt * dt * t_scale));
    return amplitude_2 * (1 + s + s * s / 3) * std::exp(-s);
  }
};

MatrixXd trend_matrix(std::span<const Place> places) {
  MatrixXd features(static_cast<Index>(places.size()), kTrendSize);
  for (std::size_t i = 0; i < places.size(); ++i)
    features.row(static_cast<Index>(i)) = trend_of(places[i]).transpose();
  return features;
}

std::vector<Place> places_of(const std::vector<Datum>& data) {
  std::vector<Place> places;
  places.reserve(data.size());
  for (const Datum& datum : data) places.push_back(datum.place);
  return places;
}

}  // namespace

GaussianProcess::GaussianProcess(std::vector<Datum> data, std::size_t noise_classes)
    : data_(std::move(data)), noise_classes_(noise_classes) {
  const auto n = static_cast<Index>(data_.size());
  y_.resize(n);
  for (Index i = 0; i < n; ++i) {
    const Datum& a = data_[static_cast<std::size_t>(i)];
    y_[i] = a.y;
  }
  const MatrixXd features = trend_matrix(places_of(data_));
  trend_ = features * features.transpose();

  VectorXd start = VectorXd::Zero(kClasses + static_cast<Index>(noise_classes_));
  for (Index i = 0; i < kClasses; ++i) start[i] = kPriors[static_cast<std::size_t>(i)].centre;
  const Smooth function = [this](const VectorXd& hyper, VectorXd& gradient) {
    return cost(hyper, gradient);
  };
  const Minimum best = minimise(function, std::move(start));
  hyper_ = best.point;

  const Eigen::LLT<MatrixXd> factor(covariance(hyper_));
  lower_ = factor.matrixL();
  weights_ = factor.solve(y_);
}

MatrixXd GaussianProcess::covariance(const VectorXd& hyper) const {
  const Index n = y_.size();
  const Matern matern(hyper);
  const double trial_2 = std::exp(2 * hyper[kTrial]);
  MatrixXd k = trend_;
  for (Index j = 0; j < n; ++j) {
    const Datum& b = data_[static_cast<std::size_t>(j)];
    for (Index i = j; i < n; ++i) {
      k(i, j) += matern(data_[static_cast<std::size_t>(i)].place, b.place);
      if (data_[static_cast<std::size_t>(i)].trial == b.trial) k(i, j) += trial_2;
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
  const Matern matern(hyper);
  const double trial_2 = std::exp(2 * hyper[kTrial]);
  for (Index j = 0; j < n; ++j) {
    const Datum& b = data_[static_cast<std::size_t>(j)];
    for (Index i = j; i < n; ++i) {
      const double twice = i == j ? 1 : 2;
      const double s = twice * slope(i, j);
      const Place& p = data_[static_cast<std::size_t>(i)].place;
      const double dt = p.t - b.place.t;
      const double dx = p.x - b.place.x + matern.tilt * dt;
      const double x2 = dx * dx * matern.x_scale;
      const double t2 = dt * dt * matern.t_scale;
      const double root = std::sqrt(5 * (x2 + t2));
      const double decay = s * matern.amplitude_2 * std::exp(-root);
      gradient[kAmplitude] += decay * (1 + root + root * root / 3);
      const double pull = decay * 5 / 6 * (1 + root);
      gradient[kLengthX] += pull * x2;
      gradient[kLengthT] += pull * t2;
      gradient[kTilt] -= pull * dx * dt * matern.x_scale;
      if (data_[static_cast<std::size_t>(i)].trial == b.trial) gradient[kTrial] += s * trial_2;
    }
    const Index at = kClasses + static_cast<Index>(b.noise_class);
    const double noise = slope(j, j) * std::exp(2 * (hyper[kNoise] + hyper[at]));
    gradient[kNoise] += noise;
    gradient[at] += noise;
  }

  const auto add_prior = [&](Index i, const Prior& prior) {
    const double z = (hyper[i] - prior.centre) / prior.deviation;
    value += z * z / 2;
    gradient[i] += z / prior.deviation;
  };
  for (Index i = 0; i < kClasses; ++i) add_prior(i, kPriors[static_cast<std::size_t>(i)]);
  for (Index i = kClasses; i < hyper.size(); ++i) add_prior(i, kClassPrior);
  return value;
}

MatrixXd GaussianProcess::cross_covariance(const VectorXd& hyper,
                                           std::span<const Place> places) const {
  const Matern matern(hyper);
  MatrixXd k = trend_matrix(places_of(data_)) * trend_matrix(places).transpose();
  for (Index j = 0; j < k.cols(); ++j) {
    const Place& p = places[static_cast<std::size_t>(j)];
    for (Index i = 0; i < k.rows(); ++i) {
      k(i, j) += matern(p, data_[static_cast<std::size_t>(i)].place);
    }
  }
  return k;
}

GaussianProcess::Prediction GaussianProcess::at(const Place& place) const {
  const std::span<const Place> one(&place, 1);
  const VectorXd k = cross_covariance(hyper_, one).col(0);
  const VectorXd half = lower_.triangularView<Eigen::Lower>().solve(k);
  const double prior = trend_matrix(one).squaredNorm() + std::exp(2 * hyper_[kAmplitude]);
  return {.mean = k.dot(weights_),
          .deviation = std::sqrt(std::max(prior - half.squaredNorm(), 0.0))};
}

std::vector<std::vector<double>> GaussianProcess::draws(std::span<const Place> places,
                                                        std::size_t count, Seed seed) const {
  const auto size = static_cast<Index>(places.size());
  const MatrixXd cross = cross_covariance(hyper_, places);
  const VectorXd mean = cross.transpose() * weights_;
  const MatrixXd half = lower_.triangularView<Eigen::Lower>().solve(cross);
  const MatrixXd features = trend_matrix(places);
  const Matern matern(hyper_);
  MatrixXd k = features * features.transpose() - half.transpose() * half;
  for (Index j = 0; j < size; ++j) {
    const Place& p = places[static_cast<std::size_t>(j)];
    for (Index i = 0; i < size; ++i) k(i, j) += matern(p, places[static_cast<std::size_t>(i)]);
  }
  // A covariance of many close places is singular to rounding; the least addition that makes it
  // positive is far below what it describes.
  Eigen::LLT<MatrixXd> root;
  for (double jitter = 1e-7;; jitter *= 10) {
    root.compute(k + jitter * MatrixXd::Identity(size, size));
    if (root.info() == Eigen::Success || jitter > 1) break;
  }
  std::vector<std::vector<double>> drawn;
  VectorXd normals(size);
  for (std::size_t i = 0; i < count; ++i) {
    const RandomStream random(seed, Purpose::analysis, i);
    for (Index j = 0; j < size; ++j) normals[j] = random.normal(static_cast<std::uint64_t>(j));
    const VectorXd values = mean + root.matrixL() * normals;
    drawn.emplace_back(values.begin(), values.end());
  }
  return drawn;
}

double GaussianProcess::trial_deviation() const { return std::exp(hyper_[kTrial]); }

double GaussianProcess::noise(std::size_t noise_class) const {
  return std::exp(hyper_[kNoise] + hyper_[kClasses + static_cast<Index>(noise_class)]);
}

}  // namespace stepladder::analysis
