// Whether the best of several scores is better than chance: than a score that knows nothing of the
// features.
#pragma once

#include <cstddef>
#include <cstdint>

#include "stepladder/analysis/interval.hpp"
#include "stepladder/trial/metrics.hpp"

namespace stepladder::analysis {

// The interval of the best of so many shares, all measured on so many rows: Wilson's, widened
// by Bonferroni's rule, so that 95 % of such intervals hold the truth although the best was chosen.
[[nodiscard]] Interval interval_of_best(double share, std::int64_t rows, std::size_t of);

// Whether the best of so many values of a metric, on so many rows, is better than chance, with at
// most 5 % of error:
// - share: interval_of_best() lies above chance;
// - log_loss: rows (chance - loss) > ln(20 of). Where the features tell nothing, exp(rows (chance -
//   loss)) is at most a likelihood ratio to the truth, whose mean is 1, so that by Markov's
//   inequality it exceeds 20 in at most 5 % of cases (Royall 1997, section 1.4).
// Of a plain metric nothing is known: false.
[[nodiscard]] bool is_above_chance(const Metric& metric, double best, double chance, std::size_t of,
                                   std::int64_t rows);

}  // namespace stepladder::analysis
