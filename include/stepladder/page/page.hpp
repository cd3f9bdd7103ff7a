// A run's report as one page of HTML.
#pragma once

#include <string>

#include "stepladder/report/run_report.hpp"

namespace stepladder::page {

// One file without a script, a font or a link to anywhere: it opens offline.
[[nodiscard]] std::string to_html(const report::RunReport& report);

}  // namespace stepladder::page
