// Private to the room: the rungs of a run, what pruning at them may have cost, and whether they
// agree, as HTML; empty where the run has nothing for it.
#pragma once

#include <string>

#include "stepladder/report/run_report.hpp"

namespace stepladder::page {

[[nodiscard]] std::string rungs(const report::RunReport& report);

}  // namespace stepladder::page
