#include "stepladder/analysis/minimise.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace stepladder::analysis {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kSufficientDecrease = 1e-4;
constexpr int kHalvingsMax = 30;

// The first point along `direction`, halving the step, that is lower by enough.
std::optional<Minimum> lower(const Smooth& function, const Minimum& here,
                             const VectorXd& direction) {
  const double slope = here.gradient.dot(direction);
  double step = std::min(1.0, 1.0 / direction.cwiseAbs().maxCoeff());
  for (int halving = 0; halving < kHalvingsMax; ++halving, step /= 2) {
    Minimum there{.point = here.point + step * direction, .gradient = VectorXd(here.point.size())};
    there.value = function(there.point, there.gradient);
    if (std::isfinite(there.value) &&
        there.value <= here.value + kSufficientDecrease * step * slope)
      return there;
  }
  return std::nullopt;
}

}  // namespace

Minimum minimise(const Smooth& function, VectorXd start, double gradient_max, int rounds) {
  const Eigen::Index size = start.size();
  Minimum here{.point = std::move(start), .gradient = VectorXd(size)};
  here.value = function(here.point, here.gradient);
  MatrixXd inverse = MatrixXd::Identity(size, size);
  bool is_fresh = true;
  for (int round = 0; round < rounds && here.gradient.cwiseAbs().maxCoeff() > gradient_max;
       ++round) {
    VectorXd direction = -inverse * here.gradient;
    if (direction.dot(here.gradient) >= 0) {
      inverse.setIdentity();
      is_fresh = true;
      direction = -here.gradient;
    }
    const std::optional<Minimum> next = lower(function, here, direction);
    if (!next) {
      if (is_fresh) break;
      inverse.setIdentity();
      is_fresh = true;
      continue;
    }
    const VectorXd step = next->point - here.point;
    const VectorXd change = next->gradient - here.gradient;
    const double curvature = step.dot(change);
    if (curvature > 1e-12) {
      if (is_fresh) inverse *= curvature / change.squaredNorm();
      const VectorXd image = inverse * change;
      inverse += (1 + change.dot(image) / curvature) / curvature * step * step.transpose() -
                 (image * step.transpose() + step * image.transpose()) / curvature;
      is_fresh = false;
    }
    here = *next;
  }
  return here;
}

}  // namespace stepladder::analysis
