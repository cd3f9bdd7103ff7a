// The defaults that a search space leaves as they are, for people to read.
#pragma once

#include <string>
#include <vector>

#include "stepladder/trial/configuration.hpp"
#include "stepladder/trial/space.hpp"

namespace stepladder::training {

// Whether the policy or optimizer `choice` uses the hyperparameter `name`.
[[nodiscard]] bool is_used_by(const std::string& name, const std::string& choice);

// What trials go by although their space does not name it.
struct LeftOut {
  std::string choice;             // a policy or an optimizer, such as "adam"
  std::vector<Setting> defaults;  // such as beta1 = 0.9
};

// Of each policy and optimizer that a space which passed check() may choose, where there are any.
[[nodiscard]] std::vector<LeftOut> left_out(const SearchSpace& space);

}  // namespace stepladder::training
