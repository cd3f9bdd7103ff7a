#include "stepladder/analysis/valley.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include "stepladder/trial/random.hpp"

namespace stepladder::analysis {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

struct Point {
  double x = 0;  // ln(rate)
  double t = 0;  // ln(steps / largest budget)
  double y = 0;
  std::size_t budget = 0;
};
using Cluster = std::vector<Point>;  // one trial's

// Half the window's width in ln(rate): wide at first, then narrowed about the vertex found.
constexpr std::array<double, 3> kHalfWidths = {2.3, 1.6, 1.15};
constexpr std::array<double, 4> kKappas = {-0.5, -0.25, 0.25, 0.5};
constexpr double kHuber = 1.345;  // 95 % efficient on normal errors
constexpr int kReweightings = 4;

// Given kappa the form is linear in its parameters, the square of mu being part of the level:
//   y = g_b + (T/R)^kappa (c0 x² + c1 x + c2 x t),  mu = -(c1 + c2 t) / (2 c0).
struct Shape {
  double c0 = 0;
  double c1 = 0;
  double c2 = 0;
  double loss = 0;  // Huber's, on whitened residuals over their scale, plus ln of the scale
  std::size_t scores = 0;
  [[nodiscard]] double vertex(double t) const { return -(c1 + c2 * t) / (2 * c0); }
};

class Fitter {
 public:
  Fitter(std::size_t budgets, double centre) : budgets_(budgets), centre_(centre) {}

  // The clusters' points that lie within `half` of the vertex; as many of the nearest as a fit
  // needs where that are too few.
  [[nodiscard]] std::vector<Cluster> window(const std::vector<Cluster>& clusters,
                                            const Shape* shape, double half) const {
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

  [[nodiscard]] std::size_t parameters() const { return budgets_ + (budgets_ > 1 ? 3 : 2); }

  [[nodiscard]] std::optional<Shape> fit(const std::vector<Cluster>& clusters, double kappa) const;

  // Refined twice.
  [[nodiscard]] std::optional<Shape> refine(const std::vector<Cluster>& clusters,
                                            double kappa) const {
    std::optional<Shape> shape;
    for (const double half : kHalfWidths) {
      const bool has_vertex = shape && shape->c0 > 0;
      shape = fit(window(clusters, has_vertex ? &*shape : nullptr, half), kappa);
      if (!shape) return std::nullopt;
    }
    return shape;
  }

 private:
  std::size_t budgets_;
  double centre_;  // where to look first
};

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

std::optional<Shape> Fitter::fit(const std::vector<Cluster>& clusters, double kappa) const {
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

std::vector<Cluster> clusters_of(const std::vector<Observation>& observations, Measure measure,
                                 const std::vector<Steps>& budgets) {
  std::map<TrialId, Cluster> clusters;
  for (const Observation& observation : observations) {
    const std::optional<double> value = measured(observation, measure);
    if (!value) continue;
    const auto budget = std::lower_bound(budgets.begin(), budgets.end(), observation.steps);
    clusters[observation.trial].push_back(
        {.x = std::log(observation.learning_rate),
         .t =
             std::log(static_cast<double>(observation.steps) / static_cast<double>(budgets.back())),
         .y = std::log(*value),
         .budget = static_cast<std::size_t>(budget - budgets.begin())});
  }
  std::vector<Cluster> list;
  list.reserve(clusters.size());
  for (auto& [trial, cluster] : clusters) list.push_back(std::move(cluster));
  return list;
}

// The middle of the best quarter of the smallest budget's scores, at least three.
double first_centre(const std::vector<Cluster>& clusters) {
  std::vector<Point> points;
  for (const Cluster& cluster : clusters)
    for (const Point& point : cluster)
      if (point.budget == 0) points.push_back(point);
  std::sort(points.begin(), points.end(), [](const Point& a, const Point& b) { return a.y < b.y; });
  points.resize(std::min(points.size(), std::max<std::size_t>(points.size() / 4, 3)));
  std::vector<double> places;
  places.reserve(points.size());
  for (const Point& point : points) places.push_back(point.x);
  return quantile(std::move(places), 0.5);
}

struct Sides {
  std::size_t left = 0;
  std::size_t right = 0;
};
Sides sides_of(const std::vector<Cluster>& clusters, const Shape& shape) {
  Sides sides;
  for (const Cluster& cluster : clusters)
    for (const Point& point : cluster)
      ++(point.x < shape.vertex(point.t) ? sides.left : sides.right);
  return sides;
}

Estimate percentile_estimate(double value, const std::vector<double>& resampled) {
  return {.value = value, .interval_95 = middle_95(resampled)};
}

}  // namespace

std::optional<Valley> fit_valley(const std::vector<Observation>& all,
                                 const ValleyOptions& options) {
  std::vector<Observation> observations;
  for (const Observation& observation : all)
    if (measured(observation, options.measure)) observations.push_back(observation);
  const std::vector<Steps> budgets = budgets_of(observations);
  if (budgets.empty()) return std::nullopt;
  const std::vector<Cluster> clusters = clusters_of(observations, options.measure, budgets);
  const Fitter fitter(budgets.size(), first_centre(clusters));

  std::optional<Shape> best = fitter.refine(clusters, 0);
  double kappa = 0;
  if (best && budgets.size() > 1) {
    // The curvature is taken to change with the steps only where the likelihood says so: twice its
    // logarithm better by 3.84, the 95 % point of chi squared.
    double to_beat = best->loss - 1.92 / static_cast<double>(best->scores);
    for (const double candidate : kKappas) {
      const std::optional<Shape> shape = fitter.refine(clusters, candidate);
      if (!shape || shape->loss >= to_beat) continue;
      best = shape;
      kappa = candidate;
      to_beat = shape->loss;
    }
  }
  Valley valley;
  if (!best) {
    valley.fault = ValleyFault::too_few_points;
    return valley;
  }
  const std::vector<Cluster> inside =
      fitter.window(clusters, best->c0 > 0 ? &*best : nullptr, kHalfWidths.back());
  for (const Cluster& cluster : inside) valley.scores += cluster.size();

  std::vector<double> curvatures;
  std::vector<double> slopes;
  std::vector<std::vector<double>> rates(budgets.size());
  const auto t_of = [&](std::size_t budget) {
    return std::log(static_cast<double>(budgets[budget]) / static_cast<double>(budgets.back()));
  };
  for (std::size_t i = 0; i < options.resamples; ++i) {
    const RandomStream random(options.seed, Purpose::analysis, i, 1);
    std::vector<Cluster> drawn;
    for (std::size_t j = 0; j < clusters.size(); ++j)
      drawn.push_back(clusters[random.below(j, clusters.size())]);
    const std::optional<Shape> shape = fitter.refine(drawn, kappa);
    if (!shape) continue;
    curvatures.push_back(2 * shape->c0);
    if (shape->c0 <= 0) continue;
    slopes.push_back(-shape->c2 / (2 * shape->c0));
    for (std::size_t b = 0; b < budgets.size(); ++b)
      rates[b].push_back(std::exp(shape->vertex(t_of(b))));
  }
  if (curvatures.empty() || best->c0 <= 0 || middle_95(curvatures).low <= 0) {
    valley.fault = ValleyFault::no_curvature;
    return valley;
  }
  const Sides sides = sides_of(inside, *best);
  if (sides.left < 2 || sides.right < 2) valley.fault = ValleyFault::one_sided;
  valley.curvature = percentile_estimate(2 * best->c0, curvatures);
  if (budgets.size() > 1) valley.slope = percentile_estimate(-best->c2 / (2 * best->c0), slopes);
  for (std::size_t b = 0; b < budgets.size(); ++b)
    valley.vertices.push_back(
        {.steps = budgets[b],
         .rate = percentile_estimate(std::exp(best->vertex(t_of(b))), rates[b])});
  return valley;
}

}  // namespace stepladder::analysis
