// Private to the room: the values of a grid, and the combinations of them that differ. A
// combination is known by its number in mixed radix, the last hyperparameter varying fastest.
#pragma once

#include <cstdint>
#include <vector>

#include "stepladder/trial/space.hpp"

namespace stepladder::search {

// `values`: one for each hyperparameter of the space.
[[nodiscard]] bool holds(const Condition& condition, const SearchSpace& space,
                         const std::vector<Value>& values);

// The values of a domain, in order; `points` of a range, evenly spaced on its scale.
[[nodiscard]] std::vector<Value> grid_values(const Domain& domain, std::int64_t points);

// So many values, or one a side, of what was added to a range on a logarithmic scale, the new
// bounds among them.
[[nodiscard]] std::vector<Value> added_values(const Range& range, const Range& before,
                                              std::int64_t count);

[[nodiscard]] std::uint64_t combinations(const SearchSpace& space, std::int64_t points);

// Combinations that differ only in a hyperparameter whose condition does not hold are one: the
// first of them. Throws SpaceError for more than kGridMax combinations in all.
[[nodiscard]] std::vector<std::uint64_t> distinct_combinations(const SearchSpace& space,
                                                               std::int64_t points);

[[nodiscard]] std::vector<Value> combination(const SearchSpace& space, std::int64_t points,
                                             std::uint64_t number);

}  // namespace stepladder::search
