#include "stepladder/plot/svg.hpp"

#include <cmath>
#include <utility>

#include <fmt/core.h>

namespace stepladder::plot {
namespace {

std::string points_text(const std::vector<Point>& points) {
  std::string text;
  for (const Point& point : points)
    text += (text.empty() ? "" : " ") + pixels(point.x) + ',' + pixels(point.y);
  return text;
}

// Of the size of the font: those of a wide one, DejaVu Sans, rounded up.
double width_of(char character) {
  constexpr std::string_view kNarrow = "fijlrtI.,:;|!'()[] -/";
  constexpr std::string_view kWide = "mwMW%@";
  if ((static_cast<unsigned char>(character) & 0xC0U) == 0x80U) return 0;  // continues a character
  if (kNarrow.find(character) != std::string_view::npos) return 0.42;
  if (kWide.find(character) != std::string_view::npos) return 1;
  if (character >= 'A' && character <= 'Z') return 0.78;
  return 0.65;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char character : text) {
    switch (character) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        // What XML 1.0 does not allow at all.
        if (static_cast<unsigned char>(character) < 0x20 && character != '\n' && character != '\t')
          result += "\xEF\xBF\xBD";
        else
          result += character;
    }
  }
  return result;
}

double width_of(std::string_view text, double font_size) {
  double width = 0;
  for (const char character : text) width += width_of(character);
  return width * font_size;
}

std::string pixels(double value) {
  const double rounded = std::round(value * 100) / 100;
  return fmt::format("{}", rounded == 0 ? 0.0 : rounded);
}

Drawing::Drawing(double width, double height, std::string name)
    : width_(width), height_(height), name_(std::move(name)) {}

void Drawing::element(std::string_view opening, std::string_view classes,
                      std::string_view tooltip) {
  body_ += '<';
  body_ += opening;
  if (!classes.empty()) body_ += fmt::format(" class=\"{}\"", classes);
  if (tooltip.empty()) {
    body_ += "/>\n";
    return;
  }
  const std::string_view tag = opening.substr(0, opening.find(' '));
  body_ += fmt::format("><title>{}</title></{}>\n", escaped(tooltip), tag);
}

void Drawing::line(Point from, Point to, std::string_view classes) {
  element(fmt::format(R"(line x1="{}" y1="{}" x2="{}" y2="{}")", pixels(from.x), pixels(from.y),
                      pixels(to.x), pixels(to.y)),
          classes, {});
}

void Drawing::polyline(const std::vector<Point>& points, std::string_view classes) {
  element(fmt::format(R"(polyline points="{}")", points_text(points)), classes, {});
}

void Drawing::polygon(const std::vector<Point>& points, std::string_view classes) {
  element(fmt::format(R"(polygon points="{}")", points_text(points)), classes, {});
}

void Drawing::rectangle(Point corner, double width, double height, std::string_view classes,
                        std::string_view tooltip) {
  element(fmt::format(R"(rect x="{}" y="{}" width="{}" height="{}")", pixels(corner.x),
                      pixels(corner.y), pixels(width), pixels(height)),
          classes, tooltip);
}

void Drawing::circle(Point centre, double radius, std::string_view classes,
                     std::string_view tooltip) {
  element(fmt::format(R"(circle cx="{}" cy="{}" r="{}")", pixels(centre.x), pixels(centre.y),
                      pixels(radius)),
          classes, tooltip);
}

void Drawing::path(std::string_view d, std::string_view classes, std::string_view tooltip) {
  element(fmt::format(R"(path d="{}")", d), classes, tooltip);
}

void Drawing::text(Point at, std::string_view text, std::string_view classes, Anchor anchor,
                   bool turned) {
  const char* side = anchor == Anchor::start    ? "start"
                     : anchor == Anchor::middle ? "middle"
                                                : "end";
  body_ += fmt::format(R"(<text x="{}" y="{}" text-anchor="{}")", pixels(at.x), pixels(at.y), side);
  if (turned)
    body_ += fmt::format(R"svg( transform="rotate(-90 {} {})")svg", pixels(at.x), pixels(at.y));
  if (!classes.empty()) body_ += fmt::format(" class=\"{}\"", classes);
  body_ += '>' + escaped(text) + "</text>\n";
}

void Drawing::open(std::string_view classes, std::string_view tooltip) {
  body_ += classes.empty() ? std::string("<g>") : fmt::format("<g class=\"{}\">", classes);
  if (!tooltip.empty()) body_ += "<title>" + escaped(tooltip) + "</title>";
  body_ += '\n';
}

void Drawing::close() { body_ += "</g>\n"; }

std::string Drawing::svg() const {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"{}\" width=\"{}\" "
      "height=\"{}\" viewBox=\"0 0 {} {}\">\n{}</svg>\n",
      escaped(name_), pixels(width_), pixels(height_), pixels(width_), pixels(height_), body_);
}

std::string cross_path(Point c, double r) {
  return fmt::format("M{} {}L{} {}M{} {}L{} {}", pixels(c.x - r), pixels(c.y - r), pixels(c.x + r),
                     pixels(c.y + r), pixels(c.x - r), pixels(c.y + r), pixels(c.x + r),
                     pixels(c.y - r));
}

std::string diamond_path(Point c, double r) {
  return fmt::format("M{} {}L{} {}L{} {}L{} {}Z", pixels(c.x), pixels(c.y - r), pixels(c.x + r),
                     pixels(c.y), pixels(c.x), pixels(c.y + r), pixels(c.x - r), pixels(c.y));
}

std::string square_path(Point c, double r) {
  return fmt::format("M{} {}H{}V{}H{}Z", pixels(c.x - r), pixels(c.y - r), pixels(c.x + r),
                     pixels(c.y + r), pixels(c.x - r));
}

std::string triangle_path(Point c, double r) {
  return fmt::format("M{} {}L{} {}H{}Z", pixels(c.x), pixels(c.y - r), pixels(c.x + 0.9 * r),
                     pixels(c.y + 0.7 * r), pixels(c.x - 0.9 * r));
}

}  // namespace stepladder::plot
