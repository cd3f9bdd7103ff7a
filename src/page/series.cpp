#include "series.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include "stepladder/report/words.hpp"
#include "stepladder/trial/number_text.hpp"

namespace stepladder::page {

using plot::Axis;
using plot::Frame;
using plot::FramePlan;
using plot::kFontSize;
using plot::padded;
using plot::Spacing;
using plot::spread_labels;
using plot::steps_ticks;
using plot::width_of;

double shown(double measure, const Metric& metric) { return analysis::value_of(metric, measure); }

std::string y_title(const report::RunReport& report) {
  return fmt::format("heldout {} ({})", report.board.metrics.first().name,
                     name_of(report.board.rung_score));
}

void Extent::add(double value) {
  low = std::min(low, value);
  high = std::max(high, value);
}

void Extent::make_room_for(const std::vector<analysis::Interval>& band) {
  const Extent marks = *this;
  const double room = marks.high - marks.low;
  for (const analysis::Interval& at : band) {
    add(std::max(at.low, marks.low - room));
    add(std::min(at.high, marks.high + room));
  }
}

FramePlan scores_plan(const report::RunReport& report, double width, const std::string& name,
                      const Extent& extent, double right) {
  const Axis steps = padded({.spacing = Spacing::log,
                             .low = static_cast<double>(report.budgets.front()),
                             .high = static_cast<double>(report.budgets.back())},
                            0.06);
  const Axis scores = padded({.low = extent.low, .high = extent.high}, 0.06);
  return {.width = width,
          .height = std::round(std::clamp(0.62 * width, 250.0, 340.0)),
          .name = name,
          .x = {.axis = steps, .title = "steps", .ticks = steps_ticks(report.budgets)},
          .y = {.axis = scores, .title = y_title(report)},
          .right = right};
}

std::string series(char kind, std::size_t index) {
  return fmt::format("{}{}", kind, index % kSeriesStyles);
}

void draw_labels(Frame& frame, const std::vector<Label>& labels) {
  std::vector<double> wanted;
  wanted.reserve(labels.size());
  for (const Label& label : labels) wanted.push_back(label.end.y);
  const std::vector<double> places =
      spread_labels(wanted, frame.top() + 4, frame.bottom() - 2, kFontSize + 3);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const double x = frame.right() + 14;
    frame.drawing().line(labels[i].end, {x - 3, places[i]}, "leader");
    frame.drawing().text({x, places[i] + 0.36 * kFontSize}, labels[i].text,
                         "label " + labels[i].classes);
  }
}

double room_for(const std::vector<std::string>& labels, double width) {
  double room = 14;
  for (const std::string& label : labels) room = std::max(room, 18 + width_of(label, kFontSize));
  return std::min(room, 0.5 * width);
}

std::string mark_label(const report::GroupReport& group) {
  return group.label == group.name ? group.optimizer + ", " + group.policy : group.label;
}

Drawn drawn_paths(const std::vector<record::TrialPath>& paths, std::size_t most,
                  const std::string& group) {
  std::vector<const record::TrialPath*> all;
  for (const record::TrialPath& path : paths)
    if (!path.stops.empty() && (group.empty() || path.group == group)) all.push_back(&path);
  Drawn drawn{.paths = all, .of = all.size()};
  if (all.size() <= most) return drawn;
  std::stable_sort(all.begin(), all.end(),
                   [](const record::TrialPath* a, const record::TrialPath* b) {
                     return a->stops.back().steps > b->stops.back().steps;
                   });
  const std::size_t furthest = most / 2;
  drawn.paths.assign(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(furthest));
  for (std::size_t i = 0; i < most - furthest; ++i)
    drawn.paths.push_back(all[furthest + i * (all.size() - furthest) / (most - furthest)]);
  return drawn;
}

std::string drawn_text(const Drawn& drawn) {
  return fmt::format("{} of {} trials, those that got furthest and an even pick of the others,",
                     steps_text(static_cast<Steps>(drawn.paths.size())),
                     steps_text(static_cast<Steps>(drawn.of)));
}

}  // namespace stepladder::page
