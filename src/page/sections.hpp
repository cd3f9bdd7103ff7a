// Private to the room: the sections of the page below the map, as HTML; each is empty where the run
// has nothing for it.
#pragma once

#include <string>

#include "stepladder/report/run_report.hpp"

namespace stepladder::page {

[[nodiscard]] std::string best_rates(const report::RunReport& report);
[[nodiscard]] std::string frontier(const report::RunReport& report);
[[nodiscard]] std::string comparison(const report::RunReport& report);
[[nodiscard]] std::string curves(const report::RunReport& report);
[[nodiscard]] std::string confirmation(const report::RunReport& report);
[[nodiscard]] std::string importance(const report::RunReport& report);
[[nodiscard]] std::string workers(const report::RunReport& report);
[[nodiscard]] std::string trials(const report::RunReport& report);

}  // namespace stepladder::page
