// Private to the room: what there is to say where the scores give no answer.
#pragma once

#include <string>

#include "stepladder/report/rate_report.hpp"

namespace stepladder::report {

// Why a group has no answer. Needs one that has none.
[[nodiscard]] std::string silence_text(const GroupReport& group);

}  // namespace stepladder::report
