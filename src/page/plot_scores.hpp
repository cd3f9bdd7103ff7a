// Private to the room: best scores over steps. Each gives an empty text where there is nothing to
// draw. `width` is that of the drawing in pixels; text keeps its size, so a drawing is made once
// for each width it is shown at.
#pragma once

#include <string>
#include <vector>

#include "stepladder/report/run_report.hpp"

namespace stepladder::page {

// The best score at each budget, as measured and as the surface has it.
[[nodiscard]] std::string frontier_plot(const report::RunReport& report, double width);
// Groups at their own best rates.
[[nodiscard]] std::string comparison_plot(const report::RunReport& report, double width);

}  // namespace stepladder::page
