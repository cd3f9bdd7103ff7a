// What was read of the data, for people: how many rows each part has, features, classes, and the
// smallest class where it has few rows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "stepladder/data/data_set.hpp"
#include "stepladder/data/split.hpp"
#include "stepladder/wire/journal_line.hpp"

namespace stepladder::run {

struct SmallClass {
  std::string name;
  wire::PartRows rows;
};

struct DataSummary {
  wire::PartRows rows;
  std::int64_t features = 0;
  std::int64_t classes = 0;
  std::optional<SmallClass> smallest;  // the first of the smallest; none below kSmallClass rows
};

// A class with fewer rows than that, in all parts together, is small.
inline constexpr std::int64_t kSmallClass = 100;

[[nodiscard]] DataSummary summary_of(const data::DataSet& set, const data::Split& split);

// One line, without its end.
[[nodiscard]] std::string to_text(const DataSummary& summary);

}  // namespace stepladder::run
