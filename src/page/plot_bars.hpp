// Private to the room: what each worker did, and what each hyperparameter matters. Each gives an
// empty text where there is nothing to draw. `width` is that of the drawing in pixels; text keeps
// its size, so a drawing is made once for each width it is shown at.
#pragma once

#include <string>
#include <vector>

#include "stepladder/report/run_report.hpp"

namespace stepladder::page {

// All, or evenly picked where there are too many for a row each.
[[nodiscard]] std::vector<WorkerId> drawn_workers(const report::RunReport& report);
[[nodiscard]] std::string workers_plot(const report::RunReport& report, double width);
[[nodiscard]] std::string workers_legend();
[[nodiscard]] std::string importance_plot(const report::RunReport& report, double width);

}  // namespace stepladder::page
