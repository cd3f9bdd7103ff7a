#include "stepladder/run/data_summary.hpp"

#include <algorithm>
#include <vector>

#include <fmt/core.h>

namespace stepladder::run {
namespace {

std::int64_t total(const wire::PartRows& rows) {
  return rows.train + rows.prune + rows.final + rows.test;
}

// For a terminal: a name comes from a file.
std::string shown(const std::string& name) {
  constexpr std::size_t kMost = 40;
  std::string text = name.substr(0, kMost);
  std::replace_if(
      text.begin(), text.end(), [](unsigned char byte) { return byte < 0x20 || byte == 0x7F; },
      '?');
  return text + (name.size() > kMost ? "..." : "");
}

std::string parts(const wire::PartRows& rows) {
  return fmt::format("{} train, {} prune, {} final, {} test", rows.train, rows.prune, rows.final,
                     rows.test);
}

std::string counted_rows(std::int64_t rows) {
  return fmt::format("{} {}", rows, rows == 1 ? "row" : "rows");
}

}  // namespace

DataSummary summary_of(const data::DataSet& set, const data::Split& split) {
  std::vector<wire::PartRows> classes(static_cast<std::size_t>(set.classes));
  wire::PartRows rows;
  const auto count = [&](std::int64_t wire::PartRows::*part, std::int32_t label) {
    ++(classes[static_cast<std::size_t>(label)].*part);
    ++(rows.*part);
  };
  const auto count_all = [&](std::int64_t wire::PartRows::*part,
                             const std::vector<std::uint32_t>& numbers) {
    for (const std::uint32_t row : numbers) count(part, set.train.labels[row]);
  };
  count_all(&wire::PartRows::train, split.train);
  count_all(&wire::PartRows::prune, split.prune);
  count_all(&wire::PartRows::final, split.final);
  count_all(&wire::PartRows::test, split.test);
  for (const std::int32_t label : set.test.labels) count(&wire::PartRows::test, label);

  DataSummary summary{
      .rows = rows, .features = static_cast<std::int64_t>(set.columns), .classes = set.classes};
  const auto smallest = std::min_element(
      classes.begin(), classes.end(),
      [](const wire::PartRows& a, const wire::PartRows& b) { return total(a) < total(b); });
  if (smallest != classes.end() && total(*smallest) < kSmallClass)
    summary.smallest = SmallClass{
        set.class_names[static_cast<std::size_t>(smallest - classes.begin())], *smallest};
  return summary;
}

std::string to_text(const DataSummary& summary) {
  std::string text = fmt::format("{} ({}), {} {}, {} classes", counted_rows(total(summary.rows)),
                                 parts(summary.rows), summary.features,
                                 summary.features == 1 ? "feature" : "features", summary.classes);
  if (summary.smallest)
    text += fmt::format("; the smallest class, '{}', has {} ({})", shown(summary.smallest->name),
                        counted_rows(total(summary.smallest->rows)), parts(summary.smallest->rows));
  return text;
}

}  // namespace stepladder::run
