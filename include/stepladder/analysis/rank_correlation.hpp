// Whether two rungs put trials in the same order.
#pragma once

#include <optional>
#include <vector>

#include "stepladder/analysis/interval.hpp"
#include "stepladder/trial/ids.hpp"

namespace stepladder::analysis {

// Kendall's tau-b of paired values, ties allowed (Kendall 1945):
//   (concordant - discordant) / sqrt((pairs - ties in a) (pairs - ties in b)), in [-1, 1].
// Nothing for fewer than two pairs, or where all values of one are equal. a and b are of one
// length. O(n log n).
[[nodiscard]] std::optional<double> kendall_tau(const std::vector<double>& a,
                                                const std::vector<double>& b);

// With the middle 95 % of 2,000 resamples of the pairs; of fewer, down to 200, where there are more
// than 2,000 pairs. Where all resamples agree, as they do where all pairs stand in one order, the
// interval is that of n / 2 independent comparisons. Fewer than four pairs exclude nothing: [-1,
// 1].
[[nodiscard]] std::optional<Estimate> kendall_tau_with_interval(const std::vector<double>& a,
                                                                const std::vector<double>& b,
                                                                Seed seed);

}  // namespace stepladder::analysis
