// Which trials are compared at their own best rate: those of one optimizer
// with one learning-rate policy.
#pragma once

#include <string>
#include <vector>

#include "stepladder/analysis/edges.hpp"
#include "stepladder/trial/configuration.hpp"
#include "stepladder/trial/space.hpp"

namespace stepladder::record {

struct GroupName {
  std::string optimizer;  // as in the experiment
  std::string policy;
  std::string words;  // "momentum with exponential decay"
  friend bool operator==(const GroupName&, const GroupName&) = default;
};

[[nodiscard]] GroupName group_of(const Configuration& configuration);

// What tells each of the groups from the others: the optimizer, the policy, or both.
[[nodiscard]] std::vector<std::string> labels_of(const std::vector<GroupName>& groups);

// The lowest and the highest learning rate that may be drawn; 0 and 0 where there is none.
[[nodiscard]] analysis::RateRange rate_range_of(const SearchSpace& space);

}  // namespace stepladder::record
