#include "stepladder/analysis/valley.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "stepladder/trial/random.hpp"
#include "valley_fit.hpp"

namespace stepladder::analysis {
namespace {

constexpr std::array<double, 4> kKappas = {-0.5, -0.25, 0.25, 0.5};

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
  const ValleyFitter fitter(budgets.size(), first_centre(clusters));

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
      fitter.window(clusters, best->c0 > 0 ? &*best : nullptr, kNarrowestHalfWidth);
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
