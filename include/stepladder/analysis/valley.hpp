// The parametric form of the valley that the score forms over (ln rate, ln steps):
//   y = f(T) + k(T) / 2 · (x - mu(T))²,   mu(T) = m0 - beta ln(T / R),   k(T) = k0 (T / R)^kappa
// with y = ln(measure), x = ln(rate), R the largest budget, and a level f(T) for each budget that
// was scored. It is a check by eye, not the answer: a valley whose sides are not alike pulls the
// vertex towards its flatter side, and a best rate that does not follow a power of the steps is
// missed where pruning left few scores. On noisy quadratics it is off by 6 to 8 % where the power
// law holds and by up to 40 % where not, and its intervals, which know nothing of that, cover the
// truth in far fewer than 95 % of the runs. Where it and the surface differ, believe the surface.
// Each trial adds an effect of its own, shared by its scores at all budgets.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "stepladder/analysis/interval.hpp"
#include "stepladder/analysis/observation.hpp"
#include "stepladder/trial/ids.hpp"

namespace stepladder::analysis {

enum class ValleyFault {
  none,
  too_few_points,  // fewer scores in the window than parameters + 3
  one_sided,       // fewer than 2 scores on either side of the vertex
  no_curvature,    // the curvature's 95 % interval holds zero
};

struct Valley {
  ValleyFault fault = ValleyFault::none;
  std::size_t scores = 0;  // that lie in the window
  // Meaningful where fault is none.
  std::optional<Estimate> slope;  // -beta: d ln(best rate) / d ln(steps); none with one budget
  Estimate curvature;  // k0: y rises by k0 / 2 · ln(2)² when the rate is off by a factor of 2
  struct Vertex {
    Steps steps = 0;
    Estimate rate;  // exp(mu(T))
  };
  std::vector<Vertex> vertices;  // at the budgets scored, ascending
};

struct ValleyOptions {
  Measure measure = Measure::loss;
  std::size_t resamples = 2000;
  Seed seed;
};

// Robust (Huber's weights), in a window about the vertex that is refined twice and again in each
// resample. The intervals are percentiles over resamples of trials (clusters). Nothing where fewer
// than two budgets' or rates' worth of scores exist.
[[nodiscard]] std::optional<Valley> fit_valley(const std::vector<Observation>& observations,
                                               const ValleyOptions& options);

}  // namespace stepladder::analysis
