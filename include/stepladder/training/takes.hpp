// Which hyperparameters an optimizer or a learning-rate policy takes.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace stepladder::training {

struct Takes {
  std::array<std::string_view, 5> names{};  // places that are not needed are empty

  [[nodiscard]] constexpr bool holds(std::string_view name) const noexcept {
    return !name.empty() && std::find(names.begin(), names.end(), name) != names.end();
  }
};

}  // namespace stepladder::training
