// Private to the room: how many different configurations a search can try.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "stepladder/trial/space.hpp"

namespace stepladder::search {

// Nothing where there is no end to them: where a range of real numbers is drawn from, or there are
// 2^64 or more.
[[nodiscard]] std::optional<std::uint64_t> different_configurations(const SearchSpace& space);

// How many different ones of these, which are complete, lie outside the space.
[[nodiscard]] std::uint64_t different_outside(const SearchSpace& space,
                                              const std::vector<Configuration>& configurations);

}  // namespace stepladder::search
