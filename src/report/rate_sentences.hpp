// Private to the room: what the answer says about rates and steps.
#pragma once

#include <string>
#include <vector>

#include "stepladder/report/run_report.hpp"

namespace stepladder::report {

// Of the best group first: its best rate, how that moves with the steps, what steps and rates are
// worth; then of the others. Empty where the run has no learning rate.
[[nodiscard]] std::vector<std::string> rate_sentences(const RunReport& report);

// Why a group has no answer. Needs one that has none.
[[nodiscard]] std::string silence_text(const GroupReport& group);

}  // namespace stepladder::report
