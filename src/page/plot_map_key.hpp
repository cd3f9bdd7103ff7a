// Private to the room: the colours and marks of the maps, and what they mean. Each gives an empty
// text where there is nothing to draw. `width` is that of the drawing in pixels; text keeps its
// size, so a drawing is made once for each width it is shown at.
#pragma once

#include <string>
#include <vector>

#include "html.hpp"
#include "stepladder/report/run_report.hpp"

namespace stepladder::page {

// Where the colours of scores change, worst first: measures, descending.
[[nodiscard]] std::vector<double> score_levels(const report::RunReport& report);
// The class of a measure among them: "s0" is the worst.
[[nodiscard]] std::string score_class(double measure, const std::vector<double>& levels);
inline constexpr std::size_t kScoreClasses = 9;

// What the levels are as scores, for labels.
[[nodiscard]] std::vector<std::string> level_texts(const report::RunReport& report,
                                                   const std::vector<double>& levels);
[[nodiscard]] std::string map_colours(const report::RunReport& report,
                                      const std::vector<double>& levels, double width);
// What the marks that are on the run's maps mean.
[[nodiscard]] std::vector<Key> map_keys(const report::RunReport& report);

}  // namespace stepladder::page
