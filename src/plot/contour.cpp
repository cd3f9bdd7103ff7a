#include "stepladder/plot/contour.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "stepladder/plot/svg.hpp"

namespace stepladder::plot {
namespace {

struct Corner {
  Point at;
  double value = 0;
};

// Around a cell, from its first row and column.
std::array<Corner, 4> corners_of(const Field& field, std::size_t row, std::size_t column) {
  const auto corner = [&](std::size_t r, std::size_t c) {
    return Corner{.at = {field.x[c], field.y[r]}, .value = field.values[r][c]};
  };
  return {corner(row, column), corner(row, column + 1), corner(row + 1, column + 1),
          corner(row + 1, column)};
}

Point between(const Corner& a, const Corner& b, double level) {
  const double share = (level - a.value) / (b.value - a.value);
  return {a.at.x + share * (b.at.x - a.at.x), a.at.y + share * (b.at.y - a.at.y)};
}

std::string place(const Point& point) { return pixels(point.x) + ' ' + pixels(point.y); }

}  // namespace

std::string area_below(const Field& field, double level) {
  std::string d;
  for (std::size_t row = 0; row + 1 < field.y.size(); ++row) {
    std::size_t whole_from = 0;  // cells [whole_from, column) are wholly below
    bool is_whole = false;
    const auto end_run = [&](std::size_t column) {
      if (!is_whole) return;
      d += "M" + place({field.x[whole_from], field.y[row]}) + "H" + pixels(field.x[column]) + "V" +
           pixels(field.y[row + 1]) + "H" + pixels(field.x[whole_from]) + "Z";
      is_whole = false;
    };
    for (std::size_t column = 0; column + 1 < field.x.size(); ++column) {
      const auto corners = corners_of(field, row, column);
      std::size_t below = 0;
      for (const Corner& corner : corners) below += corner.value < level ? 1 : 0;
      if (below == corners.size()) {
        if (!is_whole) whole_from = column;
        is_whole = true;
        continue;
      }
      end_run(column);
      if (below == 0) continue;
      bool is_first = true;
      const auto go = [&](const Point& point) {
        d += (std::exchange(is_first, false) ? "M" : "L") + place(point);
      };
      for (std::size_t i = 0; i < corners.size(); ++i) {
        const Corner& here = corners[i];
        const Corner& next = corners[(i + 1) % corners.size()];
        if (here.value < level) go(here.at);
        if ((here.value < level) != (next.value < level)) go(between(here, next, level));
      }
      d += "Z";
    }
    end_run(field.x.size() - 1);
  }
  return d;
}

namespace {

// Calls `visit` with both ends of each piece of the lines at the level.
template <class Visit>
void for_each_piece(const Field& field, double level, Visit visit) {
  for (std::size_t row = 0; row + 1 < field.y.size(); ++row)
    for (std::size_t column = 0; column + 1 < field.x.size(); ++column) {
      const auto corners = corners_of(field, row, column);
      std::optional<Point> from;
      for (std::size_t i = 0; i < corners.size(); ++i) {
        const Corner& here = corners[i];
        const Corner& next = corners[(i + 1) % corners.size()];
        if ((here.value < level) == (next.value < level)) continue;
        const Point at = between(here, next, level);
        if (from) {
          visit(*from, at);
          from.reset();
        } else {
          from = at;
        }
      }
    }
}

}  // namespace

std::string line_at(const Field& field, double level) {
  std::string d;
  for_each_piece(field, level, [&d](const Point& from, const Point& to) {
    d += 'M' + place(from) + 'L' + place(to);
  });
  return d;
}

std::vector<Point> points_at(const Field& field, double level) {
  std::vector<Point> points;
  for_each_piece(field, level, [&points](const Point& from, const Point& to) {
    points.push_back({(from.x + to.x) / 2, (from.y + to.y) / 2});
  });
  return points;
}

}  // namespace stepladder::plot
