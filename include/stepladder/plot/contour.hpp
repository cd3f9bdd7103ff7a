// Areas and lines of equal value of a field on a grid, as SVG paths, by
// marching squares with linear interpolation along the grid's edges.
#pragma once

#include <string>
#include <vector>

#include "stepladder/plot/svg.hpp"

namespace stepladder::plot {

struct Field {
  std::vector<double> x;                    // pixels, of the columns
  std::vector<double> y;                    // pixels, of the rows
  std::vector<std::vector<double>> values;  // [row][column]
};

// The "d" of the area where the field is below the level; empty where it nowhere is.
[[nodiscard]] std::string area_below(const Field& field, double level);
// The "d" of the lines where the field is at the level.
[[nodiscard]] std::string line_at(const Field& field, double level);
// The middles of these lines' pieces, one or two a cell: places for labels.
[[nodiscard]] std::vector<Point> points_at(const Field& field, double level);

}  // namespace stepladder::plot
