// The best rate and its score at given step budgets, in each of many joint draws of a surface, so
// that differences between budgets have their true spread.
#pragma once

#include <cstddef>
#include <vector>

#include "stepladder/analysis/divergence.hpp"
#include "stepladder/analysis/interval.hpp"
#include "stepladder/analysis/surface.hpp"
#include "stepladder/trial/ids.hpp"

namespace stepladder::analysis {

enum class End {
  known_worse,  // a rate that scored badly at this budget
  divergence,   // higher rates diverge
  open,         // nothing higher or lower was tried
};

struct RateWindow {  // at one budget
  Steps steps = 0;
  Interval rates;  // where to look for the best one
  End low = End::open;
  End high = End::open;
};
// Where the surface was searched, up to the upper end of the divergence limit's interval.
[[nodiscard]] RateWindow rate_window(const Surface& surface, Steps steps,
                                     const DivergenceLimit& limit);

struct BestRateDraws {  // at one budget
  RateWindow budget;
  double log_low = 0;  // ln of the rates looked between
  double log_high = 0;
  std::vector<double> log_rates;   // [draws] of the lowest point, by a parabola through the three
                                   // lowest neighbours on a grid of kGridPoints
  std::vector<double> log_lowest;  // [draws] ln(measure) there
  // [draws] ln(measure) at the grid's rate that is lowest on average: what somebody who settles on
  // a rate comes to. The lowest points of draws are lower than that, the more so the less is known.
  std::vector<double> log_scores;
  std::vector<std::vector<double>> curves;  // [draws][grid] ln(measure) on the grid

  static constexpr std::size_t kGridPoints = 41;
  // ln(measure) of a draw, linear between the grid's points and constant beyond its ends.
  [[nodiscard]] double value_at(std::size_t draw, double log_rate) const;
};

// One for each budget, in order; draw i is of one surface in all of them.
[[nodiscard]] std::vector<BestRateDraws> best_rate_draws(const Surface& surface,
                                                         const std::vector<RateWindow>& budgets,
                                                         std::size_t count, Seed seed);

// The median with the middle 95 %.
[[nodiscard]] Estimate estimate_of(const std::vector<double>& draws);
[[nodiscard]] Estimate exp(const Estimate& log);

}  // namespace stepladder::analysis
