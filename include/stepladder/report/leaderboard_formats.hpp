// The leaderboard as text, JSON and CSV, and its entries for the page.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "stepladder/record/leaderboard.hpp"

namespace stepladder::report {

// How far a run is and the best of it, in two or three lines.
[[nodiscard]] std::string summary_text(const record::Leaderboard& leaderboard);

// `top` limits the entries, not the rest.
[[nodiscard]] std::string to_text(const record::Leaderboard& leaderboard, std::size_t top);
[[nodiscard]] std::string to_json(const record::Leaderboard& leaderboard, std::size_t top);
[[nodiscard]] std::string to_csv(const record::Leaderboard& leaderboard, std::size_t top);

struct EntryTable {
  struct Column {
    std::string heading;
    bool is_text = false;  // to the left; numbers stand to the right
  };
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;  // a cell for each column
};
// `nothing` stands where a trial has no value.
[[nodiscard]] EntryTable entry_table(const record::Leaderboard& leaderboard, std::size_t top,
                                     const char* nothing);

}  // namespace stepladder::report
