// Private to the room: the columns of a leaderboard. A column is one row of columns(), which text,
// JSON, CSV and the page read.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "stepladder/record/leaderboard.hpp"
#include "stepladder/report/leaderboard_formats.hpp"

namespace stepladder::report {

struct Row {  // a trial
  const record::Leaderboard& board;
  const record::LeaderboardEntry& entry;
  std::string run = {};  // its run's name, where there are several
};

struct Listing {  // all trials of one board or of several, best first
  const Metrics& metrics;
  std::vector<Row> rows;
  std::size_t run_width = 0;    // of the longest name of a run; 0: they are of one run
  bool has_extensions = false;  // of the range
  bool is_confirmed = false;    // there are finalists

  [[nodiscard]] std::span<const Row> first(std::size_t top) const;
};

enum Format : unsigned { kText = 1, kJson = 2, kCsv = 4, kPage = 8 };
enum class Align { right, left, left_in_text };
struct Layout {
  Align align = Align::right;
  std::size_t width = 0;  // in text, at least
  std::size_t gap = 2;    // in text, before it
};

struct Column {
  unsigned formats;  // those that have it
  std::string key;   // in JSON and CSV
  Layout layout;
  std::function<nlohmann::ordered_json(const Row&)> value;  // null: the trial has none
  // What people see of a value that is there; where this is not set, the value as it is.
  std::function<std::string(const Row&)> shown = {};
  std::string heading = key;  // in text and on the page
};
[[nodiscard]] std::vector<Column> columns(const Listing& listing);

// The first `top` rows.
[[nodiscard]] std::string text_table(const Listing& listing, std::size_t top);
[[nodiscard]] nlohmann::ordered_json json_table(const Listing& listing, std::size_t top);
[[nodiscard]] std::string csv_table(const Listing& listing, std::size_t top);
[[nodiscard]] EntryTable page_table(const Listing& listing, std::size_t top, const char* nothing);

// An object of those columns that JSON has.
[[nodiscard]] nlohmann::ordered_json json_of(const Row& row, const std::vector<Column>& columns);

}  // namespace stepladder::report
