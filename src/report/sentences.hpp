// Private to the room: a run's answer in words.
#pragma once

#include <string>
#include <vector>

#include "stepladder/report/run_report.hpp"

namespace stepladder::report {

// Most important first.
[[nodiscard]] std::vector<std::string> sentences_of(const RunReport& report);

}  // namespace stepladder::report
