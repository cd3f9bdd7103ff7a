#include "stepladder/plot/frame.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "stepladder/trial/number_text.hpp"

namespace stepladder::plot {
namespace {

constexpr double kTickLength = 4;
constexpr double kLabelGap = 4;
constexpr double kBottom = 44;  // for tick labels and the title

std::vector<Tick> ticks_for(const AxisPlan& plan, double length, double room_each) {
  if (!plan.ticks.empty()) return plan.ticks;
  return ticks_of(plan.axis, static_cast<std::size_t>(std::max(2.0, length / room_each)));
}

double left_margin(const FramePlan& plan) {
  double widest = 0;
  for (const Tick& tick : ticks_for(plan.y, plan.height - kBottom - plan.top, 36))
    widest = std::max(widest, width_of(tick.label, kFontSize));
  return std::ceil(widest + kTickLength + kLabelGap + 2);
}

Axis with_pixels(const AxisPlan& plan, double first, double last) {
  Axis axis = plan.axis;
  axis.first = plan.is_reversed ? last : first;
  axis.last = plan.is_reversed ? first : last;
  return axis;
}

// What of an area lies on one side of y = edge (Sutherland and Hodgman 1974).
std::vector<Point> cut(const std::vector<Point>& area, double edge, bool keeps_above) {
  std::vector<Point> kept;
  for (std::size_t i = 0; i < area.size(); ++i) {
    const Point from = area[i];
    const Point to = area[(i + 1) % area.size()];
    const bool is_from_in = keeps_above ? from.y <= edge : from.y >= edge;
    const bool is_to_in = keeps_above ? to.y <= edge : to.y >= edge;
    if (is_from_in) kept.push_back(from);
    if (is_from_in != is_to_in)
      kept.push_back({from.x + (to.x - from.x) * (edge - from.y) / (to.y - from.y), edge});
  }
  return kept;
}

}  // namespace

Frame::Frame(const FramePlan& plan)
    : x_(with_pixels(plan.x, left_margin(plan), plan.width - plan.right)),
      y_(with_pixels(plan.y, plan.height - kBottom, plan.top)),
      drawing_(plan.width, plan.height, plan.name) {
  drawing_.rectangle({left(), top()}, right() - left(), bottom() - top(), "field");
  draw_y(plan.y);
  draw_x(plan.x);
}

void Frame::draw_x(const AxisPlan& plan) {
  double free_from = 0;
  for (const Tick& tick : ticks_for(plan, right() - left(), 46)) {
    const double x = x_.at(tick.value);
    if (x < left() - 0.5 || x > right() + 0.5) continue;
    const double half = width_of(tick.label, kFontSize) / 2;
    const bool is_labelled = !tick.label.empty() && x - half >= free_from;
    drawing_.line({x, bottom()}, {x, bottom() + (is_labelled ? kTickLength : kTickLength / 2)},
                  "tick");
    if (!is_labelled) continue;
    drawing_.line({x, top()}, {x, bottom()}, "grid");
    const double inside = std::min(x, drawing_.width() - half);
    drawing_.text({inside, bottom() + kTickLength + kFontSize}, tick.label, "label",
                  Anchor::middle);
    free_from = x + half + 4;
  }
  drawing_.text({(left() + right()) / 2, drawing_.height() - 5}, plan.title, "title",
                Anchor::middle);
}

void Frame::draw_y(const AxisPlan& plan) {
  double free_to = drawing_.height();
  std::vector<Tick> ticks = ticks_for(plan, bottom() - top(), 36);
  if (plan.is_reversed) std::reverse(ticks.begin(), ticks.end());  // from the bottom up
  for (const Tick& tick : ticks) {
    const double y = y_.at(tick.value);
    if (y < top() - 0.5 || y > bottom() + 0.5) continue;
    const bool is_labelled = !tick.label.empty() && y + kFontSize / 2 <= free_to;
    drawing_.line({left() - (is_labelled ? kTickLength : kTickLength / 2), y}, {left(), y}, "tick");
    if (!is_labelled) continue;
    drawing_.line({left(), y}, {right(), y}, "grid");
    drawing_.text({left() - kTickLength - kLabelGap, y + 0.36 * kFontSize}, tick.label, "label",
                  Anchor::end);
    free_to = y - kFontSize / 2;
  }
  drawing_.text({2, top() - 12}, plan.title, "title");
}

void Frame::band(const std::vector<Point>& points, std::string_view classes) {
  const std::vector<Point> inside = cut(cut(points, bottom(), true), top(), false);
  if (inside.size() > 2) drawing_.polygon(inside, classes);
}

std::string Frame::svg() {
  drawing_.line({left(), bottom()}, {right(), bottom()}, "axis");
  drawing_.line({left(), top()}, {left(), bottom()}, "axis");
  return drawing_.svg();
}

std::vector<Tick> steps_ticks(const std::vector<Steps>& budgets) {
  std::vector<Tick> ticks;
  ticks.reserve(budgets.size());
  for (const Steps steps : budgets)
    ticks.push_back({.value = static_cast<double>(steps), .label = steps_text(steps)});
  return ticks;
}

std::vector<double> spread_labels(const std::vector<double>& wanted, double top, double bottom,
                                  double distance) {
  std::vector<std::size_t> order(wanted.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return wanted[a] < wanted[b]; });
  // Clusters of labels that touch, each centred on what its members want.
  struct Cluster {
    double sum = 0;  // of the wanted place of the first member
    double count = 0;
    [[nodiscard]] double first() const { return sum / count; }
  };
  std::vector<Cluster> clusters;
  for (const std::size_t i : order) {
    clusters.push_back({.sum = wanted[i], .count = 1});
    while (clusters.size() > 1) {
      Cluster& last = clusters.back();
      Cluster& before = clusters[clusters.size() - 2];
      if (before.first() + before.count * distance <= last.first()) break;
      before.sum += last.sum - last.count * before.count * distance;
      before.count += last.count;
      clusters.pop_back();
    }
  }
  std::vector<double> places(wanted.size());
  std::size_t next = 0;
  double free_from = top;
  for (const Cluster& cluster : clusters) {
    double place = std::max(cluster.first(), free_from);
    const std::size_t end = next + static_cast<std::size_t>(cluster.count);
    for (; next < end; ++next, place += distance) places[order[next]] = place;
    free_from = place;
  }
  // What hangs over the lower end pushes the ones above it up.
  double free_to = bottom;
  for (auto i = order.rbegin(); i != order.rend(); ++i) {
    places[*i] = std::min(places[*i], free_to);
    free_to = places[*i] - distance;
  }
  return places;
}

}  // namespace stepladder::plot
