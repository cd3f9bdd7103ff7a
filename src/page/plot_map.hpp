// Private to the room: maps of scores over learning rates and steps. Each gives an empty text where
// there is nothing to draw. `width` is that of the drawing in pixels; text keeps its size, so a
// drawing is made once for each width it is shown at.
#pragma once

#include <string>
#include <vector>

#include "stepladder/report/run_report.hpp"

namespace stepladder::page {

// Score over (learning rate, steps) of one group, with every trial, the best rates and the
// divergence limit.
[[nodiscard]] std::string map_plot(const report::RunReport& report,
                                   const report::GroupReport& group,
                                   const std::vector<double>& levels, double width);
// What became of a trial at a stop, and how it is marked.
enum class StopMark { promoted, pruned, finished, undecided, diverged };
[[nodiscard]] StopMark mark_of(const record::TrialPath& path, const record::Stop& stop);
// Whether the divergence limit is known well enough to be drawn: to within a factor of 5. Few
// trials are left to tell at large budgets.
[[nodiscard]] bool is_drawn(const analysis::DivergenceLimit& limit);

}  // namespace stepladder::page
