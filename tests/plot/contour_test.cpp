#include "stepladder/plot/contour.hpp"

#include <cmath>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "stepladder/plot/svg.hpp"

namespace stepladder::plot {
namespace {

// The area of all closed polygons of a path of M, L, H, V and Z, by the shoelace formula.
double area_of(const std::string& d) {
  std::istringstream text(d);
  double area = 0;
  std::vector<Point> points;
  char command = 0;
  while (text >> command) {
    Point at = points.empty() ? Point{} : points.back();
    if (command == 'Z') {
      double doubled = 0;
      for (std::size_t i = 0; i < points.size(); ++i) {
        const Point& next = points[(i + 1) % points.size()];
        doubled += points[i].x * next.y - next.x * points[i].y;
      }
      area += std::abs(doubled) / 2;
      points.clear();
      continue;
    }
    if (command == 'H') text >> at.x;
    if (command == 'V') text >> at.y;
    if (command == 'M' || command == 'L') text >> at.x >> at.y;
    points.push_back(at);
  }
  return area;
}

Field field_of(double (*value)(double x, double y)) {
  Field field;
  for (int i = 0; i <= 40; ++i) {
    field.x.push_back(5.0 * i);
    field.y.push_back(5.0 * i);
  }
  for (const double y : field.y) {
    field.values.emplace_back();
    for (const double x : field.x) field.values.back().push_back(value(x, y));
  }
  return field;
}

TEST(Contour, encloses_the_area_of_a_disc) {
  const Field field = field_of([](double x, double y) { return std::hypot(x - 100, y - 100); });
  for (const double radius : {20.0, 50.0, 90.0})
    EXPECT_NEAR(area_of(area_below(field, radius)), std::acos(-1.0) * radius * radius,
                0.02 * std::acos(-1.0) * radius * radius);
}

TEST(Contour, is_exact_for_a_slope) {
  const Field field = field_of([](double x, double y) { return x + 0 * y; });
  EXPECT_NEAR(area_of(area_below(field, 62.5)), 62.5 * 200, 1e-6);
  EXPECT_EQ(area_below(field, -1), "");
  EXPECT_NEAR(area_of(area_below(field, 1000)), 200 * 200, 1e-6);
}

TEST(Contour, line_runs_where_the_field_has_the_level) {
  const Field field = field_of([](double x, double y) { return x + 0 * y; });
  std::istringstream text(line_at(field, 62.5));
  char command = 0;
  Point at;
  int count = 0;
  while (text >> command >> at.x >> at.y) {
    EXPECT_DOUBLE_EQ(at.x, 62.5);
    ++count;
  }
  EXPECT_EQ(count, 2 * 40);  // a piece in each row
  EXPECT_EQ(line_at(field, 1000), "");
}

TEST(PointsAt, lie_on_the_line) {
  const Field field = field_of([](double x, double y) { return std::hypot(x - 100, y - 100); });
  const std::vector<Point> points = points_at(field, 60);
  EXPECT_GT(points.size(), 40U);
  for (const Point& point : points) EXPECT_NEAR(std::hypot(point.x - 100, point.y - 100), 60, 0.5);
  EXPECT_TRUE(points_at(field, 1000).empty());
}

}  // namespace
}  // namespace stepladder::plot
