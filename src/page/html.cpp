#include "html.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

namespace stepladder::page {

using plot::escaped;

namespace {

constexpr double kNarrow = 350;

// A line may break before an interval, not within.
std::string unbroken(const std::string& cell) {
  std::string text;
  bool is_inside = false;
  for (const char character : cell) {
    if (character == '[') is_inside = true;
    if (character == ']') is_inside = false;
    text += is_inside && character == ' ' ? std::string("\u00a0") : std::string(1, character);
  }
  return text;
}

}  // namespace

std::string figure(const std::function<std::string(double width)>& draw, double wide,
                   const std::string& heading) {
  const std::string on_wide = draw(wide);
  if (on_wide.empty()) return "";
  return fmt::format(
      "<figure>{}<div class=\"wide\">{}</div><div class=\"narrow\">{}</div></figure>\n", heading,
      on_wide, draw(kNarrow));
}

Key key_of(const std::string& name,
           const std::function<void(plot::Drawing&, plot::Point middle)>& draw) {
  plot::Drawing drawing(20, 16, name);
  draw(drawing, {10, 8});
  return {.name = name, .sign = drawing.svg()};
}

std::string legend(const std::vector<Key>& keys) {
  std::string html;
  for (const Key& key : keys)
    html += fmt::format("<span class=\"key\">{}{}</span>\n", key.sign, escaped(key.name));
  return "<p class=\"keys\">" + html + "</p>\n";
}

void Table::add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

std::string Table::html() const {
  if (rows_.empty()) return "";
  std::vector<std::size_t> shown;
  for (std::size_t i = 0; i < columns_.size(); ++i)
    if (std::any_of(rows_.begin(), rows_.end(), [i](const std::vector<std::string>& row) {
          return !row[i].empty() && row[i] != kNothing;
        }))
      shown.push_back(i);
  std::string html = "<table class=\"fold\"><thead><tr>";
  for (const std::size_t i : shown)
    html += fmt::format("<th{}>{}</th>", columns_[i].is_text ? " class=\"left\"" : "",
                        escaped(columns_[i].name));
  html += "</tr></thead><tbody>\n";
  for (const std::vector<std::string>& row : rows_) {
    html += "<tr>";
    for (const std::size_t i : shown)
      html += fmt::format("<td class=\"{}{}\" data-name=\"{}\"><span>{}</span></td>",
                          columns_[i].is_text ? "left" : "right",
                          row[i].empty() || row[i] == kNothing ? " nothing" : "",
                          escaped(columns_[i].name), escaped(unbroken(row[i])));
    html += "</tr>\n";
  }
  return html + "</tbody></table>\n";
}

std::string paragraph(const std::string& text, const char* classes) {
  if (text.empty()) return "";
  const std::string attribute = *classes == '\0' ? "" : fmt::format(" class=\"{}\"", classes);
  return fmt::format("<p{}>{}</p>\n", attribute, escaped(text));
}

std::string section(const std::string& heading, const std::string& body) {
  return body.empty()
             ? ""
             : fmt::format("<section>\n<h2>{}</h2>\n{}</section>\n", escaped(heading), body);
}

}  // namespace stepladder::page
