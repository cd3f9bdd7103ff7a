// Private to the room: the drawings of the page. Each gives an empty text where there is nothing to
// draw. `width` is that of the drawing in pixels; text keeps its size, so a drawing is made once
// for each width it is shown at.
#pragma once

#include <string>
#include <vector>

#include "stepladder/report/run_report.hpp"

namespace stepladder::report {

// Where the colours of scores change, worst first: measures, descending.
[[nodiscard]] std::vector<double> score_levels(const RunReport& report);
// The class of a measure among them: "s0" is the worst.
[[nodiscard]] std::string score_class(double measure, const std::vector<double>& levels);
inline constexpr std::size_t kScoreClasses = 9;

// Score over (learning rate, steps) of one group, with every trial, the ridge and the divergence
// limit.
[[nodiscard]] std::string map_plot(const RunReport& report, const GroupReport& group,
                                   const std::vector<double>& levels, double width);
// What became of a trial at a stop, and how it is marked.
enum class StopMark { promoted, pruned, finished, undecided, diverged };
[[nodiscard]] StopMark mark_of(const TrialPath& path, const Stop& stop);
// Whether the divergence limit is known well enough to be drawn: to within a factor of 5. Few
// trials are left to tell at large budgets.
[[nodiscard]] bool is_drawn(const analysis::DivergenceLimit& limit);
// What the levels are as scores, for labels.
[[nodiscard]] std::vector<std::string> level_texts(const RunReport& report,
                                                   const std::vector<double>& levels);
[[nodiscard]] std::string map_colours(const RunReport& report, const std::vector<double>& levels,
                                      double width);
// What the marks that are on the run's maps mean.
struct MapKey {
  std::string name;
  std::string sign;  // an SVG of 20 by 16
};
[[nodiscard]] std::vector<MapKey> map_keys(const RunReport& report);
[[nodiscard]] std::string map_legend(const RunReport& report);

// The best score at each budget, as measured and as the surface has it.
[[nodiscard]] std::string frontier_plot(const RunReport& report, double width);
// Groups at their own best rates.
[[nodiscard]] std::string comparison_plot(const RunReport& report, double width);
[[nodiscard]] std::string curves_plot(const RunReport& report, double width);
[[nodiscard]] std::string confirmation_plot(const RunReport& report, double width);
[[nodiscard]] std::string confirmation_legend();
// All, or evenly picked where there are too many for a row each.
[[nodiscard]] std::vector<WorkerId> drawn_workers(const RunReport& report);
[[nodiscard]] std::string workers_plot(const RunReport& report, double width);
[[nodiscard]] std::string workers_legend();
[[nodiscard]] std::string importance_plot(const RunReport& report, double width);

}  // namespace stepladder::report
