// Private to the room: what writing and reading the journal's lines have in common.
#pragma once

#include <array>
#include <string>

#include "stepladder/wire/journal_line.hpp"

namespace stepladder::wire {

inline constexpr std::array<const char*, 3> kPartNames = {"prune", "final", "test"};
inline constexpr std::array<const char*, 2> kDirectionNames = {"maximise", "minimise"};
inline constexpr std::array<const char*, 3> kMetricKindNames = {"share", "log_loss", "plain"};

inline void check_line_number(std::uint64_t number, std::uint64_t line) {
  if (number != line)
    throw WireError("line " + std::to_string(number) + " stands where line " +
                    std::to_string(line) + " should");
}

}  // namespace stepladder::wire
