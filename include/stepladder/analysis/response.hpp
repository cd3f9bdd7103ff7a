// The answer for one group (a policy with its optimizer): how the score depends on learning rate
// and steps, estimated jointly from all rungs. A Gaussian process over (ln rate, ln steps) that
// knows what progress is (surface.hpp) carries the answer.
//
// The intervals here are the middle 95 % of joint draws of the process. Over 300 runs of noisy
// quadratics with pruning, 60 trials each, they hold the true best rate at the largest budget in
// 96 % (between 94 and 99 % at the others) and are 0.36 decades wide there (median); of 16 trials,
// of which one or two get that far, in 93 % (89 % at the budget before) with 0.56 decades. A
// process that does not know progress needs 0.44 and 1.6 decades for 95 and 94 %.
// Where they are off: a best rate that falls ever faster (linear decay under a flat spectrum: like
// steps^-0.4 at 100 and steps^-0.7 at 2,700) leaves the rates that were kept before it gets there.
// The intervals then hold it in 92 % of runs at the largest budget and 87 % at the one before; of
// 16 trials in 75 and 60 %. The value is too high then, by 25 to 45 %.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "stepladder/analysis/divergence.hpp"
#include "stepladder/analysis/edges.hpp"
#include "stepladder/analysis/interval.hpp"
#include "stepladder/analysis/observation.hpp"
#include "stepladder/analysis/surface.hpp"

namespace stepladder::analysis {

enum class Identification {
  identified,
  at_divergence,   // the best rate is as high as does not diverge; the interval's upper end is
                   // the divergence limit
  at_lower_bound,  // rates down to the lowest tried are not excluded
  at_upper_bound,  // rates up to the highest tried are not excluded
  flat,            // neither end is excluded
};
inline constexpr std::array kIdentificationWords = {"identified", "at_divergence", "at_lower_bound",
                                                    "at_upper_bound", "flat"};
[[nodiscard]] constexpr const char* name_of(Identification identification) noexcept {
  return kIdentificationWords[static_cast<std::size_t>(identification)];
}

struct BestRate {
  Identification identification = Identification::flat;
  // The median of the draws, with their middle 95 %, or, where those reach both ends and most draws
  // are at one of them, all from there to the other side's 95 % bound. Where it is not identified
  // the value is only the most plausible one, and the interval says what is not excluded.
  Estimate rate;
  [[nodiscard]] bool is_identified() const noexcept {
    return identification == Identification::identified ||
           identification == Identification::at_divergence;
  }
};

struct AtBudget {
  Steps steps = 0;
  BestRate best;
  Estimate score;  // of the measure, at the rate that is best on average: noise-free, of a typical
                   // trial
  // By what the measure rises at twice and at half the best rate, in the measure's unit (>= 0).
  // None where that rate lies outside what was searched or beyond the divergence limit, or the best
  // rate is not identified.
  std::optional<Estimate> twice;
  std::optional<Estimate> half;
  // By what the measure would fall with three times the steps, each at its own best rate. None
  // where 3 · steps is beyond the largest budget scored.
  std::optional<Estimate> tripled;
  DivergenceLimit divergence;
};

enum class NoAnswer { none, too_few_scores, one_rate };

struct Response {
  std::string group;
  Metrics metrics;                      // whose measure (measure_of) this is
  NoAnswer no_answer = NoAnswer::none;  // why there is no answer
  std::size_t scores = 0;               // observations with a score
  std::size_t trials = 0;
  std::vector<AtBudget> budgets;  // ascending; empty where silent
  // d ln(best rate) / d ln(steps) over the budgets, by least squares. None with one budget, or
  // where the best rate is not identified at two budgets or more.
  std::optional<Estimate> slope;
  std::optional<Surface> surface;  // for maps: score at any (rate, steps); none where silent
};

struct ResponseOptions {
  Metrics metrics;             // of the scores
  RateRange range;             // that rates were drawn from; {0, 0}: the rates scored
  std::vector<Steps> budgets;  // to answer for; empty: those at which anything was scored
  Seed seed;
  std::size_t draws = 1000;  // of the surface
};

// `observations`: of one group. Pure: equal input gives equal output on one machine.
[[nodiscard]] Response respond(const std::vector<Observation>& observations,
                               const ResponseOptions& options);

// The fewest steps after which the surface's prediction at this rate is at or below `measure`, in
// [smallest, largest budget scored]; none where it never is.
[[nodiscard]] std::optional<double> steps_until(const Surface& surface, double learning_rate,
                                                double measure);

}  // namespace stepladder::analysis
