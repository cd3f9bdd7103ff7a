// One drawing as an SVG element inside a page. Marks carry classes, the page's
// style sheet gives them colours, so that one drawing serves light and dark.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stepladder::plot {

// For text and for attributes in double quotes, of HTML and of SVG.
[[nodiscard]] std::string escaped(std::string_view text);

struct Point {  // pixels, y downwards
  double x = 0;
  double y = 0;
};

enum class Anchor { start, middle, end };

// What a line of text takes at most, in pixels: fonts differ, and this errs on the wide side.
[[nodiscard]] double width_of(std::string_view text, double font_size);

class Drawing {
 public:
  // `name` says what is drawn, to those who cannot see it.
  Drawing(double width, double height, std::string name);

  void line(Point from, Point to, std::string_view classes);
  void polyline(const std::vector<Point>& points, std::string_view classes);
  void polygon(const std::vector<Point>& points, std::string_view classes);
  void rectangle(Point corner, double width, double height, std::string_view classes,
                 std::string_view tooltip = {});
  void circle(Point centre, double radius, std::string_view classes, std::string_view tooltip = {});
  // As the "d" of an SVG path.
  void path(std::string_view d, std::string_view classes, std::string_view tooltip = {});
  // `at` is on the base line. `turned`: reads upwards.
  void text(Point at, std::string_view text, std::string_view classes,
            Anchor anchor = Anchor::start, bool turned = false);
  // What is drawn until close() belongs together and shares the tooltip.
  void open(std::string_view classes, std::string_view tooltip = {});
  void close();

  [[nodiscard]] double width() const noexcept { return width_; }
  [[nodiscard]] double height() const noexcept { return height_; }
  [[nodiscard]] std::string svg() const;

 private:
  void element(std::string_view opening, std::string_view classes, std::string_view tooltip);

  double width_;
  double height_;
  std::string name_;
  std::string body_;
};

// "12.3": enough for a screen, and no "-0".
[[nodiscard]] std::string pixels(double value);

// The "d" of marks about a centre.
[[nodiscard]] std::string cross_path(Point centre, double reach);
[[nodiscard]] std::string diamond_path(Point centre, double reach);
[[nodiscard]] std::string square_path(Point centre, double reach);
[[nodiscard]] std::string triangle_path(Point centre, double reach);

}  // namespace stepladder::plot
