#include "plot_map_key.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include "plot_map.hpp"
#include "series.hpp"
#include "stepladder/plot/svg.hpp"
#include "stepladder/report/words.hpp"
#include "stepladder/trial/number_text.hpp"

namespace stepladder::page {

using plot::Anchor;
using plot::cross_path;
using plot::diamond_path;
using plot::Drawing;
using plot::Point;
using plot::square_path;
using plot::triangle_path;

// Between the best and the ordinary of what was scored, even on the logarithm of the measure: what
// is far worse than most needs no colours of its own.
std::vector<double> score_levels(const report::RunReport& report) {
  std::vector<double> measures;
  for (const record::TrialPath& path : report.paths)
    for (const record::Stop& stop : path.stops)
      if (stop.score)
        measures.push_back(std::max(report::measure_of(*stop.score, report.board.metrics), 1e-6));
  if (measures.empty()) return {};
  const double best = *std::min_element(measures.begin(), measures.end());
  const double worst = analysis::quantile(measures, 0.8);
  if (!(worst > best)) return {};
  std::vector<double> levels;
  for (std::size_t i = 1; i < kScoreClasses; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(kScoreClasses);
    levels.push_back(std::exp(std::log(worst) + share * std::log(best / worst)));
  }
  // As round as keeps them apart.
  const bool is_error = report.rates.metric.is_share();
  for (int decimals = 2; decimals <= 5; ++decimals) {
    const double unit = std::pow(10.0, -decimals);
    std::vector<double> rounded;
    rounded.reserve(levels.size());
    for (const double level : levels) rounded.push_back(std::round(level / unit) * unit);
    const bool is_apart =
        std::adjacent_find(rounded.begin(), rounded.end(),
                           [](double a, double b) { return a <= b; }) == rounded.end();
    if ((is_apart && rounded.back() > 0) || (decimals == 5 && is_error)) return rounded;
  }
  return levels;
}

std::string score_class(double measure, const std::vector<double>& levels) {
  const auto better = std::count_if(levels.begin(), levels.end(),
                                    [measure](double level) { return measure < level; });
  return fmt::format("s{}", better);
}

std::vector<std::string> level_texts(const report::RunReport& report,
                                     const std::vector<double>& levels) {
  const double finest = levels.size() > 1 ? levels[levels.size() - 2] - levels.back()
                        : levels.empty()  ? 1
                                          : levels.back();
  const int decimals = finest > 0.0095 ? 2 : 3;
  std::vector<std::string> texts;
  texts.reserve(levels.size());
  for (const double level : levels)
    texts.push_back(!report.rates.metric.is_share() ? number_text(level, 2)
                                                    : fmt::format("{:.{}f}", 1 - level, decimals));
  return texts;
}

std::string map_colours(const report::RunReport& report, const std::vector<double>& levels,
                        double width) {
  if (levels.empty()) return "";
  Drawing drawing(width, 44, "Colours of scores");
  const double each = width / static_cast<double>(levels.size() + 1);
  drawing.text({0, 11}, y_title(report), "title");
  for (std::size_t i = 0; i <= levels.size(); ++i)
    drawing.rectangle({each * static_cast<double>(i), 17}, each, 11, fmt::format("s{} surface", i));
  const std::vector<std::string> texts = level_texts(report, levels);
  for (std::size_t i = 0; i < levels.size(); ++i)
    drawing.text({each * static_cast<double>(i + 1), 41}, texts[i], "label", Anchor::middle);
  return drawing.svg();
}

std::vector<Key> map_keys(const report::RunReport& report) {
  std::vector<Key> keys;
  const auto add = [&keys](bool is_there, const char* name, const auto& draw) {
    if (is_there) keys.push_back(key_of(name, draw));
  };
  const auto is_any_stop = [&](const auto& is_such) {
    return std::any_of(
        report.paths.begin(), report.paths.end(), [&](const record::TrialPath& path) {
          return path.learning_rate &&
                 std::any_of(path.stops.begin(), path.stops.end(),
                             [&](const record::Stop& stop) { return is_such(path, stop); });
        });
  };
  const auto has = [&](StopMark mark) {
    return is_any_stop([mark](const record::TrialPath& path, const record::Stop& stop) {
      return mark_of(path, stop) == mark;
    });
  };
  const auto is_any_budget = [&](const auto& is_such) {
    return std::any_of(report.rates.groups.begin(), report.rates.groups.end(),
                       [&](const report::GroupReport& group) {
                         return std::any_of(group.response.budgets.begin(),
                                            group.response.budgets.end(), is_such);
                       });
  };
  using analysis::AtBudget;
  add(has(StopMark::promoted), "promoted",
      [](Drawing& d, Point p) { d.circle(p, 2.6, "mark s6"); });
  add(has(StopMark::pruned), "pruned",
      [](Drawing& d, Point p) { d.circle(p, 3.8, "mark ended s3"); });
  add(has(StopMark::finished), "trained to the end",
      [](Drawing& d, Point p) { d.path(diamond_path(p, 5.6), "mark s8"); });
  add(has(StopMark::undecided), "not decided",
      [](Drawing& d, Point p) { d.path(triangle_path(p, 4.8), "mark s4"); });
  add(has(StopMark::diverged), "diverged",
      [](Drawing& d, Point p) { d.path(cross_path(p, 3.6), "mark diverged"); });
  add(is_any_stop(
          [](const record::TrialPath& path, const record::Stop&) { return path.is_audited; }),
      "audited: goes on whatever its scores", [](Drawing& d, Point p) {
        d.path(square_path(p, 6), "audited");
        d.circle(p, 2.6, "mark s6");
      });
  add(is_any_budget([](const AtBudget& at) { return at.best.is_identified(); }),
      "best rate, 95 % interval", [](Drawing& d, Point p) {
        d.rectangle({p.x - 6, 0}, 12, 16, "band");
        d.line({p.x, 0}, {p.x, 16}, "best-rates-edge");
        d.line({p.x, 0}, {p.x, 16}, "best-rates");
      });
  add(is_any_budget([](const AtBudget& at) {
        return !at.best.is_identified() && at.best.identification != analysis::Identification::flat;
      }),
      "best rate not bounded on one side", [](Drawing& d, Point p) {
        d.line({0, p.y}, {20, p.y}, "reach open");
      });
  add(std::any_of(report.rates.groups.begin(), report.rates.groups.end(),
                  [](const report::GroupReport& group) { return group.map.has_value(); }),
      "line of equal score", [](Drawing& d, Point p) {
        d.rectangle({0, 0}, 20, 16, "s4 surface");
        d.line({0, p.y + 4}, {20, p.y - 4}, "contour");
      });
  add(is_any_budget([](const AtBudget& at) { return is_drawn(at.divergence); }), "divergence limit",
      [](Drawing& d, Point p) {
        d.line({p.x, 0}, {p.x, 16}, "limit");
      });
  add(!report.board.extensions.empty(), "bound before an extension", [](Drawing& d, Point p) {
    d.line({p.x, 0}, {p.x, 16}, "old-bound");
  });
  return keys;
}

}  // namespace stepladder::page
