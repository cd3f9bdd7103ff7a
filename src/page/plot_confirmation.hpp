// Private to the room: the finalists' scores with fresh seeds. Each gives an empty text where there
// is nothing to draw. `width` is that of the drawing in pixels; text keeps its size, so a drawing
// is made once for each width it is shown at.
#pragma once

#include <string>
#include <vector>

#include "stepladder/report/run_report.hpp"

namespace stepladder::page {

[[nodiscard]] std::string confirmation_plot(const report::RunReport& report, double width);
[[nodiscard]] std::string confirmation_legend();

}  // namespace stepladder::page
