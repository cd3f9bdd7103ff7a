// The merged board as text, JSON and CSV. `top` limits the entries, not the rest.
#pragma once

#include <cstddef>
#include <string>

#include "stepladder/report/merged_board.hpp"

namespace stepladder::report {

[[nodiscard]] std::string to_text(const MergedBoard& merged, std::size_t top);
[[nodiscard]] std::string to_json(const MergedBoard& merged, std::size_t top);
[[nodiscard]] std::string to_csv(const MergedBoard& merged, std::size_t top);

}  // namespace stepladder::report
