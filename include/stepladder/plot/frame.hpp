// The frame of a plot. Grid, ticks and titles are drawn when it is made; the
// caller draws marks through its axes and then takes the drawing.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "stepladder/plot/axis.hpp"
#include "stepladder/plot/svg.hpp"
#include "stepladder/trial/ids.hpp"

namespace stepladder::plot {

inline constexpr double kFontSize = 12;  // of everything in a plot, in pixels

struct AxisPlan {
  Axis axis;  // its pixels are filled in by the frame
  std::string title;
  // Marked in place of round numbers, such as rung levels; labels that would meet are left out.
  std::vector<Tick> ticks{};
  bool is_reversed = false;  // the highest number where the lowest would be
};

struct FramePlan {
  double width = 350;
  double height = 280;
  std::string name;
  AxisPlan x;
  AxisPlan y;
  double right = 14;  // room for labels beside the marks
  double top = 30;    // the y axis' title stands there
};

class Frame {
 public:
  explicit Frame(const FramePlan& plan);

  [[nodiscard]] Point at(double x, double y) const { return {x_.at(x), y_.at(y)}; }
  [[nodiscard]] const Axis& x() const noexcept { return x_; }
  [[nodiscard]] const Axis& y() const noexcept { return y_; }
  [[nodiscard]] double left() const noexcept { return std::min(x_.first, x_.last); }
  [[nodiscard]] double right() const noexcept { return std::max(x_.first, x_.last); }
  [[nodiscard]] double top() const noexcept { return std::min(y_.first, y_.last); }
  [[nodiscard]] double bottom() const noexcept { return std::max(y_.first, y_.last); }
  [[nodiscard]] Drawing& drawing() noexcept { return drawing_; }
  // An area of which only what lies between the lower and the upper edge is drawn.
  void band(const std::vector<Point>& points, std::string_view classes);
  // The axes are drawn over the marks.
  [[nodiscard]] std::string svg();

 private:
  void draw_x(const AxisPlan& plan);
  void draw_y(const AxisPlan& plan);

  Axis x_;
  Axis y_;
  Drawing drawing_;
};

// Ticks at rung levels.
[[nodiscard]] std::vector<Tick> steps_ticks(const std::vector<Steps>& budgets);

// Labels beside marks: moved apart so that none overlaps, as little as possible, within [top,
// bottom]. Gives the base lines in the order of `wanted`.
[[nodiscard]] std::vector<double> spread_labels(const std::vector<double>& wanted, double top,
                                                double bottom, double distance);

}  // namespace stepladder::plot
