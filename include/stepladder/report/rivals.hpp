// Private to the room: how the group that leads compares with the others, each at its own best
// rate, at the largest budget that both were scored at.
#pragma once

#include <string>
#include <vector>

#include "stepladder/report/rate_report.hpp"

namespace stepladder::report {

struct Rival {
  std::string name;          // of a group
  analysis::Estimate ratio;  // the leader's measure over its own: below 1, the leader is better
  Steps steps = 0;
  bool is_proven = false;  // that they differ
};

// Without those whose lead changes with the steps.
[[nodiscard]] std::vector<Rival> rivals_of(const RateReport& report);

// Whether the group that leads is proven to be better than this one.
[[nodiscard]] bool is_beaten(const RateReport& report, const GroupReport& group);

}  // namespace stepladder::report
