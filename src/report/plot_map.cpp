// The map: what score a rate reaches after so many steps.
#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "plots.hpp"
#include "stepladder/plot/contour.hpp"
#include "stepladder/plot/frame.hpp"
#include "words.hpp"

namespace stepladder::report {

using plot::area_below;
using plot::Axis;
using plot::cross_path;
using plot::diamond_path;
using plot::Drawing;
using plot::Field;
using plot::Frame;
using plot::FramePlan;
using plot::line_at;
using plot::number_text;
using plot::padded;
using plot::Point;
using plot::Spacing;
using plot::square_path;
using plot::steps_text;
using plot::steps_ticks;
using plot::triangle_path;

namespace {

// Everything is below this step on the map's lowest line.
double lowest_step(const RunReport& report) {
  return static_cast<double>(report.budgets.front()) / 1.8;
}

FramePlan plan_of(const RunReport& report, const GroupReport& group, double width) {
  double low = group.range.min;
  double high = group.range.max;
  for (const TrialPath& path : report.paths) {
    if (path.group != group.name || !path.learning_rate) continue;
    low = low > 0 ? std::min(low, *path.learning_rate) : *path.learning_rate;
    high = std::max(high, *path.learning_rate);
  }
  const Axis rates = padded({.spacing = Spacing::log, .low = low, .high = high}, 0.03);
  const Axis steps{.spacing = Spacing::log,
                   .low = lowest_step(report),
                   .high = 1.25 * static_cast<double>(report.budgets.back())};
  return {.width = width,
          .height = std::round((width < 400 ? 0.84 : 0.68) * width),
          .name = "Score over learning rate and steps: " + group.name,
          .x = {.axis = rates, .title = "initial learning rate"},
          .y = {.axis = steps, .title = "steps", .ticks = steps_ticks(report.budgets)}};
}

void draw_surface(Frame& frame, const MapGrid& map, const std::vector<double>& levels) {
  if (map.steps.size() < 2) return;
  Field field{.values = map.measure};
  for (const double rate : map.rates) field.x.push_back(frame.x().at(rate));
  for (const double steps : map.steps) field.y.push_back(frame.y().at(steps));
  frame.drawing().rectangle({field.x.front(), field.y.back()}, field.x.back() - field.x.front(),
                            field.y.front() - field.y.back(), "s0 surface");
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const std::string area = area_below(field, levels[i]);
    if (!area.empty()) frame.drawing().path(area, fmt::format("s{} surface", i + 1));
  }
  for (const double level : levels) {
    const std::string line = line_at(field, level);
    if (!line.empty()) frame.drawing().path(line, "contour");
  }
}

void draw_ridge(Frame& frame, const analysis::Response& response) {
  std::vector<Point> ridge;
  std::vector<Point> low;
  std::vector<Point> high;
  const auto put = [&] {
    if (ridge.empty()) return;
    std::vector<Point> band = low;
    band.insert(band.end(), high.rbegin(), high.rend());
    if (band.size() > 2) frame.drawing().polygon(band, "band");
    for (std::size_t i = 0; i < ridge.size(); ++i) {
      frame.drawing().line(low[i], high[i], "reach");
      frame.drawing().line({ridge[i].x, ridge[i].y - 6}, {ridge[i].x, ridge[i].y + 6}, "ridge");
    }
    frame.drawing().polyline(ridge, "ridge-edge");
    frame.drawing().polyline(ridge, "ridge");
    ridge.clear();
    low.clear();
    high.clear();
  };
  for (const analysis::AtBudget& at : response.budgets) {
    const double y = frame.y().at(static_cast<double>(at.steps));
    if (!at.best.is_identified()) {
      put();
      if (at.best.identification != analysis::Identification::flat)
        frame.drawing().line({frame.x().clamped(at.best.rate.interval_95.low), y},
                             {frame.x().clamped(at.best.rate.interval_95.high), y}, "reach open");
      continue;
    }
    ridge.push_back({frame.x().clamped(at.best.rate.value), y});
    low.push_back({frame.x().clamped(at.best.rate.interval_95.low), y});
    high.push_back({frame.x().clamped(at.best.rate.interval_95.high), y});
  }
  put();
}

// Where it is known to within a factor of kKnown; few trials are left to tell at large budgets.
void draw_divergence(Frame& frame, const analysis::Response& response) {
  constexpr double kKnown = 5;
  std::vector<Point> limit;
  for (const analysis::AtBudget& at : response.budgets) {
    if (!at.divergence.limit) continue;
    const analysis::Interval within = at.divergence.limit->interval_95;
    if (within.high > kKnown * within.low) continue;
    const double x = frame.x().clamped(at.divergence.limit->value);
    const double y = frame.y().at(static_cast<double>(at.steps));
    frame.drawing().line({x, y - 9}, {x, y + 9}, "limit");
    limit.push_back({x, y});
  }
  if (limit.size() > 1) frame.drawing().polyline(limit, "limit");
}

std::string tooltip(const TrialPath& path, const Stop& stop, const RunReport& report,
                    const char* what) {
  std::string text =
      fmt::format("trial {}, rate {}", path.trial.value, number_text(*path.learning_rate, 4));
  if (stop.diverged_at)
    return text + fmt::format(": diverged at step {}", steps_text(*stop.diverged_at));
  return text + fmt::format(": {} at {} steps, {}{}",
                            measure_text(measure_of(*stop.score, report.measure), report.measure),
                            steps_text(stop.steps), what, path.is_audited ? ", audited" : "");
}

void draw_stop(Frame& frame, const RunReport& report, const TrialPath& path, const Stop& stop,
               const std::vector<double>& levels, double size) {
  Drawing& drawing = frame.drawing();
  const double x = frame.x().at(*path.learning_rate);
  if (stop.diverged_at) {
    const Point at{x, frame.y().clamped(std::max(static_cast<double>(*stop.diverged_at),
                                                 1.2 * lowest_step(report)))};
    drawing.path(cross_path(at, 3.6 * size), "mark diverged", tooltip(path, stop, report, ""));
    return;
  }
  const Point at{x, frame.y().at(static_cast<double>(stop.steps))};
  const std::string fill = score_class(measure_of(*stop.score, report.measure), levels);
  if (path.is_audited) drawing.path(square_path(at, 6 * size), "audited");
  if (path.aim > stop.steps) {
    drawing.circle(at, 2.6 * size, "mark " + fill, tooltip(path, stop, report, "promoted"));
  } else if (path.status == schedule::TrialStatus::finished) {
    drawing.path(diamond_path(at, 5.6 * size), "mark " + fill,
                 tooltip(path, stop, report, "finished"));
  } else if (path.status == schedule::TrialStatus::pruned) {
    drawing.circle(at, 3.8 * size, "mark ended " + fill, tooltip(path, stop, report, "pruned"));
  } else {
    drawing.path(triangle_path(at, 4.8 * size), "mark " + fill,
                 tooltip(path, stop, report, name_of(path.status)));
  }
}

// More trials than kRoomy get smaller marks.
void draw_trials(Frame& frame, const RunReport& report, const GroupReport& group,
                 const std::vector<double>& levels) {
  constexpr double kRoomy = 50;
  const double size =
      std::clamp(std::sqrt(kRoomy / static_cast<double>(group.response.trials)), 0.5, 1.0);
  frame.drawing().open(size < 0.9 ? "many" : "");
  for (const TrialPath& path : report.paths) {
    if (path.group != group.name || !path.learning_rate || path.stops.empty()) continue;
    const double x = frame.x().at(*path.learning_rate);
    const double first = frame.y().at(static_cast<double>(path.stops.front().steps));
    const double last = frame.y().at(static_cast<double>(path.stops.back().steps));
    if (path.stops.size() > 1) frame.drawing().line({x, first}, {x, last}, "climb");
  }
  for (const TrialPath& path : report.paths)
    if (path.group == group.name && path.learning_rate)
      for (const Stop& stop : path.stops) draw_stop(frame, report, path, stop, levels, size);
  frame.drawing().close();
}

}  // namespace

std::string map_plot(const RunReport& report, const GroupReport& group,
                     const std::vector<double>& levels, double width) {
  if (report.budgets.empty()) return "";
  Frame frame(plan_of(report, group, width));
  if (group.map) draw_surface(frame, *group.map, levels);
  draw_ridge(frame, group.response);
  draw_divergence(frame, group.response);
  draw_trials(frame, report, group, levels);
  return frame.svg();
}

}  // namespace stepladder::report
