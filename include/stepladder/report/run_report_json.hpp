// report.json: every number that the page shows, and those behind its drawings.
#pragma once

#include <string>

#include "stepladder/report/run_report.hpp"

namespace stepladder::report {

[[nodiscard]] std::string to_json(const RunReport& report);

}  // namespace stepladder::report
