// Private to the room: what a reader of a report has to know of its limits.
#pragma once

#include <string>
#include <vector>

#include "stepladder/report/run_report.hpp"

namespace stepladder::report {

// Most important first.
[[nodiscard]] std::vector<Warning> warnings_of(const RunReport& report);

}  // namespace stepladder::report
