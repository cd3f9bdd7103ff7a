#include "stepladder/report/merged_board_formats.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "columns.hpp"
#include "formats.hpp"
#include "stepladder/report/words.hpp"

namespace stepladder::report {
namespace {

using nlohmann::ordered_json;

std::size_t finished_runs(const MergedBoard& merged) {
  return static_cast<std::size_t>(
      std::count_if(merged.runs.begin(), merged.runs.end(),
                    [](const MergedRun& run) { return run.board.finished; }));
}

// The winner, or where the run has none yet, its best trial so far; null before anything is scored.
const record::LeaderboardEntry* best_of(const record::Leaderboard& board) {
  const auto found = std::find_if(
      board.entries.begin(), board.entries.end(), [&](const record::LeaderboardEntry& entry) {
        return board.winner ? entry.trial == board.winner->trial : entry.score.has_value();
      });
  return found == board.entries.end() ? nullptr : &*found;
}

std::size_t name_width(const MergedBoard& merged) {
  std::size_t width = 3;
  for (const MergedRun& run : merged.runs) width = std::max(width, run.name.size());
  return width;
}

Listing listing_of(const MergedBoard& merged) {
  Listing listing{.metrics = merged.metrics(),
                  .rows = {},
                  .run_width = name_width(merged),
                  .has_extensions = true};
  for (const auto& [run, entry] : merged.entries)
    listing.rows.push_back({merged.runs[run].board, entry, merged.runs[run].name});
  return listing;
}

std::string table(const Listing& listing, std::size_t top) {
  const auto shown = listing.first(top);
  const bool is_any_extension = std::any_of(shown.begin(), shown.end(),
                                            [](const Row& row) { return row.entry.is_extension; });
  return text_table(listing, top) +
         (is_any_extension ? "+ begun when its run extended the range of learning_rate\n" : "");
}

std::string figure_text(const record::Leaderboard& board, const Score& score, std::int64_t rows) {
  return value_text(board.metrics.first(), score[board.metrics.deciding], rows);
}

std::string run_text(const MergedRun& run, std::size_t width) {
  const record::Leaderboard& board = run.board;
  std::string text =
      fmt::format("  {:<{}}  seed {}, {} trials, {} steps in {}", run.name, width, run.seed.value,
                  board.entries.size(), board.steps_spent, duration_text(board.elapsed));
  if (!board.finished) text += ", NOT FINISHED";
  const record::LeaderboardEntry* best = best_of(board);
  if (best == nullptr) return text + ": no trial has a score\n";
  text += fmt::format("\n  {:{}}  {} trial {} at {} steps, {}\n", "", width,
                      board.winner ? "winner" : "best so far", best->trial.value, best->steps,
                      short_text(best->configuration));
  text += fmt::format("  {:{}}  heldout, prune {}", "", width,
                      best->score ? figure_text(board, *best->score, board.rows.prune) : "-");
  if (board.winner && board.winner->final_score)
    text += fmt::format("; heldout, final {}",
                        figure_text(board, *board.winner->final_score, board.rows.final));
  if (board.winner && board.winner->test_score)
    text +=
        fmt::format("; test {}", figure_text(board, *board.winner->test_score, board.rows.test));
  return text + '\n';
}

std::string spread_line(const std::string& what, const std::optional<analysis::Spread>& spread) {
  if (!spread) return "";
  std::string text = fmt::format("  {:<23} mean {:.4f}", what, spread->mean);
  if (!spread->interval_95) return text + ", one run only: no deviation, no interval\n";
  return text + fmt::format(", standard deviation {:.4f}, 95 % t-interval {:.4f} to {:.4f}\n",
                            *spread->standard_deviation, spread->interval_95->low,
                            spread->interval_95->high);
}

std::string spreads_text(const MergedBoard& merged) {
  const Metrics& metrics = merged.metrics();
  const auto deciding = merged.final_score.of(metrics.deciding);
  if (!deciding)
    return "No run has a winner with a final score yet: nothing to say over the seeds.\n";
  std::string text =
      fmt::format("Winners over the seeds ({} of {} runs):\n", deciding->count, merged.runs.size());
  for (const auto& [part, spread] :
       {std::pair{"heldout, final", &merged.final_score}, {"test", &merged.test_score}})
    for (std::size_t i = 0; i < metrics.size(); ++i)
      text += spread_line(fmt::format("{} {}", part, metrics.all[i].name), spread->of(i));
  return text;
}

ordered_json run_json(const MergedRun& run) {
  const record::Leaderboard& board = run.board;
  ordered_json json = {{"run", run.name},
                       {"seed", run.seed.value},
                       {"finished", board.finished},
                       {"trials", board.entries.size()},
                       {"steps_spent", board.steps_spent},
                       {"elapsed_s", board.elapsed}};
  const record::LeaderboardEntry* best = best_of(board);
  json["best"] = nullptr;
  if (best != nullptr) {
    json["best"] = json_of({board, *best}, columns({.metrics = board.metrics}));
    json["best"].erase("rank");
  }
  json["final"] = board.winner ? json_of(board.metrics, board.winner->final_score, board.rows.final)
                               : ordered_json(nullptr);
  json["test"] = board.winner ? json_of(board.metrics, board.winner->test_score, board.rows.test)
                              : ordered_json(nullptr);
  return json;
}

}  // namespace

std::string to_text(const MergedBoard& merged, std::size_t top) {
  std::string text =
      fmt::format("{}: {} runs, {} of them finished, {} trials\n\n", merged.runs.front().board.run,
                  merged.runs.size(), finished_runs(merged), merged.entries.size());
  text += table(listing_of(merged), top);
  text += "Each run drew its own heldout rows, so ranks are within a run.\n\nThe runs:\n";
  for (const MergedRun& run : merged.runs) text += run_text(run, name_width(merged));
  text += '\n' + spreads_text(merged);
  if (merged.answer.empty()) return text;
  text += "\nAll runs together:\n";
  for (const std::string& sentence : merged.answer) text += wrapped(sentence) + '\n';
  return text + notation_text(merged.metrics()) + '\n';
}

std::string to_json(const MergedBoard& merged, std::size_t top) {
  ordered_json json = {{"experiment", merged.runs.front().board.run},
                       {"finished", finished_runs(merged) == merged.runs.size()}};
  ordered_json& runs = json["runs"] = ordered_json::array();
  for (const MergedRun& run : merged.runs) runs.push_back(run_json(run));
  json["over_seeds"] = {{"final", json_of(merged.metrics(), merged.final_score)},
                        {"test", json_of(merged.metrics(), merged.test_score)}};
  json["answer"] = merged.answer;
  json["groups"] = json_of(merged.rates.groups);
  json["comparisons"] = json_of(merged.rates.comparisons);
  json["entries"] = json_table(listing_of(merged), top);
  return text_of(json);
}

std::string to_csv(const MergedBoard& merged, std::size_t top) {
  return csv_table(listing_of(merged), top);
}

}  // namespace stepladder::report
