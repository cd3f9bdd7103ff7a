// What a run says of itself beside its journal, one JSON text a file: who is at it now, and how the
// last one that was at it ended. For a launcher that watches it, and for a person who asks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stepladder/wire/journal_line.hpp"

namespace stepladder::wire {

// A process, for as long as its machine is up: numbers are used again, start times with them are
// not.
struct ProcessName {
  std::string host;
  std::int64_t number = 0;
  std::uint64_t started = 0;  // in the kernel's ticks since the machine's start; 0 where unknown
  friend bool operator==(const ProcessName&, const ProcessName&) = default;
};

// The scheduler of a run.
struct Incumbent {
  std::string incarnation;  // the name of this start; no two of a run have the same
  ProcessName process;
  double since = 0;                // seconds since 1970
  std::vector<std::string> hosts;  // of each rank; empty where threads train
  friend bool operator==(const Incumbent&, const Incumbent&) = default;
};

struct Ended {
  std::string incarnation;
  int exit_code = 0;
  std::string why;  // in words
  double at = 0;    // seconds since 1970
  friend bool operator==(const Ended&, const Ended&) = default;
};

[[nodiscard]] std::string to_json(const Incumbent& incumbent);
[[nodiscard]] std::string to_json(const Ended& ended);
// Throw WireError.
[[nodiscard]] Incumbent incumbent_from(std::string_view text);
[[nodiscard]] Ended ended_from(std::string_view text);

}  // namespace stepladder::wire
