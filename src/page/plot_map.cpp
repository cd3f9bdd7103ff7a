#include "plot_map.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/core.h>

#include "plot_map_key.hpp"
#include "series.hpp"
#include "stepladder/plot/contour.hpp"
#include "stepladder/plot/frame.hpp"
#include "stepladder/report/words.hpp"
#include "stepladder/trial/number_text.hpp"

namespace stepladder::page {

using plot::Anchor;
using plot::area_below;
using plot::Axis;
using plot::cross_path;
using plot::diamond_path;
using plot::Drawing;
using plot::Field;
using plot::Frame;
using plot::FramePlan;
using plot::kFontSize;
using plot::line_at;
using plot::padded;
using plot::Point;
using plot::points_at;
using plot::Spacing;
using plot::square_path;
using plot::steps_ticks;
using plot::triangle_path;
using plot::width_of;

namespace {

// Everything is below this step on the map's lowest line.
double lowest_step(const report::RunReport& report) {
  return static_cast<double>(report.budgets.front()) / 1.8;
}

FramePlan plan_of(const report::RunReport& report, const report::GroupReport& group, double width) {
  double low = group.range.min;
  double high = group.range.max;
  for (const record::TrialPath& path : report.paths) {
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

Field field_of(const Frame& frame, const report::MapGrid& map) {
  Field field{.values = map.measure};
  for (const double rate : map.rates) field.x.push_back(frame.x().at(rate));
  for (const double steps : map.steps) field.y.push_back(frame.y().at(steps));
  return field;
}

void draw_surface(Frame& frame, const report::MapGrid& map, const std::vector<double>& levels) {
  if (map.steps.size() < 2) return;
  const Field field = field_of(frame, map);
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

// Where the lines of equal score have most room between what else is drawn; a line without room has
// no label.
void label_contours(Frame& frame, const report::RunReport& report, const report::MapGrid& map,
                    const std::vector<double>& levels, std::vector<Point> taken) {
  if (map.steps.size() < 2) return;
  constexpr double kRoom = 3;  // pixels beside the text
  const Field field = field_of(frame, map);
  const std::vector<std::string> texts = level_texts(report, levels);
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const double half = width_of(texts[i], kFontSize) / 2;
    double most = kRoom;
    std::optional<Point> best;
    for (const Point& at : points_at(field, levels[i])) {
      double room = std::min({at.x - half - frame.left(), frame.right() - half - at.x,
                              at.y - frame.top() - kFontSize, frame.bottom() - at.y - kFontSize});
      for (const Point& other : taken)
        room = std::min(room, std::max(std::abs(other.x - at.x) - half,
                                       std::abs(other.y - at.y) - kFontSize / 2));
      if (room > most) best = at;
      most = std::max(most, room);
    }
    if (!best) continue;
    frame.drawing().text({best->x, best->y + 0.36 * kFontSize}, texts[i], "label halo",
                         Anchor::middle);
    // As another label would see it, whose middle is compared.
    for (const double side : {-half, 0.0, half}) taken.push_back({best->x + side, best->y});
  }
}

// What labels have to keep clear of.
std::vector<Point> marks_of(const Frame& frame, const report::GroupReport& group,
                            const Drawn& drawn) {
  std::vector<Point> marks;
  for (const record::TrialPath* path : drawn.paths)
    if (path->learning_rate)
      for (const record::Stop& stop : path->stops)
        marks.push_back(frame.at(*path->learning_rate, static_cast<double>(stop.steps)));
  for (const analysis::AtBudget& at : group.response.budgets)
    marks.push_back(
        {frame.x().clamped(at.best.rate.value), frame.y().at(static_cast<double>(at.steps))});
  return marks;
}

void draw_best_rates(Frame& frame, const analysis::Response& response) {
  std::vector<Point> best_rates;
  std::vector<Point> low;
  std::vector<Point> high;
  const auto put = [&] {
    if (best_rates.empty()) return;
    std::vector<Point> band = low;
    band.insert(band.end(), high.rbegin(), high.rend());
    if (band.size() > 2) frame.drawing().polygon(band, "band");
    for (std::size_t i = 0; i < best_rates.size(); ++i) {
      frame.drawing().line(low[i], high[i], "reach");
      frame.drawing().line({best_rates[i].x, best_rates[i].y - 6},
                           {best_rates[i].x, best_rates[i].y + 6}, "best-rates");
    }
    frame.drawing().polyline(best_rates, "best-rates-edge");
    frame.drawing().polyline(best_rates, "best-rates");
    best_rates.clear();
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
    best_rates.push_back({frame.x().clamped(at.best.rate.value), y});
    low.push_back({frame.x().clamped(at.best.rate.interval_95.low), y});
    high.push_back({frame.x().clamped(at.best.rate.interval_95.high), y});
  }
  put();
}

void draw_divergence(Frame& frame, const analysis::Response& response) {
  std::vector<Point> limit;
  for (const analysis::AtBudget& at : response.budgets) {
    if (!is_drawn(at.divergence)) continue;
    const double x = frame.x().clamped(at.divergence.limit->value);
    const double y = frame.y().at(static_cast<double>(at.steps));
    frame.drawing().line({x, y - 9}, {x, y + 9}, "limit");
    limit.push_back({x, y});
  }
  if (limit.size() > 1) frame.drawing().polyline(limit, "limit");
}

// Where the range searched ended before it was extended.
void draw_old_bounds(Frame& frame, const report::RunReport& report) {
  const auto draw = [&frame](double bound, double moved_to) {
    if (bound == moved_to) return;
    const double x = frame.x().at(bound);
    frame.drawing().line({x, frame.top()}, {x, frame.bottom()}, "old-bound");
  };
  for (const auto& extended : report.board.extensions) {
    draw(extended.from.min, extended.to.min);
    draw(extended.from.max, extended.to.max);
  }
}

std::string tooltip(const record::TrialPath& path, const record::Stop& stop,
                    const report::RunReport& report, std::string_view what) {
  std::string text =
      fmt::format("trial {}, rate {}", path.trial.value, number_text(*path.learning_rate, 4));
  if (stop.diverged_at)
    return text + fmt::format(": diverged at step {}", steps_text(*stop.diverged_at));
  return text +
         fmt::format(": {} at {} steps, {}{}",
                     report::measure_text(report::measure_of(*stop.score, report.board.metrics),
                                          report.rates.metric),
                     steps_text(stop.steps), what, path.is_audited ? ", audited" : "");
}

void draw_stop(Frame& frame, const report::RunReport& report, const record::TrialPath& path,
               const record::Stop& stop, const std::vector<double>& levels, double size) {
  Drawing& drawing = frame.drawing();
  const double x = frame.x().at(*path.learning_rate);
  const StopMark mark = mark_of(path, stop);
  if (mark == StopMark::diverged) {
    const Point at{x, frame.y().clamped(std::max(static_cast<double>(*stop.diverged_at),
                                                 1.2 * lowest_step(report)))};
    drawing.path(cross_path(at, 3.6 * size), "mark diverged", tooltip(path, stop, report, ""));
    return;
  }
  const Point at{x, frame.y().at(static_cast<double>(stop.steps))};
  const std::string fill =
      score_class(report::measure_of(*stop.score, report.board.metrics), levels);
  if (path.is_audited) drawing.path(square_path(at, 6 * size), "audited");
  if (mark == StopMark::promoted)
    drawing.circle(at, 2.6 * size, "mark " + fill, tooltip(path, stop, report, "promoted"));
  else if (mark == StopMark::finished)
    drawing.path(diamond_path(at, 5.6 * size), "mark " + fill,
                 tooltip(path, stop, report, "finished"));
  else if (mark == StopMark::pruned)
    drawing.circle(at, 3.8 * size, "mark ended " + fill, tooltip(path, stop, report, "pruned"));
  else
    drawing.path(triangle_path(at, 4.8 * size), "mark " + fill,
                 tooltip(path, stop, report, name_of(path.status)));
}

// More trials than kRoomy get smaller marks.
void draw_trials(Frame& frame, const report::RunReport& report, const Drawn& drawn,
                 const std::vector<double>& levels) {
  constexpr double kRoomy = 50;
  const double count = static_cast<double>(std::max<std::size_t>(drawn.paths.size(), 1));
  const double size = std::clamp(std::sqrt(kRoomy / count), 0.5, 1.0);
  frame.drawing().open(size < 0.9 ? "many" : "");
  for (const record::TrialPath* path : drawn.paths) {
    if (!path->learning_rate || path->stops.size() < 2) continue;
    const double x = frame.x().at(*path->learning_rate);
    const double first = frame.y().at(static_cast<double>(path->stops.front().steps));
    const double last = frame.y().at(static_cast<double>(path->stops.back().steps));
    frame.drawing().line({x, first}, {x, last}, "climb");
  }
  for (const record::TrialPath* path : drawn.paths)
    if (path->learning_rate)
      for (const record::Stop& stop : path->stops)
        draw_stop(frame, report, *path, stop, levels, size);
  frame.drawing().close();
}

}  // namespace

StopMark mark_of(const record::TrialPath& path, const record::Stop& stop) {
  if (stop.diverged_at) return StopMark::diverged;
  if (path.aim > stop.steps) return StopMark::promoted;
  if (path.status == schedule::TrialStatus::finished) return StopMark::finished;
  if (path.status == schedule::TrialStatus::pruned) return StopMark::pruned;
  return StopMark::undecided;
}

bool is_drawn(const analysis::DivergenceLimit& limit) {
  constexpr double kKnown = 5;
  return limit.limit && limit.limit->interval_95.high <= kKnown * limit.limit->interval_95.low;
}

std::string map_plot(const report::RunReport& report, const report::GroupReport& group,
                     const std::vector<double>& levels, double width) {
  if (report.budgets.empty()) return "";
  Frame frame(plan_of(report, group, width));
  if (group.map) draw_surface(frame, *group.map, levels);
  draw_old_bounds(frame, report);
  draw_best_rates(frame, group.response);
  draw_divergence(frame, group.response);
  const Drawn drawn = drawn_paths(report.paths, kMarksMost, group.name);
  draw_trials(frame, report, drawn, levels);
  if (group.map) label_contours(frame, report, *group.map, levels, marks_of(frame, group, drawn));
  return frame.svg();
}

}  // namespace stepladder::page
