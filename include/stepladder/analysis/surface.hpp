// The score over (rate, steps) as a Gaussian process (gaussian_process.hpp), fitted to all rungs at
// once:
//   y = trend + g(x, t) + effects of trial and run + noise,
//   y = ln(measure), x = ln(rate), t = ln(steps)
// with a quadratic trend, g for what is not quadratic (a part that depends on progress, rate times
// effective steps, and one that depends on the rate), one effect for each trial (all its scores
// share it), one for each run where there are several (its rows are its own) and noise of its own
// for each budget. Promotion depends on observed scores only, all of which are in the likelihood,
// so the selection of survivors is ignorable (Rubin 1976) and does not bias the surface, as it
// biases a fit to one rung. Only scores near the valley's floor are fitted (kWindow): far from it,
// where training hardly moves or is about to diverge, the surface is of another kind.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "stepladder/analysis/interval.hpp"
#include "stepladder/analysis/observation.hpp"

namespace stepladder::analysis {

class GaussianProcess;  // not included: whoever reads a report would compile Eigen
struct Input;

struct SurfacePoint {
  double learning_rate = 0;
  double steps = 0;
};

// At least this many scores, at two rates or more, are needed for a surface.
inline constexpr std::size_t kScoresMin = 6;

// The rates among which the best at a budget is to be sought.
struct SearchedRates {
  Interval rates;
  // Whether the end is a rate that scored at this budget, and too badly to be near the best, or, at
  // the low end, makes no more progress than one that did so at a smaller budget. Otherwise the
  // search simply went no further.
  bool low_is_known = false;
  bool high_is_known = false;
};

class Surface {
 public:
  // In ln(measure), above the lowest of a budget: a factor of e.
  static constexpr double kWindow = 1;

  // Nothing for fewer than kScoresMin scores or one rate only. Of more than kScoresMax scores near
  // the floor the trials that got least far are thinned out evenly. `range` is what rates were
  // drawn from, where that is wider than the rates scored.
  static constexpr std::size_t kScoresMax = 300;
  [[nodiscard]] static std::optional<Surface> fit(const std::vector<Observation>& observations,
                                                  const Metrics& metrics,
                                                  std::optional<Interval> range = std::nullopt);

  // The measure of a typical trial there, without noise; its effective steps are the geometric mean
  // of those of the trials scored at that budget (between budgets, between theirs). The interval is
  // the process's own.
  [[nodiscard]] Estimate at(const SurfacePoint& point) const;

  // Joint draws of ln(measure) at the points: [draw][point].
  [[nodiscard]] std::vector<std::vector<double>> draws(std::span<const SurfacePoint> points,
                                                       std::size_t count, Seed seed) const;

  // Standard deviations of ln(measure).
  [[nodiscard]] double trial_deviation() const;          // between trials of one rate
  [[nodiscard]] double noise(std::size_t budget) const;  // of one score at budgets()[budget]

  [[nodiscard]] SearchedRates searched(Steps steps) const;
  [[nodiscard]] Interval rates() const noexcept { return tried_; }  // all that were searched
  [[nodiscard]] Interval scored() const noexcept { return scales_.rates; }  // near the floor
  [[nodiscard]] const std::vector<Steps>& budgets() const noexcept { return budgets_; }

 private:
  struct Scales {  // of the axes, and of y, to those of the process
    Interval rates;
    Interval steps;
    double mean = 0;
    double deviation = 1;
    // At the budgets, ascending: ln(steps), and ln(steps) - ln(effective steps) of a typical trial.
    std::vector<std::pair<double, double>> lags{};
    [[nodiscard]] double lag_at(double log_steps) const;
    [[nodiscard]] Input input(const SurfacePoint& point) const;
    [[nodiscard]] Input input(const Observation& observation) const;
    [[nodiscard]] Input input(double log_rate, double log_steps, double log_effective) const;
  };
  Surface(std::vector<Steps> budgets, const Scales& scales,
          std::shared_ptr<const GaussianProcess> process, Interval tried,
          std::map<Steps, SearchedRates> searched)
      : budgets_(std::move(budgets)),
        scales_(scales),
        process_(std::move(process)),
        tried_(tried),
        searched_(std::move(searched)) {}

  std::vector<Steps> budgets_;
  Scales scales_;
  std::shared_ptr<const GaussianProcess> process_;
  Interval tried_;
  std::map<Steps, SearchedRates> searched_;
};

}  // namespace stepladder::analysis
