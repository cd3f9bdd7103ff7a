#include "columns.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "formats.hpp"
#include "stepladder/report/words.hpp"
#include "stepladder/trial/number_text.hpp"

namespace stepladder::report {
namespace {

using nlohmann::ordered_json;

// What stands behind a trial's number.
std::string marks_of(const record::LeaderboardEntry& entry) {
  return std::string(entry.is_audited ? "*" : "") + (entry.is_extension ? "+" : "");
}

std::vector<Column> columns_of(const Metrics& metrics, std::size_t index) {
  const Metric& metric = metrics.all[index];
  const auto value = [index](const Row& r) {
    return or_null(r.entry.score, [index](const Score& score) { return score[index]; });
  };
  const auto error = [index, metric](const Row& r) {
    return r.entry.score
               ? or_null(standard_error_of(metric, (*r.entry.score)[index], r.board.rows.prune))
               : ordered_json(nullptr);
  };
  const auto shown = [index, metric](const Row& r) {
    return value_text(metric, (*r.entry.score)[index], r.board.rows.prune);
  };
  return {{kText | kCsv | kPage,
           metric.name,
           {Align::left_in_text, metric.is_share() ? 17U : 7U},
           value,
           shown,
           index == 0 ? "heldout " + metric.name : metric.name},
          {kCsv, metric.name + "_se", {}, error}};
}

Column column_of_setting(const std::string& name) {
  return {kCsv, name, {}, [name](const Row& r) -> ordered_json {
            const Value* value = r.entry.configuration.find(name);
            if (value == nullptr) return nullptr;
            const auto* word = std::get_if<std::string>(value);
            return word != nullptr ? *word : text(*value);
          }};
}

std::vector<Column> columns_of_settings(const std::vector<Row>& rows) {
  std::vector<Column> columns;
  for (const Row& row : rows)
    for (const Setting& setting : row.entry.configuration.settings)
      if (std::none_of(columns.begin(), columns.end(),
                       [&](const Column& column) { return column.key == setting.name; }))
        columns.push_back(column_of_setting(setting.name));
  return columns;
}

std::vector<Column> columns_of_confirmation(const Metrics& metrics) {
  const auto of_finalist = [](const auto& get) {
    return [get](const Row& r) {
      const record::Finalist* finalist = finalist_of(r.board, r.entry.trial);
      return finalist != nullptr ? ordered_json(get(*finalist)) : ordered_json(nullptr);
    };
  };
  using record::Finalist;
  std::vector<Column> columns = {
      {kCsv, "confirmed_steps", {}, of_finalist([](const Finalist& f) { return f.trained_to; })},
      {kCsv, "confirmed_seeds", {}, of_finalist([](const Finalist& f) { return f.scored(); })}};
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    const auto mean = [i](const Finalist& f) {
      return or_null(f.fresh.of(i), [](const analysis::Spread& s) { return s.mean; });
    };
    columns.push_back({kCsv, "confirmed_" + metrics.all[i].name, {}, of_finalist(mean)});
  }
  return columns;
}

std::vector<Column> columns_in(const Listing& listing, Format format) {
  std::vector<Column> all = columns(listing);
  std::erase_if(all, [format](const Column& column) { return (column.formats & format) == 0; });
  return all;
}

std::string shown_cell(const Column& column, const Row& row, const char* nothing) {
  const ordered_json value = column.value(row);
  if (value.is_null()) return nothing;
  if (column.shown) return column.shown(row);
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// RFC 4180: a field with a comma, a quote or a line break is quoted.
std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char character : text)
    quoted += character == '"' ? std::string("\"\"") : std::string(1, character);
  return quoted + '"';
}

std::string csv_cell(const ordered_json& value) {
  if (value.is_null()) return "";
  if (value.is_string()) return csv_field(value.get<std::string>());
  return value.is_number_float() ? fmt::to_string(value.get<double>()) : value.dump();
}

}  // namespace

std::span<const Row> Listing::first(std::size_t top) const {
  return std::span(rows).first(std::min(top, rows.size()));
}

std::vector<Column> columns(const Listing& listing) {
  constexpr unsigned kAll = kText | kJson | kCsv | kPage;
  const bool has_runs = listing.run_width > 0;
  const std::size_t marks = listing.has_extensions ? 3 : 2;  // with the space that follows
  const auto steps = [has_runs](const Row& r) {  // merge writes all its steps without commas
    return has_runs ? std::to_string(r.entry.steps) : steps_text(r.entry.steps);
  };
  const auto errors = [](const Row& r) {
    return or_null(r.entry.score, [&r](const Score& score) {
      return standard_errors_json(r.board.metrics, score, r.board.rows.prune);
    });
  };
  const auto scores = [](const Row& r) {
    return or_null(r.entry.score,
                   [&r](const Score& score) { return scores_json(r.board.metrics, score); });
  };
  const auto shown_configuration = [](const Row& r) { return short_text(r.entry.configuration); };
  std::vector<Column> columns = {
      {kAll, "rank", {Align::right, 4, 0}, [](const Row& r) { return r.entry.rank; }},
      {kAll, "trial", {Align::right, 5}, [](const Row& r) { return r.entry.trial.value; }},
      {kText, "", {Align::left, marks, 0}, [](const Row& r) { return marks_of(r.entry); }},
      {kAll, "status", {Align::left, 8, 0}, [](const Row& r) { return name_of(r.entry.status); }},
      {kAll, "steps", {Align::right, 7}, [](const Row& r) { return r.entry.steps; }, steps},
      {kJson, "scores", {}, scores},
      {kJson, "standard_errors", {}, errors}};
  if (has_runs)
    columns.insert(columns.begin() + 1, {kText | kJson | kCsv,
                                         "run",
                                         {Align::left, listing.run_width},
                                         [](const Row& r) { return r.run; }});
  const auto add = [&columns](const std::vector<Column>& more) {
    columns.insert(columns.end(), more.begin(), more.end());
  };
  for (std::size_t i = 0; i < listing.metrics.size(); ++i) add(columns_of(listing.metrics, i));
  columns.push_back({kText | kJson | kPage,
                     "configuration",
                     {Align::left},
                     [](const Row& r) { return json_of(r.entry.configuration); },
                     shown_configuration});
  add(columns_of_settings(listing.rows));
  if (listing.is_confirmed) add(columns_of_confirmation(listing.metrics));
  return columns;
}

std::string text_table(const Listing& listing, std::size_t top) {
  const std::vector<Column> columns = columns_in(listing, kText);
  const auto line = [&columns](const auto& cell_of) {
    std::string text;
    for (const Column& column : columns) {
      const auto& [align, width, gap] = column.layout;
      text += std::string(gap, ' ') +
              fmt::format(fmt::runtime(align == Align::right ? "{:>{}}" : "{:<{}}"),
                          cell_of(column), width);
    }
    return text + '\n';
  };
  std::string text = line([](const Column& column) { return column.heading; });
  bool is_any_audited = false;
  for (const Row& row : listing.first(top)) {
    text += line([&row](const Column& column) { return shown_cell(column, row, "-"); });
    is_any_audited = is_any_audited || row.entry.is_audited;
  }
  if (top < listing.rows.size())
    text += fmt::format("      ... {} more\n", listing.rows.size() - top);
  if (is_any_audited)
    text += "* audited: goes on to the end whatever its scores, which shows what pruning costs\n";
  return text;
}

ordered_json json_of(const Row& row, const std::vector<Column>& columns) {
  ordered_json json = ordered_json::object();
  for (const Column& column : columns)
    if ((column.formats & kJson) != 0) json[column.key] = column.value(row);
  return json;
}

ordered_json json_table(const Listing& listing, std::size_t top) {
  const std::vector<Column> columns = columns_in(listing, kJson);
  ordered_json rows = ordered_json::array();
  for (const Row& row : listing.first(top)) rows.push_back(json_of(row, columns));
  return rows;
}

std::string csv_table(const Listing& listing, std::size_t top) {
  const std::vector<Column> columns = columns_in(listing, kCsv);
  const auto line = [&columns](const auto& cell_of) {
    std::string text;
    for (const Column& column : columns) text += (text.empty() ? "" : ",") + cell_of(column);
    return text + '\n';
  };
  std::string text = line([](const Column& column) { return csv_field(column.key); });
  for (const Row& row : listing.first(top))
    text += line([&row](const Column& column) { return csv_cell(column.value(row)); });
  return text;
}

EntryTable page_table(const Listing& listing, std::size_t top, const char* nothing) {
  const std::vector<Column> columns = columns_in(listing, kPage);
  EntryTable table;
  for (const Column& column : columns)
    table.columns.push_back({column.heading, column.layout.align == Align::left});
  for (const Row& row : listing.first(top)) {
    std::vector<std::string>& cells = table.rows.emplace_back();
    for (const Column& column : columns) cells.push_back(shown_cell(column, row, nothing));
  }
  return table;
}

}  // namespace stepladder::report
