// The sections of the page that follow the map.
#include "sections.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "html.hpp"
#include "plot_bars.hpp"
#include "plot_confirmation.hpp"
#include "plot_curves.hpp"
#include "plot_map.hpp"
#include "plot_map_key.hpp"
#include "plot_scores.hpp"
#include "series.hpp"
#include "stepladder/report/leaderboard_formats.hpp"
#include "stepladder/report/words.hpp"
#include "stepladder/trial/number_text.hpp"

namespace stepladder::page {

std::string best_rates(const report::RunReport& r) {
  const bool is_loss = !r.rates.metric.is_share();
  Table table({{"optimizer and policy", true},
               {"steps"},
               {"best rate [95 %]"},
               {r.rates.metric.name + " there"},
               {"cost at twice the rate"},
               {"cost at half the rate"},
               {"gain from 3× the steps"},
               {"diverges from"}});
  const auto cost = [&](const std::optional<analysis::Estimate>& estimate) {
    return estimate ? report::difference_text(*estimate, r.rates.metric) : std::string(kNothing);
  };
  for (const report::GroupReport& group : r.rates.groups)
    for (auto at = group.response.budgets.rbegin(); at != group.response.budgets.rend(); ++at) {
      const auto [low, high] = at->score.interval_95;
      const double first = is_loss ? low : high;
      const double last = is_loss ? high : low;
      table.add(
          {at == group.response.budgets.rbegin() ? group.name : "", steps_text(at->steps),
           report::best_rate_text(at->best),
           fmt::format("{} [{}, {}]", report::bare_measure_text(at->score.value, r.rates.metric),
                       report::bare_measure_text(first, r.rates.metric),
                       report::bare_measure_text(last, r.rates.metric)),
           cost(at->twice), cost(at->half), cost(at->tripled),
           at->divergence.limit ? report::estimate_text(*at->divergence.limit) : kNothing});
    }
  return table.html();
}

std::string frontier(const report::RunReport& r) {
  std::string html = figure([&](double width) { return frontier_plot(r, width); });
  if (html.empty()) return "";
  std::string note =
      "The best score at each step budget, with its standard error, labelled with its learning "
      "rate. The best of many tends to look better than it is.";
  if (!r.rates.groups.empty() && r.rates.groups.front().response.budgets.size() > 1)
    note += " Dashed: what the model expects of " + r.rates.groups.front().name +
            " at its best rate, with its 95 % interval.";
  return paragraph(note, "note") + html;
}

std::string comparison(const report::RunReport& r) {
  std::string html = figure([&](double width) { return comparison_plot(r, width); });
  if (html.empty()) return "";
  html =
      paragraph("Each at its own best rate: the modelled score with its 95 % interval.", "note") +
      html;
  const std::string ratio = report::measure_name(r.rates.metric) + " ratio";
  Table table({{"first", true},
               {"second", true},
               {"steps"},
               {ratio},
               {"p, adjusted (Holm)"},
               {"lead changes at"}});
  for (const analysis::PairComparison& pair : r.rates.comparisons)
    for (const analysis::Difference& difference : pair.differences)
      table.add(
          {pair.first, pair.second, steps_text(difference.steps),
           report::estimate_text(difference.ratio),
           difference.p_adjusted < 0.001 ? "< 0.001" : fmt::format("{:.3f}", difference.p_adjusted),
           pair.crossover ? report::estimate_text(pair.crossover->steps) : kNothing});
  const std::string rows = table.html();
  if (!rows.empty())
    html += "<details><summary>All pairs at all budgets</summary>\n" + rows + "</details>\n";
  return html;
}

std::string curves(const report::RunReport& r) {
  std::string html = figure([&](double width) { return curves_plot(r, width); });
  if (html.empty()) return "";
  const Drawn drawn = drawn_paths(r.paths, kCurvesMost);
  return paragraph(fmt::format(
                       "{} from rung to rung. The worst scores are drawn at the edge.{}",
                       drawn.paths.size() < drawn.of ? drawn_text(drawn) : "Every trial",
                       !r.board.winner ? ""
                       : r.board.winner->seed
                           ? " The winner is the thick one; the diamond is what its "
                             "replicates, trained again with fresh seeds, reach on the final rows."
                           : " The winner is the thick one."),
                   "note") +
         html;
}

std::string confirmation(const report::RunReport& r) {
  const std::string html = figure([&](double width) { return confirmation_plot(r, width); });
  if (html.empty()) return "";
  const auto spread_text = [](const std::optional<analysis::Spread>& spread) {
    return report::spread_text(spread, kNothing, [](double v) { return decimals_text(v, 4); });
  };
  Table table({{"trial"},
               {"picked for"},
               {"fresh seeds [95 %]"},
               {"difference [95 %]"},
               {"behind the winner [95 %]"}});
  for (const record::Finalist& finalist : r.board.finalists) {
    const auto& fresh = finalist.fresh.of(r.board.metrics.deciding);
    const auto& optimism = finalist.optimism;
    const bool is_whole = fresh && fresh->count == finalist.replicates.size();
    table.add(
        {fmt::format("{}", finalist.trial.value),
         finalist.tuning_score
             ? fmt::format(
                   "{} at {}",
                   report::bare_measure_text(
                       report::measure_of(*finalist.tuning_score, r.board.metrics), r.rates.metric),
                   steps_text(finalist.picked_at))
             : kNothing,
         spread_text(fresh) + (is_whole || !fresh ? ""
                                                  : fmt::format(", {} of {} seeds", fresh->count,
                                                                finalist.replicates.size())),
         optimism && optimism->interval_95
             ? report::difference_text({optimism->value, *optimism->interval_95}, r.rates.metric)
             : kNothing,
         spread_text(finalist.behind.of(r.board.metrics.deciding))});
  }
  const record::Finalist& first = r.board.finalists.front();
  std::string note = fmt::format(
      "The best of many looks better than it is. So each of the best trials, the finalists, was "
      "trained again from step 0 to {} with fresh seeds, its replicates{}.",
      report::counted_steps(first.trained_to),
      r.board.rows.final > 0
          ? fmt::format(", and scored on the {} final rows, which had decided nothing",
                        steps_text(r.board.rows.final))
          : "");
  if (std::any_of(r.board.finalists.begin(), r.board.finalists.end(),
                  [](const record::Finalist& f) { return f.optimism && f.optimism->interval_95; }))
    note +=
        " The difference is the score it was picked for less that of the fresh seeds; where its "
        "interval holds 0 it may be the luck of rows and seeds.";
  if (r.board.finalists.size() > 1)
    note += " Who is behind the winner is compared seed by seed, on the same rows.";
  if (r.optimism) {
    const Metric& share = r.board.metrics.all[*r.board.metrics.share()];
    note += fmt::format(
        " By chance alone the best of {} scores looks {} better than it is on average, and {} "
        "where "
        "all trials are equally good.",
        r.optimism->of, report::difference_text(r.optimism->expected, share),
        report::difference_text(r.optimism->if_all_were_equal, share));
  }
  return paragraph(note, "note") + confirmation_legend() + html + table.html();
}

std::string workers(const report::RunReport& r) {
  const std::string html = figure([&](double width) { return workers_plot(r, width); }, 1080);
  if (html.empty()) return "";
  constexpr double kBusyEnough = 0.7;
  const bool is_idle = r.board.utilisation < kBusyEnough;
  const std::size_t shown = drawn_workers(r).size();
  const std::string thinned =
      shown < r.workers.size()
          ? fmt::format(" Of {} workers {} are drawn, evenly picked.", r.workers.size(), shown)
          : "";
  return paragraph(fmt::format("They had work {:.0f} % of the time.{}{}", 100 * r.board.utilisation,
                               thinned,
                               is_idle ? " Fewer workers or more trials would waste less; "
                                         "stepladder plan shows what a number of workers will do."
                                       : ""),
                   "note") +
         workers_legend() + html;
}

std::string importance(const report::RunReport& r) {
  constexpr double kPredictedEnough = 0.3;
  if (!r.importance) return "";
  const analysis::Importance& importance = r.importance->importance;
  const std::string from = fmt::format("{} configurations at {}", importance.configurations,
                                       report::counted_steps(r.importance->steps));
  const double predicted = 100 * std::max(0.0, importance.predicted);
  if (importance.predicted < kPredictedEnough)
    return paragraph(fmt::format("Not known: from {} a random forest predicts {:.0f} % of the "
                                 "variance of scores it has not seen. More trials may tell.",
                                 from, predicted),
                     "note");
  return paragraph(fmt::format("Share of the score's variance over the search space, from {}; "
                               "whiskers are 95 % intervals over the trees of a random forest, "
                               "which predicts {:.0f} % of the variance of scores it has not seen.",
                               from, predicted),
                   "note") +
         figure([&](double width) { return importance_plot(r, width); });
}

std::string trials(const report::RunReport& r) {
  constexpr std::size_t kShown = 200;
  const report::EntryTable entries = report::entry_table(r.board, kShown, kNothing);
  std::vector<Table::Column> columns;
  for (const auto& column : entries.columns) columns.push_back({column.heading, column.is_text});
  Table table(columns);
  for (const std::vector<std::string>& row : entries.rows) table.add(row);
  const std::string html = table.html();
  if (html.empty()) return "";
  const std::size_t count = r.board.entries.size();
  const std::string which =
      count > kShown ? fmt::format("The best {} of", kShown) : std::string("All");
  return fmt::format("<details><summary>{} {} trials</summary>\n{}</details>\n", which, count,
                     html);
}

}  // namespace stepladder::page
