#include "stepladder/report/leaderboard_formats.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "columns.hpp"
#include "finalists.hpp"
#include "formats.hpp"
#include "stepladder/report/chance.hpp"
#include "stepladder/report/words.hpp"
#include "stepladder/trial/number_text.hpp"

namespace stepladder::report {
namespace {

using nlohmann::ordered_json;

Listing listing_of(const record::Leaderboard& l) {
  Listing listing{.metrics = l.metrics,
                  .rows = {},
                  .has_extensions = !l.extensions.empty(),
                  .is_confirmed = !l.finalists.empty()};
  for (const record::LeaderboardEntry& entry : l.entries) listing.rows.push_back({l, entry});
  return listing;
}

std::string heading(const record::Leaderboard& l) {
  return fmt::format("{}: {}, {} steps in {}, {}; workers had work {:.0f} % of the time\n", l.run,
                     counted(l.entries.size(), "trial"), steps_text(l.steps_spent),
                     duration_text(l.elapsed), l.finished ? "finished" : "not finished",
                     100 * l.utilisation);
}

record::Account sum_of(const std::map<WorkerId, record::Account>& accounts) {
  record::Account sum;
  for (const auto& [worker, account] : accounts) sum += account;
  return sum;
}

std::string accounting_line(const record::Leaderboard& l) {
  const record::Account sum = sum_of(l.accounts);
  if (!(sum.total() > 0)) return "";
  const auto share = [&](Seconds part) { return 100 * part / sum.total(); };
  std::string text = fmt::format(
      "workers' time: {:.0f} % training, {:.0f} % evaluating, {:.0f} % checkpointing, {:.0f} % "
      "waiting, {:.0f} % lost",
      share(sum.training), share(sum.evaluating), share(sum.checkpointing), share(sum.waiting),
      share(sum.lost));
  if (sum.under_way > 0) text += fmt::format(", {:.0f} % under way", share(sum.under_way));
  if (l.steps_recomputed > 0)
    text += fmt::format("; {} steps trained again for want of a checkpoint",
                        steps_text(l.steps_recomputed));
  return text + '\n';
}

ordered_json json_of(const record::Account& account) {
  return {{"training_s", account.training},
          {"evaluating_s", account.evaluating},
          {"checkpointing_s", account.checkpointing},
          {"waiting_s", account.waiting},
          {"lost_s", account.lost},
          {"under_way_s", account.under_way}};
}

ordered_json accounting_of(const record::Leaderboard& l) {
  ordered_json workers = ordered_json::array();
  for (const auto& [worker, account] : l.accounts) {
    ordered_json one = {{"worker", worker.value}};
    one.update(json_of(account));
    workers.push_back(std::move(one));
  }
  ordered_json json = json_of(sum_of(l.accounts));
  json["steps_recomputed"] = l.steps_recomputed;
  json["workers"] = std::move(workers);
  return json;
}

std::string table(const record::Leaderboard& l, std::size_t top) {
  std::string text = text_table(listing_of(l), top);
  for (const auto& extended : l.extensions)
    text += fmt::format("+ {}: begun when the range of learning_rate was extended {}\n",
                        trials_text(extended), extension_text(extended));
  return text + wrapped(scores_text(l)) + '\n' + chance_line(l);
}

// The figure that decides, with its error where there is one.
std::string figure_text(const record::Leaderboard& l, const Score& score) {
  return l.metrics.first().name + ' ' +
         value_text(l.metrics.first(), score[l.metrics.deciding], l.rows.prune);
}

std::string frontier_table(const record::Leaderboard& l) {
  std::string text = "Best trial at each step budget:\n";
  for (const record::FrontierPoint& point : l.frontier) {
    const Value* rate = point.configuration.find("learning_rate");
    text +=
        fmt::format("{:>9} steps: {}heldout {} (trial {}, best of {})\n", steps_text(point.steps),
                    rate != nullptr ? fmt::format("rate {:<9} ", short_text(*rate)) : "",
                    figure_text(l, point.score), point.best.value, point.trials);
  }
  return text;
}

}  // namespace

std::string summary_text(const record::Leaderboard& l) {
  std::string text = heading(l);
  if (!l.entries.empty() && l.entries.front().score) {
    const record::LeaderboardEntry& best = l.entries.front();
    text += fmt::format("Best so far: trial {} at {} steps, heldout {}, {}\n", best.trial.value,
                        best.steps, figure_text(l, *best.score), short_text(best.configuration));
  }
  return text;
}

std::string to_text(const record::Leaderboard& l, std::size_t top) {
  std::string text = heading(l) + accounting_line(l) + '\n' + table(l, top);
  if (!l.frontier.empty()) text += '\n' + frontier_table(l);
  if (!l.finalists.empty()) text += '\n' + finalists_text(l);
  if (l.winner) text += '\n' + winner_text(l);
  if (!l.answer.empty()) text += '\n';
  for (const std::string& sentence : l.answer) text += wrapped(sentence) + '\n';
  if (!l.answer.empty()) text += notation_text(l.metrics) + '\n';
  return text;
}

ordered_json json_of(const record::Leaderboard& l, std::size_t top) {
  ordered_json json = {{"run", l.run},
                       {"finished", l.finished},
                       {"utilisation", l.utilisation},
                       {"steps_spent", l.steps_spent},
                       {"elapsed_s", l.elapsed},
                       {"rung_score", name_of(l.rung_score)},
                       {"accounting", accounting_of(l)}};
  if (l.against_chance) json["chance"] = chance_json(l);
  json["entries"] = json_table(listing_of(l), top);
  ordered_json& audited = json["audited"] = ordered_json::array();
  for (const record::LeaderboardEntry& entry : l.entries)
    if (entry.is_audited) audited.push_back(entry.trial.value);
  if (!l.extensions.empty()) json["extensions"] = json_of(l.extensions);
  ordered_json& frontier = json["frontier"] = ordered_json::array();
  for (const record::FrontierPoint& point : l.frontier)
    frontier.push_back({{"steps", point.steps},
                        {"trials", point.trials},
                        {"trial", point.best.value},
                        {"heldout", json_of(l.metrics, point.score, l.rows.prune)},
                        {"configuration", json_of(point.configuration)}});
  if (!l.finalists.empty()) json["finalists"] = finalists_json(l);
  if (!l.winner) return json;
  json["winner"] = winner_json(l);
  if (!l.answer.empty()) json["answer"] = l.answer;
  return json;
}

std::string to_json(const record::Leaderboard& l, std::size_t top) {
  return text_of(json_of(l, top));
}

std::string to_csv(const record::Leaderboard& l, std::size_t top) {
  return csv_table(listing_of(l), top);
}

EntryTable entry_table(const record::Leaderboard& l, std::size_t top, const char* nothing) {
  return page_table(listing_of(l), top, nothing);
}

}  // namespace stepladder::report
