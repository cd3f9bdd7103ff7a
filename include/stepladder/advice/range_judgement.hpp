// Whether the best learning rate lies at the edge of the range that was searched, asked when a run
// has nothing left to do in it, and how far to go on:
// - A bound is passed where the scores of the optimizer and policy that lead show a sign for it
//   (analysis/signs.hpp), the lower one also where all trials diverged.
// - By a factor of 3 for one sign, of 10 for more, and of extend_range_max in all.
// - With as many trials as the first range had in that width, but at least kTrialsMin and at most
//   as many as the run began with (of a grid the whole rows that hold them).
#pragma once

#include <cstdint>

#include "stepladder/record/history.hpp"
#include "stepladder/schedule/hyperband.hpp"

namespace stepladder::advice {

inline constexpr std::int64_t kTrialsMin = 6;

// RangeKept or RangeExtended. Takes as long as fitting the scores does: about a second at most.
[[nodiscard]] schedule::Answer judge_range(const schedule::Hyperband& scheduler,
                                           const record::History& history);

// About how many trials all extensions of such a run may begin, if both bounds are passed as far as
// they may be; 0 without extend_range.
[[nodiscard]] std::int64_t trials_of_extensions(const schedule::Hyperband& scheduler);

}  // namespace stepladder::advice
