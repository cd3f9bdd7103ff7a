// Whether the best learning rate lies at the edge of the range that was searched, asked when a run
// has nothing left to do in it, and how far to go on. For the optimizer and policy that lead:
// - A bound is passed where the 95 % interval of the best rate at the largest budget touches it, or
//   the best trials crowd there; the upper one also where nothing diverged, high rates do not score
//   worse and the interval does not exclude it; the lower one where all trials diverged.
// - Not where no rate is told from another, nor upwards where the best rate is as high as does not
//   diverge.
// - By a factor of 3 for one such sign, of 10 for more, and of extend_range_max in all.
// - With as many trials as the first range had in that width, but at least kTrialsMin and at most
//   as many as the run began with (of a grid the whole rows that hold them).
#pragma once

#include <cstdint>

#include "stepladder/report/history.hpp"
#include "stepladder/schedule/hyperband.hpp"

namespace stepladder::report {

inline constexpr std::int64_t kTrialsMin = 6;

// Takes as long as fitting the scores does: about a second at most.
[[nodiscard]] schedule::RangeAnswer judge_range(const schedule::Hyperband& scheduler,
                                                const History& history);

// About how many trials all extensions of such a run may begin, if both bounds are passed as far as
// they may be; 0 without extend_range.
[[nodiscard]] std::int64_t trials_of_extensions(const schedule::Hyperband& scheduler);

}  // namespace stepladder::report
