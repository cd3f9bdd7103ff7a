// Private to the room: pieces of a page.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "stepladder/plot/svg.hpp"

namespace stepladder::page {

// One drawing for wide screens and one for phones; the style sheet shows one of them. Empty where
// nothing is drawn.
[[nodiscard]] std::string figure(const std::function<std::string(double width)>& draw,
                                 double wide = 530, const std::string& heading = "");

// What a mark or a line of a drawing means: its name, and an SVG of 20 by 16.
struct Key {
  std::string name;
  std::string sign;
};
[[nodiscard]] Key key_of(const std::string& name,
                         const std::function<void(plot::Drawing&, plot::Point middle)>& draw);
[[nodiscard]] std::string legend(const std::vector<Key>& keys);

// What stands in a cell that has no number; a phone leaves it out.
inline constexpr const char* kNothing = "–";

// A table whose rows become lists on a phone. Cells are plain text. A column with nothing in it is
// left out.
class Table {
 public:
  struct Column {
    std::string name;
    bool is_text = false;  // to the left; numbers stand to the right
  };
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void add(std::vector<std::string> cells);
  // Empty without rows.
  [[nodiscard]] std::string html() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

[[nodiscard]] std::string paragraph(const std::string& text, const char* classes = "");
// Empty where the body is.
[[nodiscard]] std::string section(const std::string& heading, const std::string& body);

}  // namespace stepladder::page
