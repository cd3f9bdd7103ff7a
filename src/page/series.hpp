// Private to the room: what plots of scores over steps have in common: their axes, how a group's
// line looks, and labels at the ends of lines.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "stepladder/plot/frame.hpp"
#include "stepladder/report/run_report.hpp"

namespace stepladder::page {

inline constexpr std::size_t kSeriesStyles = 8;  // of lines; the page's style sheet has as many

// What stands on the y axis: the value that has this measure; and what the scores are of.
[[nodiscard]] double shown(double measure, const Metric& metric);
[[nodiscard]] std::string y_title(const report::RunReport& report);

struct Extent {
  double low = 1e300;
  double high = -1e300;
  void add(double value);
  // Room for a band, as far as what was added before keeps a third of the height: a band that is
  // wider leaves the frame.
  void make_room_for(const std::vector<analysis::Interval>& band);
};

// Steps across, scores up; `right` is the room for labels.
[[nodiscard]] plot::FramePlan scores_plan(const report::RunReport& report, double width,
                                          const std::string& name, const Extent& extent,
                                          double right);

// What a plot with a mark for each trial draws where there are too many to be told apart.
struct Drawn {
  std::vector<const record::TrialPath*> paths;
  std::size_t of = 0;  // all there are
};
inline constexpr std::size_t kCurvesMost = 200;
inline constexpr std::size_t kMarksMost = 150;
// Of the trials with a score or a divergence, of one group where it is named: half of `most` those
// that got furthest, by id among equals, the others evenly picked of the rest.
[[nodiscard]] Drawn drawn_paths(const std::vector<record::TrialPath>& paths, std::size_t most,
                                const std::string& group = "");
// "400 of 3,333 trials: those that got furthest, and an even pick of the others".
[[nodiscard]] std::string drawn_text(const Drawn& drawn);

// The class of a group's line ('l'), fill ('f') or text ('t').
[[nodiscard]] std::string series(char kind, std::size_t index);

struct Label {
  plot::Point end;  // of the line it names
  std::string text;
  std::string classes;
};
// To the right of the frame, moved apart, with a hair line back to what they name.
void draw_labels(plot::Frame& frame, const std::vector<Label>& labels);
// What the longest label needs, but not more than half the width.
[[nodiscard]] double room_for(const std::vector<std::string>& labels, double width);
// A group's name beside its mark, where there is little room: "nesterov, inverse_time".
[[nodiscard]] std::string mark_label(const report::GroupReport& group);

}  // namespace stepladder::page
