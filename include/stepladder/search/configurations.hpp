// How many different configurations a search can try.
#pragma once

#include <cstdint>
#include <optional>

#include "stepladder/search/sampler.hpp"

namespace stepladder::search {

// Those of the space (of its grid where that is searched) and those to be tried first that lie
// outside, before any extension of a range. Nothing where there is no end to them: where a range of
// real numbers is drawn from, or there are 2^64 or more.
[[nodiscard]] std::optional<std::uint64_t> different_configurations(const SearchSpace& space,
                                                                    const Settings& settings,
                                                                    Seed seed);

}  // namespace stepladder::search
