#include "plot_confirmation.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include "html.hpp"
#include "series.hpp"
#include "stepladder/plot/axis.hpp"
#include "stepladder/plot/frame.hpp"
#include "stepladder/report/words.hpp"
#include "stepladder/trial/number_text.hpp"

namespace stepladder::page {

using plot::Anchor;
using plot::Axis;
using plot::diamond_path;
using plot::Drawing;
using plot::kFontSize;
using plot::padded;
using plot::Point;
using plot::Tick;
using plot::ticks_of;
using plot::width_of;

namespace {

constexpr double kRow = 54;  // pixels: a name, the score it was picked for, the fresh seeds

double value_of(const report::RunReport& report, const Score& score) {
  return score[report.board.metrics.deciding];
}

double tuning_error(const report::RunReport& report, const record::Finalist& finalist) {
  return report::standard_error_of(report.board.metrics.first(),
                                   value_of(report, *finalist.tuning_score),
                                   report.board.rows.prune)
      .value_or(0);
}

std::string name_of(const report::RunReport& report, const record::Finalist& finalist) {
  const record::TrialPath& path = report.paths[finalist.trial.value];
  std::string text = fmt::format("trial {}", finalist.trial.value);
  for (const report::GroupReport& group : report.rates.groups)
    if (group.name == path.group && path.learning_rate)
      text += fmt::format(", {} at {}", mark_label(group), number_text(*path.learning_rate, 3));
  return text;
}

std::optional<Axis> axis_of(const report::RunReport& report, double width) {
  std::vector<double> values;
  for (const record::Finalist& finalist : report.board.finalists) {
    if (finalist.tuning_score)
      for (const double sign : {-1.0, 1.0})
        values.push_back(value_of(report, *finalist.tuning_score) +
                         sign * tuning_error(report, finalist));
    for (const std::optional<Score>& score : finalist.replicates)
      if (score) values.push_back(value_of(report, *score));
    if (const auto& fresh = finalist.fresh.of(report.board.metrics.deciding);
        fresh && fresh->interval_95) {
      values.push_back(fresh->interval_95->low);
      values.push_back(fresh->interval_95->high);
    }
  }
  if (values.empty()) return std::nullopt;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  Axis axis = padded({.low = *low, .high = *high}, 0.05);
  axis.first = 8;
  axis.last = width - 8;
  return axis;
}

void draw_axis(Drawing& drawing, const report::RunReport& report, const Axis& axis, double bottom) {
  for (const Tick& tick : ticks_of(axis, static_cast<std::size_t>((axis.last - axis.first) / 56))) {
    const double x = axis.at(tick.value);
    const double half = width_of(tick.label, kFontSize) / 2;
    drawing.line({x, 0}, {x, bottom + 4}, "grid");
    drawing.text({std::clamp(x, half, drawing.width() - half), bottom + 17}, tick.label, "label",
                 Anchor::middle);
  }
  drawing.text({(axis.first + axis.last) / 2, bottom + 35}, report.board.metrics.first().name,
               "title", Anchor::middle);
}

void draw_finalist(Drawing& drawing, const report::RunReport& report,
                   const record::Finalist& finalist, const Axis& axis, double top) {
  const bool is_winner = report.board.winner && report.board.winner->trial == finalist.trial;
  drawing.text({2, top + 14}, name_of(report, finalist) + (is_winner ? ", chosen" : ""),
               is_winner ? "label strong halo" : "label halo");
  const double y = top + 40;  // of the fresh seeds
  for (const std::optional<Score>& score : finalist.replicates)
    if (score) {
      const double x = axis.at(value_of(report, *score));
      drawing.line({x, y - 6}, {x, y + 6}, "seed");
    }
  if (const auto& fresh = finalist.fresh.of(report.board.metrics.deciding)) {
    if (fresh->interval_95)
      drawing.line({axis.at(fresh->interval_95->low), y}, {axis.at(fresh->interval_95->high), y},
                   "line fresh");
    drawing.path(diamond_path({axis.at(fresh->mean), y}, 5.5), "dot f1",
                 fmt::format("trial {}: mean {:.4f} over {} fresh seeds", finalist.trial.value,
                             fresh->mean, fresh->count));
  }
  if (!finalist.tuning_score) return;
  const double above = top + 26;
  const double value = value_of(report, *finalist.tuning_score);
  const double error = tuning_error(report, finalist);
  if (error > 0)
    drawing.line({axis.at(value - error), above}, {axis.at(value + error), above}, "whisker");
  drawing.circle({axis.at(value), above}, 4.5, "chosen-by",
                 fmt::format("trial {}: {:.4f} when it was picked, at {} steps",
                             finalist.trial.value, value, steps_text(finalist.picked_at)));
}

}  // namespace

std::string confirmation_plot(const report::RunReport& report, double width) {
  const std::optional<Axis> axis = axis_of(report, width);
  if (!axis) return "";
  const double bottom = kRow * static_cast<double>(report.board.finalists.size());
  Drawing drawing(width, bottom + 40, "Finalists when they were picked and with fresh seeds");
  draw_axis(drawing, report, *axis, bottom);
  double top = 0;
  for (const record::Finalist& finalist : report.board.finalists) {
    draw_finalist(drawing, report, finalist, *axis, top);
    top += kRow;
  }
  return drawing.svg();
}

std::string confirmation_legend() {
  return legend({key_of("picked for, ± its standard error",
                        [](Drawing& d, Point p) {
                          d.line({1, p.y}, {19, p.y}, "whisker");
                          d.circle(p, 4.5, "chosen-by");
                        }),
                 key_of("mean over fresh seeds, 95 % interval",
                        [](Drawing& d, Point p) {
                          d.line({1, p.y}, {19, p.y}, "line fresh");
                          d.path(diamond_path(p, 5.5), "dot f1");
                        }),
                 key_of("a seed", [](Drawing& d, Point p) {
                   d.line({p.x, 2}, {p.x, 14}, "seed");
                 })});
}

}  // namespace stepladder::page
