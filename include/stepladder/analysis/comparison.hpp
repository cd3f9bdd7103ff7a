// Groups (policies with their optimizers) compared at each one's own best rate, budget by budget:
// anything else would compare how well their rates happened to be set.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stepladder/analysis/interval.hpp"
#include "stepladder/analysis/response.hpp"

namespace stepladder::analysis {

struct Difference {  // of two groups at one budget
  Steps steps = 0;
  // best measure of `first` over that of `second`: below 1, first is better.
  Estimate ratio;
  // Two-sided, that they are equal: ln(ratio) is taken for normal with the draws' mean and
  // deviation, since Holm's rule needs smaller values than a share of some draws can be.
  double p_value = 1;
  double p_adjusted = 1;  // by Holm over all pairs and budgets of the comparison
};

struct Crossover {  // `better_before` is better at fewer steps, the other one at more
  std::string better_before;
  Estimate steps;
};

struct PairComparison {
  std::string first;
  std::string second;
  std::vector<Difference> differences;  // ascending in steps; the budgets both were scored at
  // Where the lead changes; none where one leads throughout, or where the lead at the smallest or
  // the largest budget is not sure (p_adjusted above 0.05).
  std::optional<Crossover> crossover;
};

// Of all pairs of responses that have a surface, in their order. All of one measure.
[[nodiscard]] std::vector<PairComparison> compare(const std::vector<Response>& responses,
                                                  Seed seed);

// Holm 1979: p-values adjusted so that the chance of any false rejection among all stays below the
// level one tests them at. In the order given.
[[nodiscard]] std::vector<double> holm(const std::vector<double>& p_values);

}  // namespace stepladder::analysis
