#include "plot_scores.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "series.hpp"
#include "stepladder/report/words.hpp"
#include "stepladder/trial/number_text.hpp"

namespace stepladder::page {

using plot::Anchor;
using plot::diamond_path;
using plot::Drawing;
using plot::Frame;
using plot::Point;
using plot::square_path;
using plot::triangle_path;

namespace {

void draw_mark(Drawing& drawing, std::size_t index, Point at, const std::string& tooltip) {
  const std::string classes = "dot " + series('f', index);
  switch (index % 4) {
    case 0:
      drawing.circle(at, 3.6, classes, tooltip);
      break;
    case 1:
      drawing.path(square_path(at, 3.2), classes, tooltip);
      break;
    case 2:
      drawing.path(diamond_path(at, 4.6), classes, tooltip);
      break;
    default:
      drawing.path(triangle_path(at, 4.6), classes, tooltip);
  }
}

// What the model expects, as it is shown: a share's lower end is its error's upper one.
std::vector<analysis::Interval> band_of(const report::RunReport& report,
                                        const report::GroupReport& group) {
  std::vector<analysis::Interval> band;
  for (const analysis::AtBudget& at : group.response.budgets) {
    const double one = shown(at.score.interval_95.low, report.rates.metric);
    const double other = shown(at.score.interval_95.high, report.rates.metric);
    band.push_back({.low = std::min(one, other), .high = std::max(one, other)});
  }
  return band;
}

void draw_band(Frame& frame, const report::RunReport& report, const report::GroupReport& group,
               const std::string& classes) {
  const std::vector<analysis::Interval> band = band_of(report, group);
  std::vector<Point> area;
  std::vector<Point> back;
  for (std::size_t i = 0; i < band.size(); ++i) {
    const auto x = static_cast<double>(group.response.budgets[i].steps);
    area.push_back(frame.at(x, band[i].low));
    back.push_back(frame.at(x, band[i].high));
  }
  area.insert(area.end(), back.rbegin(), back.rend());
  frame.band(area, classes);
}

std::vector<Point> model_line(const Frame& frame, const report::RunReport& report,
                              const report::GroupReport& group) {
  std::vector<Point> line;
  for (const analysis::AtBudget& at : group.response.budgets)
    line.push_back(
        frame.at(static_cast<double>(at.steps), shown(at.score.value, report.rates.metric)));
  return line;
}

double error_of(const record::FrontierPoint& point, const report::RunReport& report) {
  return report::standard_error_of(report.board.metrics.first(),
                                   point.score[report.board.metrics.deciding],
                                   report.board.rows.prune)
      .value_or(0);
}

std::string rate_label(const record::FrontierPoint& point) {
  const Value* rate = point.configuration.find("learning_rate");
  if (rate == nullptr) return fmt::format("trial {}", point.best.value);
  const auto* real = std::get_if<double>(rate);
  return real != nullptr ? number_text(*real) : text(*rate);
}

}  // namespace

std::string frontier_plot(const report::RunReport& report, double width) {
  if (report.board.frontier.empty()) return "";
  Extent extent;
  for (const record::FrontierPoint& point : report.board.frontier) {
    const double y = point.score[report.board.metrics.deciding];
    extent.add(y - error_of(point, report));
    extent.add(y + error_of(point, report));
  }
  const report::GroupReport* group =
      report.rates.groups.empty() ? nullptr : &report.rates.groups.front();
  const bool has_model = group != nullptr && group->response.budgets.size() > 1;
  if (has_model) {
    for (const analysis::AtBudget& at : group->response.budgets)
      extent.add(shown(at.score.value, report.rates.metric));
    extent.make_room_for(band_of(report, *group));
  }
  Frame frame(scores_plan(report, width, "The best score at each step budget", extent, 20));
  Drawing& drawing = frame.drawing();
  if (has_model) {
    draw_band(frame, report, *group, "model-band");
    drawing.polyline(model_line(frame, report, *group), "line model");
  }
  std::vector<Point> measured;
  for (const record::FrontierPoint& point : report.board.frontier)
    measured.push_back(
        frame.at(static_cast<double>(point.steps), point.score[report.board.metrics.deciding]));
  if (measured.size() > 1) drawing.polyline(measured, "line l0");
  for (std::size_t i = 0; i < measured.size(); ++i) {
    const record::FrontierPoint& point = report.board.frontier[i];
    const double error = error_of(point, report);
    const double y = point.score[report.board.metrics.deciding];
    const double x = measured[i].x;
    if (error > 0)
      drawing.line({x, frame.y().at(y - error)}, {x, frame.y().at(y + error)}, "line l0");
    drawing.circle(
        measured[i], 4, "dot f0",
        fmt::format("{} steps: {}, trial {}, best of {}, at rate {}", steps_text(point.steps),
                    report::measure_text(report::measure_of(point.score, report.board.metrics),
                                         report.rates.metric),
                    point.best.value, point.trials, rate_label(point)));
    // The curve rises to the right, or falls where losses are shown: the left above it is free, or
    // the right, and below its first point.
    const bool rises = report.rates.metric.is_share();
    const bool is_first = i == 0 && rises;
    const Anchor anchor = is_first || !rises ? Anchor::start : Anchor::end;
    const double base = is_first ? frame.y().at(y - error) + 16 : frame.y().at(y + error) - 7;
    drawing.text({x + (is_first || !rises ? -4.0 : 4.0),
                  std::clamp(base, frame.top() + 12, frame.bottom() - 4)},
                 rate_label(point), "label halo", anchor);
  }
  return frame.svg();
}

std::string comparison_plot(const report::RunReport& report, double width) {
  std::vector<std::size_t> drawn;
  Extent extent;
  for (std::size_t i = 0; i < report.rates.groups.size(); ++i) {
    const auto& budgets = report.rates.groups[i].response.budgets;
    if (budgets.empty()) continue;
    drawn.push_back(i);
    for (const analysis::AtBudget& at : budgets)
      extent.add(shown(at.score.value, report.rates.metric));
  }
  if (drawn.size() < 2) return "";
  std::vector<analysis::Interval> bands;
  for (const std::size_t i : drawn) {
    const auto own = band_of(report, report.rates.groups[i]);
    bands.insert(bands.end(), own.begin(), own.end());
  }
  extent.make_room_for(bands);
  std::vector<std::string> names;
  names.reserve(drawn.size());
  for (const std::size_t i : drawn) names.push_back(mark_label(report.rates.groups[i]));
  const double right = room_for(names, width);
  Frame frame(
      scores_plan(report, width, "Scores of groups at their own best rates", extent, right));
  for (const std::size_t i : drawn)
    draw_band(frame, report, report.rates.groups[i], "series-band " + series('f', i));
  std::vector<Label> labels;
  for (const std::size_t i : drawn) {
    const report::GroupReport& group = report.rates.groups[i];
    const std::vector<Point> line = model_line(frame, report, group);
    frame.drawing().polyline(line, "line " + series('l', i));
    for (std::size_t j = 0; j < line.size(); ++j) {
      const analysis::AtBudget& at = group.response.budgets[j];
      draw_mark(frame.drawing(), i, line[j],
                fmt::format("{}, {} steps: {} at rate {}", group.label, steps_text(at.steps),
                            report::measure_text(at.score.value, report.rates.metric),
                            number_text(at.best.rate.value)));
    }
    labels.push_back({.end = line.back(), .text = mark_label(group), .classes = series('t', i)});
  }
  draw_labels(frame, labels);
  return frame.svg();
}

}  // namespace stepladder::page
