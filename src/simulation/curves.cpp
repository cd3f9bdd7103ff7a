#include "stepladder/simulation/curves.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <optional>
#include <string_view>

namespace stepladder::simulation {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// Behind the quoted text that `line` begins with; a doubled quote is part of it.
std::size_t end_of_quoted(std::string_view line) {
  std::size_t quote = line.find('"', 1);
  while (quote != std::string_view::npos && line.substr(quote + 1).starts_with('"'))
    quote = line.find('"', quote + 2);
  return quote == std::string_view::npos ? line.size() : quote + 1;
}

// A cell may stand in double quotes, and may then hold commas.
std::vector<std::string_view> cells_of(std::string_view line) {
  std::vector<std::string_view> cells;
  for (;;) {
    line = trimmed(line);
    const auto comma = line.find(',', line.starts_with('"') ? end_of_quoted(line) : 0);
    std::string_view cell = trimmed(line.substr(0, comma));
    if (cell.size() >= 2 && cell.starts_with('"') && cell.ends_with('"'))
      cell = trimmed(cell.substr(1, cell.size() - 2));
    cells.push_back(cell);
    if (comma == std::string_view::npos) return cells;
    line.remove_prefix(comma + 1);
  }
}

// Where m1..mT and s1..sT stand, in order.
struct Columns {
  std::size_t count = 0;
  std::vector<std::size_t> metric;
  std::vector<std::size_t> seconds;
};

class Reader {
 public:
  explicit Reader(const std::filesystem::path& file)
      : path_(file.string()), stream_(file, std::ios::binary) {
    if (!stream_)
      throw CurveError(path_ + ": cannot be read; give the path of a table of learning curves");
  }

  CurveTable read() {
    if (!next_line()) fail("the table is empty; its first line must be id, ..., m1, m2, ...");
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    if (line_.starts_with(kByteOrderMark)) line_.erase(0, kByteOrderMark.size());
    const Columns columns = columns_of(cells_of(line_));
    CurveTable table{.epochs = columns.metric.size(), .curves = {}};
    while (next_line())
      if (!trimmed(line_).empty()) table.curves.push_back(curve_of(cells_of(line_), columns));
    if (table.curves.empty()) fail("the table has no rows; give one a trial");
    return table;
  }

 private:
  bool next_line() {
    if (!std::getline(stream_, line_)) return false;
    ++number_;
    return true;
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw CurveError(path_ + ':' + std::to_string(std::max<std::size_t>(number_, 1)) + ": " + what);
  }

  static std::optional<std::size_t> number_after(char letter, std::string_view name) {
    std::size_t number = 0;
    if (name.size() < 2 || name.front() != letter) return std::nullopt;
    const auto parsed = std::from_chars(name.data() + 1, name.data() + name.size(), number);
    if (parsed.ec != std::errc{} || parsed.ptr != name.data() + name.size() || number == 0)
      return std::nullopt;
    return number;
  }

  std::vector<std::size_t> series(const std::vector<std::string_view>& names, char letter) const {
    std::map<std::size_t, std::size_t> places;
    for (std::size_t i = 0; i < names.size(); ++i)
      if (const auto number = number_after(letter, names[i]))
        if (!places.emplace(*number, i).second)
          fail("column " + std::string(names[i]) + " stands twice; keep one");
    std::vector<std::size_t> columns;
    for (const auto& [number, place] : places) {
      if (number != columns.size() + 1)
        fail("column " + std::string(1, letter) + std::to_string(columns.size() + 1) +
             " is missing; number them 1, 2, 3, ...");
      columns.push_back(place);
    }
    return columns;
  }

  Columns columns_of(const std::vector<std::string_view>& names) const {
    if (names.front() != "id")
      fail("the first column is \"" + std::string(names.front()) + "\"; it must be id");
    Columns columns{
        .count = names.size(), .metric = series(names, 'm'), .seconds = series(names, 's')};
    if (columns.metric.empty()) fail("no metric columns; name them m1, m2, ...");
    if (!columns.seconds.empty() && columns.seconds.size() != columns.metric.size())
      fail(std::to_string(columns.metric.size()) + " metric columns but " +
           std::to_string(columns.seconds.size()) + " columns of seconds; give as many, or none");
    return columns;
  }

  double number(std::string_view cell, bool may_be_empty) const {
    if (may_be_empty && (cell.empty() || cell == "NA")) return kNaN;  // NA: as R writes it
    double value = 0;
    const auto parsed = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (parsed.ec != std::errc{} || parsed.ptr != cell.data() + cell.size())
      fail("\"" + std::string(cell) + "\" is not a number");
    return value;
  }

  Curve curve_of(const std::vector<std::string_view>& cells, const Columns& columns) const {
    if (cells.size() != columns.count)
      fail("the row has " + std::to_string(cells.size()) + " cells, the header " +
           std::to_string(columns.count));
    Curve curve{.id = std::string(cells.front()), .metric = {}, .seconds = {}};
    for (const std::size_t column : columns.metric)
      curve.metric.push_back(number(cells[column], true));
    Seconds before = 0;
    for (std::size_t epoch = 0; epoch < columns.metric.size(); ++epoch) {
      const Seconds at = columns.seconds.empty() ? static_cast<double>(epoch + 1)
                                                 : number(cells[columns.seconds[epoch]], false);
      if (!(at >= before) || !std::isfinite(at))
        fail("the seconds of epoch " + std::to_string(epoch + 1) +
             " are before those of the epoch before");
      curve.seconds.push_back(at);
      before = at;
    }
    return curve;
  }

  std::string path_;
  std::ifstream stream_;
  std::string line_;
  std::size_t number_ = 0;
};

}  // namespace

CurveTable read_curves(const std::filesystem::path& file) { return Reader(file).read(); }

Training training_of(const CurveTable& table) {
  return [&table](const Assignment& assignment) -> Trained {
    const Curve& curve = table.curves.at(assignment.trial.value);
    const auto seconds_at = [&](Steps epoch) {
      return epoch == 0 ? 0.0 : curve.seconds[static_cast<std::size_t>(epoch - 1)];
    };
    for (Steps epoch = 1; epoch <= assignment.to; ++epoch) {
      if (std::isfinite(curve.metric[static_cast<std::size_t>(epoch - 1)])) continue;
      const Steps at = std::max(epoch, assignment.from);
      return {.outcome = Diverged{at}, .duration = seconds_at(at) - seconds_at(assignment.from)};
    }
    const double metric = curve.metric[static_cast<std::size_t>(assignment.to - 1)];
    return {.outcome = Score{metric},
            .duration = seconds_at(assignment.to) - seconds_at(assignment.from)};
  };
}

Metrics metrics_of(const CurveTable& table, Direction direction) {
  const bool is_share =
      direction == Direction::maximise &&
      std::all_of(table.curves.begin(), table.curves.end(), [](const Curve& curve) {
        return std::all_of(curve.metric.begin(), curve.metric.end(), [](double value) {
          return std::isnan(value) || (value >= 0 && value <= 1);
        });
      });
  return {.all = {{.name = "score",
                   .direction = direction,
                   .kind = is_share ? MetricKind::share : MetricKind::plain}}};
}

}  // namespace stepladder::simulation
