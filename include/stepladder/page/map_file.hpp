// The map of learning rates and steps as a file of its own.
#pragma once

#include <string>

#include "stepladder/report/run_report.hpp"

namespace stepladder::page {

// The maps of the first few groups alone, as an SVG file in light colours. Empty where the run has
// no learning rate.
[[nodiscard]] std::string to_map_svg(const report::RunReport& report);

}  // namespace stepladder::page
