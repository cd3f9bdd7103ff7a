// Private to the room: when two configurations are the same.
#pragma once

#include <cstdint>

#include "stepladder/trial/configuration.hpp"

namespace stepladder::search {

// 1 and 1.0 are equal: no trial can tell them apart.
[[nodiscard]] bool are_equal(const Value& a, const Value& b);

// Both of the same space, whose order their settings have.
[[nodiscard]] bool are_same(const Configuration& a, const Configuration& b);

// Equal for those that are the same. On another machine it may be another one.
[[nodiscard]] std::uint64_t hash_of(const Configuration& configuration);

}  // namespace stepladder::search
