// What scores come to that know the classes' shares and nothing of the features, and whether the
// best of several scores is better than that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "stepladder/analysis/interval.hpp"
#include "stepladder/trial/outcome.hpp"

namespace stepladder::analysis {

struct Chance {  // on the rows that are scored
  std::int64_t rows = 0;
  double accuracy = 0;  // of always naming the most frequent class: its share
  double loss = 0;      // of always predicting the classes' shares: their entropy, in nats
};

// Nothing where there are no rows.
[[nodiscard]] std::optional<Chance> chance_of(const std::vector<std::int64_t>& rows_by_class);

// The interval of the best of so many accuracies, all measured on so many rows: Wilson's, widened
// by Bonferroni's rule, so that 95 % of such intervals hold the truth although the best was chosen.
[[nodiscard]] Interval interval_of_best(double accuracy, std::int64_t rows, std::size_t of);

// Whether the best of so many scores is better than chance, with at most 5 % of error:
// - accuracy: interval_of_best() lies above chance;
// - loss: rows (chance - loss) > ln(20 of). Where the features tell nothing, exp(rows (chance -
//   loss)) is at most a likelihood ratio to the truth, whose mean is 1, so that by Markov's
//   inequality it exceeds 20 in at most 5 % of cases (Royall 1997, section 1.4).
[[nodiscard]] bool is_above_chance(const Score& best, std::size_t of, Metric metric,
                                   const Chance& chance);

}  // namespace stepladder::analysis
