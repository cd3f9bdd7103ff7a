// Private to the room: one fit of the valley's parametric form (valley.hpp) to scores, which
// valley.cpp resamples and judges.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace stepladder::analysis {

struct Point {
  double x = 0;  // ln(rate)
  double t = 0;  // ln(steps / largest budget)
  double y = 0;
  std::size_t budget = 0;
};
using Cluster = std::vector<Point>;  // one trial's

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

// Half the last window's width in ln(rate).
inline constexpr double kNarrowestHalfWidth = 1.15;

// Robust: Huber's weights, on residuals whose trials' effects are taken out.
class ValleyFitter {
 public:
  // How many budgets the points belong to; where to look for the vertex first, in ln(rate).
  ValleyFitter(std::size_t budgets, double centre) : budgets_(budgets), centre_(centre) {}

  // The clusters' points that lie within `half` of the vertex; as many of the nearest as a fit
  // needs where that are too few. About the centre where there is no shape.
  [[nodiscard]] std::vector<Cluster> window(const std::vector<Cluster>& clusters,
                                            const Shape* shape, double half) const;

  // A fit in a wide window, refined twice in narrower ones about the vertex found. None where too
  // few scores lie there.
  [[nodiscard]] std::optional<Shape> refine(const std::vector<Cluster>& clusters,
                                            double kappa) const;

 private:
  [[nodiscard]] std::size_t parameters() const { return budgets_ + (budgets_ > 1 ? 3 : 2); }
  [[nodiscard]] std::optional<Shape> fit(const std::vector<Cluster>& clusters, double kappa) const;

  std::size_t budgets_;
  double centre_;
};

}  // namespace stepladder::analysis
