#include "valley_fit.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <Eigen/Cholesky>
#include <Eigen/Core>

namespace stepladder::analysis {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// Half the window's width in ln(rate): wide at first, then narrowed about the vertex found.
constexpr std::array<double, 3> kHalfWidths = {2.3, 1.6, kNarrowestHalfWidth};
constexpr double kHuber = 1.345;  // 95 % efficient on normal errors
constexpr int kReweightings = 4;

double median_absolute(VectorXd values) {
  values = values.cwiseAbs().eval();
  const auto middle = values.size() / 2;
  std::nth_element(values.begin(), values.begin() + middle, values.end());
  return values[middle];
}

// The share of the trials' effects in the residuals' variance, from products within trials.
struct Variances {
  double trial = 0;
  double noise = 0;
};
Variances variances_of(const std::vector<Cluster>& clusters, const VectorXd& residuals) {
  double products = 0;
  double pairs = 0;
  Index row = 0;
  for (const Cluster& cluster : clusters) {
    const auto size = static_cast<Index>(cluster.size());
    const auto part = residuals.segment(row, size);
    products += (part.sum() * part.sum() - part.squaredNorm()) / 2;
    pairs += static_cast<double>(size * (size - 1)) / 2;
    row += size;
  }
  const double all = residuals.squaredNorm() / static_cast<double>(residuals.size());
  const double trial = pairs > 0 ? std::clamp(products / pairs, 0.0, 0.95 * all) : 0;
  return {.trial = trial, .noise = all - trial};
}

// Subtracts from each row the part of its trial's mean that makes the errors uncorrelated (random
// effects: Wooldridge 2010, section 10.4).
void whiten(const std::vector<Cluster>& clusters, const Variances& variances, MatrixXd& rows) {
  Index row = 0;
  for (const Cluster& cluster : clusters) {
    const auto size = static_cast<Index>(cluster.size());
    const double share =
        1 - std::sqrt(variances.noise /
                      (variances.noise + static_cast<double>(size) * variances.trial));
    auto block = rows.middleRows(row, size);
    const Eigen::RowVectorXd mean = block.colwise().mean();
    block.rowwise() -= share * mean;
    row += size;
  }
}

}  // namespace

std::vector<Cluster> ValleyFitter::window(const std::vector<Cluster>& clusters, const Shape* shape,
                                          double half) const {
  const auto distance = [&](const Point& point) {
    return std::abs(point.x - (shape ? shape->vertex(point.t) : centre_));
  };
  std::vector<double> distances;
  for (const Cluster& cluster : clusters)
    for (const Point& point : cluster) distances.push_back(distance(point));
  const std::size_t needed = std::min(parameters() + 6, distances.size());
  const auto farthest = distances.begin() + static_cast<std::ptrdiff_t>(needed) - 1;
  std::nth_element(distances.begin(), farthest, distances.end());
  const double reach = std::max(half, *farthest);
  std::vector<Cluster> inside;
  for (const Cluster& cluster : clusters) {
    Cluster kept;
    for (const Point& point : cluster)
      if (distance(point) <= reach) kept.push_back(point);
    if (!kept.empty()) inside.push_back(std::move(kept));
  }
  return inside;
}

std::optional<Shape> ValleyFitter::refine(const std::vector<Cluster>& clusters,
                                          double kappa) const {
  std::optional<Shape> shape;
  for (const double half : kHalfWidths) {
    const bool has_vertex = shape && shape->c0 > 0;
    shape = fit(window(clusters, has_vertex ? &*shape : nullptr, half), kappa);
    if (!shape) return std::nullopt;
  }
  return shape;
}

std::optional<Shape> ValleyFitter::fit(const std::vector<Cluster>& clusters, double kappa) const {
  Index n = 0;
  for (const Cluster& cluster : clusters) n += static_cast<Index>(cluster.size());
  const auto p = static_cast<Index>(parameters());
  if (n < p + 3) return std::nullopt;

  const auto budgets = static_cast<Index>(budgets_);
  MatrixXd rows = MatrixXd::Zero(n, p + 1);  // the last column is y
  Index row = 0;
  for (const Cluster& cluster : clusters) {
    for (const Point& point : cluster) {
      const double scale = std::exp(kappa * point.t);
      const double x = point.x - centre_;
      rows(row, static_cast<Index>(point.budget)) = 1;
      rows(row, budgets) = scale * x * x;
      rows(row, budgets + 1) = scale * x;
      if (budgets_ > 1) rows(row, budgets + 2) = scale * x * point.t;
      rows(row++, p) = point.y;
    }
  }
  VectorXd weights = VectorXd::Ones(n);
  VectorXd solution;
  double scale = 0;
  for (int i = 0; i <= kReweightings; ++i) {
    const auto design = rows.leftCols(p);
    MatrixXd normal = design.transpose() * weights.asDiagonal() * design;
    normal.diagonal().array() += 1e-9 * normal.diagonal().maxCoeff();
    const VectorXd right = design.transpose() * weights.cwiseProduct(rows.col(p));
    solution = normal.ldlt().solve(right);
    const VectorXd residuals = rows.col(p) - design * solution;
    if (i == 0) {  // from here on, whitened
      whiten(clusters, variances_of(clusters, residuals), rows);
      continue;
    }
    scale = std::max(1.4826 * median_absolute(residuals), 1e-9);
    for (Index j = 0; j < n; ++j)
      weights[j] = std::min(1.0, kHuber * scale / std::max(std::abs(residuals[j]), 1e-300));
  }
  const VectorXd residuals = rows.col(p) - rows.leftCols(p) * solution;
  Shape shape{
      .c0 = solution[budgets], .c1 = solution[budgets + 1], .scores = static_cast<std::size_t>(n)};
  if (budgets_ > 1) shape.c2 = solution[budgets + 2];
  for (Index j = 0; j < n; ++j) {
    const double z = std::abs(residuals[j]) / scale;
    shape.loss += z <= kHuber ? z * z / 2 : kHuber * (z - kHuber / 2);
  }
  shape.loss = shape.loss / static_cast<double>(n) + std::log(scale);
  // Back from x - centre to x.
  shape.c1 -= 2 * shape.c0 * centre_;
  return shape;
}

}  // namespace stepladder::analysis
