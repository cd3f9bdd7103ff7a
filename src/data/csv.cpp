#include "stepladder/data/csv.hpp"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "classes.hpp"
#include "csv_records.hpp"

namespace stepladder::data {
namespace {

using std::filesystem::path;

// Beyond it a standardised float could overflow.
constexpr double kLargest = 1e37;

enum class Reading { number, not_finite, no_number };

struct Number {
  double value = 0;
  Reading reading = Reading::no_number;
};

Number read_number(std::string_view text) {
  Number number;
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number.value);
  if (error == std::errc::invalid_argument || stop != end) return number;
  // Too large or too close to 0: that becomes infinity or 0.
  if (error == std::errc::result_out_of_range)
    number.value = std::strtod(std::string(text).c_str(), nullptr);
  number.reading = std::isfinite(number.value) ? Reading::number : Reading::not_finite;
  return number;
}

// The beginning of a field, for a message.
std::string shown(std::string_view text) {
  constexpr std::size_t kMost = 40;
  std::string result = "'";
  for (const char character : text.substr(0, kMost))
    result += static_cast<unsigned char>(character) < 0x20 ? '?' : character;
  return result + (text.size() > kMost ? "...'" : "'");
}

// What the columns are called and which of them is the label.
struct Columns {
  std::vector<std::string> names;  // without a header none
  std::size_t count = 0;
  std::size_t label = 0;

  [[nodiscard]] std::string name(std::size_t column) const {
    return "column " + std::to_string(column) +
           (names.empty() ? "" : " (" + shown(names[column]) + ")");
  }
};

std::size_t label_column(const CsvFiles& files, const Columns& columns, const CsvRecords& records) {
  if (!files.label) return columns.count - 1;
  if (const auto* number = std::get_if<std::size_t>(&*files.label)) {
    if (*number >= columns.count)
      records.fail("there is no column " + std::to_string(*number) + " for the label; the " +
                   std::to_string(columns.count) + " columns are counted from 0");
    return *number;
  }
  const auto& name = std::get<std::string>(*files.label);
  std::optional<std::size_t> found;
  for (std::size_t column = 0; column < columns.names.size(); ++column) {
    if (columns.names[column] != name) continue;
    if (found)
      records.fail("columns " + std::to_string(*found) + " and " + std::to_string(column) +
                   " are both called " + shown(name) + "; give the label's number, from 0");
    found = column;
  }
  if (!found)
    records.fail("no column is called " + shown(name) + "; the last one is " +
                 shown(columns.names.back()) + "; correct the label, or give its number, from 0");
  return *found;
}

// From the first record, which is the header or a row like the others.
Columns columns_of(const CsvFiles& files, const CsvRecords& records) {
  Columns columns;
  columns.count = records.fields();
  if (columns.count < 2)
    records.fail(
        "there is one field only, but a row needs a feature and a label; separate fields by "
        "commas");
  if (files.has_header)
    for (std::size_t column = 0; column < columns.count; ++column)
      columns.names.emplace_back(records.field(column));
  columns.label = label_column(files, columns, records);
  return columns;
}

float read_feature(const CsvRecords& records, std::size_t column, const Columns& columns,
                   bool may_be_header) {
  const std::string_view text = records.field(column);
  const Number number = read_number(text);
  const bool is_good = number.reading == Reading::number && std::abs(number.value) <= kLargest;
  if (is_good) return static_cast<float>(number.value);
  const std::string where = columns.name(column);
  if (text.empty()) records.fail(where + " is empty; fill the value in, or leave the row out");
  if (number.reading == Reading::not_finite)
    records.fail(where + " is " + shown(text) +
                 ", not a finite number; fill the value in, or leave the row out");
  if (number.reading == Reading::number)
    records.fail(where + " is " + shown(text) + ", beyond 1e37; scale the column down");
  records.fail(where + " is " + shown(text) + ", not a number; " +
               (may_be_header ? "if this line names the columns, write header = true; else "
                              : std::string()) +
               "write texts as numbers (for example one column of 0 and 1 for each), or leave the "
               "column out");
}

// Labels as the files write them; a class is known by the order in which its label came up.
class Labels {
 public:
  std::int32_t number_of(std::string_view text) {
    const auto [place, is_new] =
        numbers_.try_emplace(std::string(text), static_cast<std::int32_t>(numbers_.size()));
    if (is_new) texts_.push_back(place->first);
    return place->second;
  }
  [[nodiscard]] const std::vector<std::string>& texts() const { return texts_; }

 private:
  std::map<std::string, std::int32_t, std::less<>> numbers_;
  std::vector<std::string> texts_;
};

struct Table {
  Columns columns;
  LabelledRows rows;  // labels as Labels numbers them
  Labels labels;
  std::vector<std::uint64_t> first_lines;  // of each label
};

void add_row(const CsvRecords& records, bool is_first, const CsvFiles& files, Contents contents,
             Table& table) {
  const Columns& columns = table.columns;
  if (records.fields() != columns.count)
    records.fail("there are " + std::to_string(records.fields()) + " fields, but " +
                 std::to_string(columns.count) +
                 " in the first line; correct or remove the line, and put texts that hold commas "
                 "in quotes");
  for (std::size_t column = 0; column < columns.count; ++column) {
    if (column != columns.label) {
      const float value = read_feature(records, column, columns, is_first && !files.has_header);
      if (contents == Contents::everything) table.rows.reals.push_back(value);
      continue;
    }
    const std::string_view text = records.field(column);
    if (text.empty() || read_number(text).reading == Reading::not_finite)
      records.fail("the label, " + columns.name(column) + ", is " +
                   (text.empty() ? "empty" : shown(text)) + "; fill it in, or leave the row out");
    const std::int32_t label = table.labels.number_of(text);
    if (static_cast<std::size_t>(label) == table.first_lines.size())
      table.first_lines.push_back(records.line());
    table.rows.labels.push_back(label);
  }
}

Table read_table(const path& name, const CsvFiles& files, Contents contents,
                 std::atomic<std::int64_t>* rows_read) {
  CsvRecords records(name);
  if (!records.next()) throw DataError(name, "there is nothing but empty lines; use another file");
  Table table;
  table.columns = columns_of(files, records);
  bool is_first = true;
  if (!files.has_header || records.next()) {
    do {
      add_row(records, is_first, files, contents, table);
      is_first = false;
      if (rows_read != nullptr) rows_read->fetch_add(1, std::memory_order_relaxed);
    } while (records.next());
  }
  if (table.rows.labels.empty())
    throw DataError(name,
                    "there is no row after the header; use another file, or write header = false "
                    "if the first line is a row");
  if (table.rows.labels.size() > std::numeric_limits<std::uint32_t>::max())
    throw DataError(name, "there are more than 4294967295 rows; use fewer");
  return table;
}

// The classes of the training file.
class Classes {
 public:
  explicit Classes(const std::vector<std::string>& labels) {
    for (const std::string& label : labels) are_numbers_ = are_numbers_ && is_exact(label);
    for (const std::string& label : labels) classes_.try_emplace(key_of(label), 0);
    number_in_order(classes_);
  }
  [[nodiscard]] std::size_t size() const { return classes_.size(); }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& [key, label] : classes_)
      names.push_back(are_numbers_ ? text_of(key.number) : key.text);
    return names;
  }
  [[nodiscard]] std::optional<std::int32_t> find(const std::string& label) const {
    if (are_numbers_ && !is_exact(label)) return std::nullopt;
    const auto found = classes_.find(key_of(label));
    if (found == classes_.end()) return std::nullopt;
    return found->second;
  }

 private:
  struct Key {
    double number = 0;
    std::string text;
    auto operator<=>(const Key&) const = default;
  };
  // Whole numbers from 2^53 on may be different labels and yet the same double.
  static bool is_exact(const std::string& label) {
    const Number number = read_number(label);
    return number.reading == Reading::number && std::abs(number.value) < 0x1p53;
  }
  static std::string text_of(double number) {
    char text[32];
    return {text, std::to_chars(text, text + sizeof text, number).ptr};
  }
  [[nodiscard]] Key key_of(const std::string& label) const {
    if (are_numbers_) return {read_number(label).value + 0.0, ""};  // -0 becomes 0
    return {0, label};
  }

  bool are_numbers_ = true;
  std::map<Key, std::int32_t> classes_;
};

void number_labels(Table& table, const Classes& classes, const path& name, const path& train) {
  std::vector<std::int32_t> numbers;
  for (std::size_t i = 0; i < table.labels.texts().size(); ++i) {
    const std::string& text = table.labels.texts()[i];
    const auto label = classes.find(text);
    if (!label)
      throw DataError(name, "line " + std::to_string(table.first_lines[i]) + ": the label, " +
                                table.columns.name(table.columns.label) + ", is " + shown(text) +
                                ", which never occurs in " + train.string() +
                                "; leave the row out, or use two files that belong together");
    numbers.push_back(*label);
  }
  for (std::int32_t& label : table.rows.labels) label = numbers[static_cast<std::size_t>(label)];
}

void check_same_columns(const Columns& test, const Columns& train, const CsvFiles& files) {
  if (test.count != train.count)
    throw DataError(files.test, "there are " + std::to_string(test.count) + " columns, but " +
                                    std::to_string(train.count) + " in " + files.train.string() +
                                    "; use two files that belong together");
  for (std::size_t column = 0; column < test.names.size(); ++column)
    if (test.names[column] != train.names[column])
      throw DataError(files.test, "line 1: " + test.name(column) + " is called " +
                                      shown(train.names[column]) + " in " + files.train.string() +
                                      "; give both files the same columns in the same order");
}

}  // namespace

DataSet read_csv(const CsvFiles& files, Contents contents, std::atomic<std::int64_t>* rows_read) {
  Table train = read_table(files.train, files, contents, rows_read);
  const Columns columns = train.columns;
  const Classes classes(train.labels.texts());
  const std::string label = columns.name(columns.label);
  check_number_of_classes(classes.size(), files.train, label, shown(train.labels.texts().front()));
  number_labels(train, classes, files.train, files.train);

  DataSet set;
  set.columns = columns.count - 1;
  set.classes = static_cast<std::int32_t>(classes.size());
  set.class_names = classes.names();
  set.train = std::move(train.rows);
  set.train.reals.shrink_to_fit();
  if (!files.test.empty()) {
    Table test = read_table(files.test, files, contents, rows_read);
    check_same_columns(test.columns, columns, files);
    number_labels(test, classes, files.test, files.train);
    set.test = std::move(test.rows);
    set.test.reals.shrink_to_fit();
  }
  if (contents == Contents::everything) set.checksum = checksum_of(set);
  return set;
}

}  // namespace stepladder::data
