#include "plot_curves.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/core.h>

#include "plot_map.hpp"
#include "series.hpp"
#include "stepladder/report/words.hpp"
#include "stepladder/trial/number_text.hpp"

namespace stepladder::page {

using plot::Frame;
using plot::FramePlan;
using plot::padded;
using plot::Point;
using plot::Spacing;
using plot::Tick;
using plot::ticks_of;

namespace {

// The measure on a logarithmic axis, best on top, with values for labels: curves that fall by
// the same factor look the same. The worst ones would squeeze all others.
FramePlan curves_plan(const report::RunReport& report, double width,
                      const std::vector<double>& measures, double right) {
  FramePlan plan =
      scores_plan(report, width, "Learning curves over rungs", {.low = 0, .high = 1}, right);
  plan.y.axis = padded({.spacing = Spacing::log,
                        .low = std::max(*std::min_element(measures.begin(), measures.end()), 1e-6),
                        .high = std::max(analysis::quantile(measures, 0.7), 1e-6)},
                       0.06);
  plan.y.is_reversed = true;
  if (!report.rates.metric.is_share()) return plan;
  plan.y.ticks = ticks_of(plan.y.axis, 8);
  std::size_t decimals = 1;
  for (const Tick& tick : plan.y.ticks) {
    const std::size_t length = fmt::format("{:.6g}", 1 - tick.value).size();  // "1" has no decimals
    if (!tick.label.empty() && length > 2) decimals = std::max(decimals, length - 2);
  }
  for (Tick& tick : plan.y.ticks)
    if (!tick.label.empty()) tick.label = fmt::format("{:.{}f}", 1 - tick.value, decimals);
  return plan;
}

std::vector<Point> line_of(const Frame& frame, const report::RunReport& report,
                           const record::TrialPath& path) {
  std::vector<Point> line;
  for (const record::Stop& stop : path.stops)
    if (stop.score)
      line.push_back({frame.x().at(static_cast<double>(stop.steps)),
                      frame.y().clamped(report::measure_of(*stop.score, report.board.metrics))});
  return line;
}

std::size_t group_index(const report::RunReport& report, const std::string& name) {
  const auto found =
      std::find_if(report.rates.groups.begin(), report.rates.groups.end(),
                   [&](const report::GroupReport& group) { return group.name == name; });
  return static_cast<std::size_t>(found - report.rates.groups.begin());
}

void draw_curve(Frame& frame, const record::TrialPath& path, const std::vector<Point>& line,
                std::size_t index, bool is_winner) {
  frame.drawing().open(
      is_winner ? "winner" : "curve",
      fmt::format("trial {}{}", path.trial.value,
                  path.learning_rate ? ", rate " + number_text(*path.learning_rate, 4) : ""));
  if (line.size() > 1) frame.drawing().polyline(line, "line " + series('l', index));
  frame.drawing().circle(line.back(), is_winner ? 4 : 2.2, "dot " + series('f', index));
  frame.drawing().close();
}

// The winner's mean over fresh seeds, where it has one.
const record::Finalist* confirmed_winner(const report::RunReport& report) {
  if (!report.board.winner) return nullptr;
  const record::Finalist* finalist = finalist_of(report.board, report.board.winner->trial);
  return finalist != nullptr && finalist->scored() > 0 ? finalist : nullptr;
}

double fresh_measure(const report::RunReport& report, const record::Finalist& finalist) {
  std::vector<double> means;
  for (std::size_t i = 0; i < report.board.metrics.size(); ++i)
    means.push_back(finalist.fresh.of(i)->mean);
  return report::measure_of(Score(means), report.board.metrics);
}

// On from where the winner's scores end, or beside their end: what its replicates made of it.
void draw_confirmation(Frame& frame, const report::RunReport& report,
                       const record::Finalist& finalist) {
  const std::vector<Point> line = line_of(frame, report, report.paths[finalist.trial.value]);
  if (line.empty()) return;
  const double measure = fresh_measure(report, finalist);
  const Point end{frame.x().at(static_cast<double>(finalist.trained_to)),
                  frame.y().clamped(measure)};
  frame.drawing().line(line.back(), end, "line confirmed");
  frame.drawing().path(plot::diamond_path(end, 6), "chosen-by",
                       fmt::format("trial {}: mean {:.4f} over {} fresh seeds at {} steps",
                                   finalist.trial.value, shown(measure, report.rates.metric),
                                   finalist.scored(), steps_text(finalist.trained_to)));
}

}  // namespace

std::string curves_plot(const report::RunReport& report, double width) {
  std::vector<double> measures;
  for (const record::TrialPath& path : report.paths)
    for (const record::Stop& stop : path.stops)
      if (stop.score) measures.push_back(report::measure_of(*stop.score, report.board.metrics));
  if (measures.empty()) return "";
  const record::Finalist* confirmed = confirmed_winner(report);
  if (confirmed != nullptr) measures.push_back(fresh_measure(report, *confirmed));
  const bool has_groups =
      report.rates.groups.size() > 1 && report.rates.groups.size() <= kSeriesStyles;
  std::vector<std::string> names;
  if (has_groups)
    for (const report::GroupReport& group : report.rates.groups) names.push_back(mark_label(group));
  const double right = room_for(names, width);
  Frame frame(curves_plan(report, width, measures, right));
  std::map<std::size_t, Point> ends;  // by group: of the best of the curves that got furthest
  for (const record::TrialPath* drawn : drawn_paths(report.paths, kCurvesMost).paths) {
    const record::TrialPath& path = *drawn;
    const std::vector<Point> line = line_of(frame, report, path);
    if (line.empty()) continue;
    const std::size_t index = has_groups ? group_index(report, path.group) : 0;
    draw_curve(frame, path, line, index,
               report.board.winner && report.board.winner->trial == path.trial);
    const Point end = line.back();
    const auto known = ends.find(index);
    if (known == ends.end() || end.x > known->second.x ||
        (end.x == known->second.x && end.y < known->second.y))
      ends[index] = end;
  }
  if (confirmed != nullptr) draw_confirmation(frame, report, *confirmed);
  std::vector<Label> labels;
  for (const auto& [index, end] : ends)
    if (has_groups && index < report.rates.groups.size())
      labels.push_back({.end = end,
                        .text = mark_label(report.rates.groups[index]),
                        .classes = series('t', index)});
  draw_labels(frame, labels);
  return frame.svg();
}

}  // namespace stepladder::page
