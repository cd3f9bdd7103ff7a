// The score over (rate, steps) as a Gaussian process (Rasmussen, Williams: Gaussian processes for
// machine learning, 2006, sections 2.2, 2.7 and 5.4.1), fitted to all rungs at once:
//   y = trend + g(x, t) + h(x + t) + trial effect + noise,
//   y = ln(measure), x = ln(rate), t = ln(steps)
// with a quadratic trend under a wide prior, g of Matern-5/2 covariance with a length scale for
// each axis, h likewise on one axis, one effect for each trial (all its scores share it) and noise
// of its own for each budget. h is there because what a small rate achieves depends on rate times
// steps only (gradient flow), so that low rates tried at few steps say what still lower rates would
// do at many, where pruning leaves no data. Promotion depends on observed scores only, all of which
// are in the likelihood, so the selection of survivors is ignorable (Rubin 1976) and does not bias
// the surface.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "stepladder/analysis/gaussian_process.hpp"
#include "stepladder/analysis/interval.hpp"
#include "stepladder/analysis/observation.hpp"

namespace stepladder::analysis {

struct SurfacePoint {
  double learning_rate = 0;
  double steps = 0;
};

// At least this many scores, at two rates or more, are needed for a surface.
inline constexpr std::size_t kScoresMin = 6;

class Surface {
 public:
  // Nothing for fewer than kScoresMin scores or one rate only. Of more than kScoresMax scores the
  // trials that got least far are thinned out evenly.
  static constexpr std::size_t kScoresMax = 400;
  [[nodiscard]] static std::optional<Surface> fit(const std::vector<Observation>& observations,
                                                  Measure measure);

  // The measure of a typical trial there, without noise. The interval is the process's own.
  [[nodiscard]] Estimate at(const SurfacePoint& point) const;

  // Joint draws of ln(measure) at the points, hyperparameters drawn as well (their posterior by
  // Laplace's approximation): [draw][point].
  [[nodiscard]] std::vector<std::vector<double>> draws(std::span<const SurfacePoint> points,
                                                       std::size_t count, Seed seed) const;

  // Standard deviations of ln(measure).
  [[nodiscard]] double trial_deviation() const;          // between trials of one rate
  [[nodiscard]] double noise(std::size_t budget) const;  // of one score at budgets()[budget]

  [[nodiscard]] Interval rates() const noexcept { return scales_.rates; }  // lowest, highest scored
  [[nodiscard]] const std::vector<Steps>& budgets() const noexcept { return budgets_; }
  [[nodiscard]] Measure measure() const noexcept { return measure_; }

 private:
  struct Scales {  // of the axes, and of y, to those of the process
    Interval rates;
    Interval steps;
    double mean = 0;
    double deviation = 1;
    [[nodiscard]] Place place(const SurfacePoint& point) const;
  };
  Surface(Measure measure, std::vector<Steps> budgets, const Scales& scales,
          GaussianProcess process)
      : measure_(measure),
        budgets_(std::move(budgets)),
        scales_(scales),
        process_(std::move(process)) {}

  Measure measure_;
  std::vector<Steps> budgets_;
  Scales scales_;
  GaussianProcess process_;
};

}  // namespace stepladder::analysis
