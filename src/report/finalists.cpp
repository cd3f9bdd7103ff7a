// The confirmation of the finalists: what each was picked for, and what fresh seeds made of it.
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "formats.hpp"

namespace stepladder::report {
namespace {

using nlohmann::ordered_json;

std::string spread_text(const std::optional<analysis::Spread>& spread, const char* sign) {
  if (!spread) return "-";
  std::string text = fmt::format("{}{:.4f}", sign, spread->mean);
  if (!spread->interval_95) return text;
  return text +
         fmt::format(" [{:.4f}, {:.4f}]", spread->interval_95->low, spread->interval_95->high);
}

std::size_t scored(const Finalist& finalist) {
  return finalist.accuracy ? finalist.accuracy->count : 0;
}

}  // namespace

// The figure that decides: accuracy or loss.
std::string finalists_text(const Leaderboard& l) {
  const bool by_loss = l.metric == Metric::loss;
  // Simulated runs score no rows.
  const std::string scored_on =
      l.rows.final > 0
          ? fmt::format(" and scored on {} rows that\nhad decided nothing", l.rows.final)
          : "";
  std::string text = fmt::format(
      "Confirmation: {} finalists, each trained again from step 0 with {} fresh seeds{}; {}, 95 % "
      "t-intervals over the seeds:\n"
      "{:>7}  {:<17}  {:<24}  {:>6}  {:>8}  {}\n",
      l.finalists.size(), l.finalists.front().replicates.size(), scored_on,
      by_loss ? "loss" : "accuracy", "trial", "when tuned, prune", "fresh seeds, final", "seeds",
      "optimism", "behind the winner, seed by seed");
  for (const Finalist& f : l.finalists) {
    const std::optional<analysis::Spread>& fresh = by_loss ? f.loss : f.accuracy;
    const std::optional<analysis::Spread>& behind = by_loss ? f.loss_behind : f.accuracy_behind;
    std::string tuned = "-";
    std::string optimism = "-";
    if (f.tuning_score) {
      tuned = by_loss ? fmt::format("{:.4f}", f.tuning_score->loss)
                      : with_error(f.tuning_score->accuracy, l.rows.prune);
      if (fresh)
        optimism = fmt::format("{:+.4f}", by_loss ? fresh->mean - f.tuning_score->loss
                                                  : f.tuning_score->accuracy - fresh->mean);
    }
    const bool is_winner = l.winner && l.winner->trial == f.trial;
    text +=
        fmt::format("{:>7}  {:<17}  {:<24}  {:>6}  {:>8}  {}\n", f.trial.value, tuned,
                    spread_text(fresh, ""), fmt::format("{}/{}", scored(f), f.replicates.size()),
                    optimism, is_winner ? "the winner" : spread_text(behind, ""));
  }
  return text;
}

ordered_json finalists_json(const Leaderboard& l) {
  ordered_json json = ordered_json::array();
  for (const Finalist& f : l.finalists) {
    ordered_json scores = ordered_json::array();
    for (const auto& score : f.replicates) scores.push_back(json_of(score, l.rows.final));
    json.push_back({{"trial", f.trial.value},
                    {"tuning", json_of(f.tuning_score, l.rows.prune)},
                    {"replicates", scores},
                    {"accuracy", json_of(f.accuracy)},
                    {"loss", json_of(f.loss)},
                    {"accuracy_behind", json_of(f.accuracy_behind)},
                    {"loss_behind", json_of(f.loss_behind)}});
  }
  return json;
}

}  // namespace stepladder::report
