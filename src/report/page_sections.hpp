// Private to the room: the sections of the page below the map, as HTML; each is empty where the run
// has nothing for it.
#pragma once

#include <string>

#include "stepladder/report/run_report.hpp"

namespace stepladder::report {

[[nodiscard]] std::string best_rates(const RunReport& report);
[[nodiscard]] std::string frontier(const RunReport& report);
[[nodiscard]] std::string comparison(const RunReport& report);
[[nodiscard]] std::string curves(const RunReport& report);
[[nodiscard]] std::string rungs(const RunReport& report);
[[nodiscard]] std::string confirmation(const RunReport& report);
[[nodiscard]] std::string importance(const RunReport& report);
[[nodiscard]] std::string workers(const RunReport& report);
[[nodiscard]] std::string trials(const RunReport& report);

}  // namespace stepladder::report
