// Answers the questions that the scheduler asks, from the record of the run.
#pragma once

#include <cstdint>

#include "stepladder/record/history.hpp"
#include "stepladder/schedule/hyperband.hpp"

namespace stepladder::advice {

// Which finalists are behind for sure. `rows`: of `final`; 0 in a simulation, whose scores are of
// no rows.
[[nodiscard]] schedule::RoundJudged judge_round(const schedule::Hyperband& scheduler,
                                                const record::History& history, std::int64_t rows);

// To whatever question it asks.
[[nodiscard]] schedule::Answer answer(const schedule::Hyperband& scheduler,
                                      const record::History& history, std::int64_t rows);

}  // namespace stepladder::advice
