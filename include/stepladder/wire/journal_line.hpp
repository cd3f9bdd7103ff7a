// The journal's text form: one JSON object a line. The first line is `opened`, every further one an
// event with the commands it caused. Each line carries its number and a CRC-32 of itself, so that a
// torn, lost, doubled or damaged line is seen. Doubles are written with the fewest digits that read
// back the same.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "stepladder/schedule/messages.hpp"
#include "stepladder/trial/ids.hpp"
#include "stepladder/trial/metrics.hpp"

namespace stepladder::wire {

inline constexpr int kJournalVersion = 4;

// How many rows each part of the data has: what the standard errors of scores are reckoned from.
struct PartRows {
  std::int64_t train = 0;
  std::int64_t prune = 0;
  std::int64_t final = 0;
  std::int64_t test = 0;
  // Of `prune`, the rows of each class: what chance is reckoned from. Empty where it is not known:
  // of a run without data, or from a journal that does not say.
  std::vector<std::int64_t> prune_by_class{};
  friend bool operator==(const PartRows&, const PartRows&) = default;
};

struct Opened {
  int version = kJournalVersion;
  Seed seed;
  std::string experiment;  // the resolved experiment file, whole
  std::uint64_t data_checksum = 0;
  PartRows rows;
  Metrics metrics;  // of every score in the journal
  friend bool operator==(const Opened&, const Opened&) = default;
};

struct Entry {
  schedule::Event event;
  schedule::Commands commands;
  friend bool operator==(const Entry&, const Entry&) = default;
};

// A line or message that is not what it should be. The text says what is wrong, not where.
struct WireError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Without the newline. `line` counts from 1.
[[nodiscard]] std::string to_line(const Opened& opened);
[[nodiscard]] std::string to_line(const Entry& entry, std::uint64_t line);

// Throw WireError: not JSON, checksum or line number wrong, a field missing or of the wrong type, a
// version this program does not read.
[[nodiscard]] Opened opened_from(std::string_view text);
[[nodiscard]] Entry entry_from(std::string_view text, std::uint64_t line);

// Whether the line is whole: it ends in its own valid checksum.
[[nodiscard]] bool is_whole(std::string_view text) noexcept;

}  // namespace stepladder::wire
