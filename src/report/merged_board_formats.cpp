#include "stepladder/report/merged_board_formats.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "formats.hpp"
#include "stepladder/report/words.hpp"

namespace stepladder::report {
namespace {

using nlohmann::ordered_json;

std::size_t shown(const MergedBoard& merged, std::size_t top) {
  return std::min(top, merged.entries.size());
}

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

std::string table(const MergedBoard& merged, std::size_t top) {
  const std::size_t width = name_width(merged);
  const std::int64_t rows = merged.runs.front().board.rows.prune;
  std::string text = fmt::format("{:>4}  {:<{}}  {:>5}{:<3}{:<8}  {:>7}  {:<17}  {:<7}  {}\n",
                                 "rank", "run", width, "trial", "", "status", "steps",
                                 "heldout accuracy", "loss", "configuration");
  for (std::size_t i = 0; i < shown(merged, top); ++i) {
    const record::LeaderboardEntry& e = merged.entries[i].entry;
    text += fmt::format(
        "{:>4}  {:<{}}  {:>5}{:<3}{:<8}  {:>7}  {:<17}  {:<7}  {}\n", merged.entries[i].entry.rank,
        merged.runs[merged.entries[i].run].name, width, e.trial.value, marks_of(e),
        name_of(e.status), e.steps, e.score ? with_error(e.score->accuracy, rows) : "-",
        e.score ? fmt::format("{:.4f}", e.score->loss) : "-", short_text(e.configuration));
  }
  if (shown(merged, top) < merged.entries.size())
    text += fmt::format("      ... {} more\n", merged.entries.size() - shown(merged, top));
  const auto is_any = [&](bool record::LeaderboardEntry::*is_so) {
    const auto end = merged.entries.begin() + static_cast<std::ptrdiff_t>(shown(merged, top));
    return std::any_of(merged.entries.begin(), end,
                       [is_so](const MergedEntry& e) { return e.entry.*is_so; });
  };
  if (is_any(&record::LeaderboardEntry::is_audited)) text += kAuditedMark;
  if (is_any(&record::LeaderboardEntry::is_extension))
    text += "+ begun when its run extended the range of learning_rate\n";
  return text;
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
                      best->score ? with_error(best->score->accuracy, board.rows.prune) : "-");
  if (board.winner && board.winner->final_score)
    text += fmt::format("; heldout, final {}",
                        with_error(board.winner->final_score->accuracy, board.rows.final));
  if (board.winner && board.winner->test_score)
    text +=
        fmt::format("; test {}", with_error(board.winner->test_score->accuracy, board.rows.test));
  return text + '\n';
}

std::string spread_line(const char* what, const std::optional<analysis::Spread>& spread) {
  if (!spread) return "";
  std::string text = fmt::format("  {:<23} mean {:.4f}", what, spread->mean);
  if (!spread->interval_95) return text + ", one run only: no deviation, no interval\n";
  return text + fmt::format(", standard deviation {:.4f}, 95 % t-interval {:.4f} to {:.4f}\n",
                            *spread->standard_deviation, spread->interval_95->low,
                            spread->interval_95->high);
}

std::string spreads_text(const MergedBoard& merged) {
  if (!merged.final_score.accuracy)
    return "No run has a winner with a final score yet: nothing to say over the seeds.\n";
  return fmt::format("Winners over the seeds ({} of {} runs):\n",
                     merged.final_score.accuracy->count, merged.runs.size()) +
         spread_line("heldout, final accuracy", merged.final_score.accuracy) +
         spread_line("heldout, final loss", merged.final_score.loss) +
         spread_line("test accuracy", merged.test_score.accuracy) +
         spread_line("test loss", merged.test_score.loss);
}

ordered_json spread_json(const ScoreSpread& spread) {
  return {{"accuracy", json_of(spread.accuracy)}, {"loss", json_of(spread.loss)}};
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
  json["best"] = best != nullptr ? json_of(*best, board.rows.prune) : ordered_json(nullptr);
  json["final"] =
      board.winner ? json_of(board.winner->final_score, board.rows.final) : ordered_json(nullptr);
  json["test"] =
      board.winner ? json_of(board.winner->test_score, board.rows.test) : ordered_json(nullptr);
  return json;
}

}  // namespace

std::string to_text(const MergedBoard& merged, std::size_t top) {
  std::string text =
      fmt::format("{}: {} runs, {} of them finished, {} trials\n\n", merged.runs.front().board.run,
                  merged.runs.size(), finished_runs(merged), merged.entries.size());
  text += table(merged, top);
  text += "Each run drew its own heldout rows, so ranks are within a run.\n\nThe runs:\n";
  for (const MergedRun& run : merged.runs) text += run_text(run, name_width(merged));
  text += '\n' + spreads_text(merged);
  if (merged.answer.empty()) return text;
  text += "\nAll runs together:\n";
  for (const std::string& sentence : merged.answer) text += wrapped(sentence) + '\n';
  return text + kNotation + '\n';
}

std::string to_json(const MergedBoard& merged, std::size_t top) {
  ordered_json json = {{"experiment", merged.runs.front().board.run},
                       {"finished", finished_runs(merged) == merged.runs.size()}};
  ordered_json& runs = json["runs"] = ordered_json::array();
  for (const MergedRun& run : merged.runs) runs.push_back(run_json(run));
  json["over_seeds"] = {{"final", spread_json(merged.final_score)},
                        {"test", spread_json(merged.test_score)}};
  json["answer"] = merged.answer;
  json["groups"] = json_of(merged.rates.groups);
  json["comparisons"] = json_of(merged.rates.comparisons);
  ordered_json& entries = json["entries"] = ordered_json::array();
  for (std::size_t i = 0; i < shown(merged, top); ++i) {
    ordered_json entry = {{"rank", merged.entries[i].entry.rank},
                          {"run", merged.runs[merged.entries[i].run].name}};
    entry.update(
        json_of(merged.entries[i].entry, merged.runs[merged.entries[i].run].board.rows.prune));
    entries.push_back(std::move(entry));
  }
  return text_of(json);
}

std::string to_csv(const MergedBoard& merged, std::size_t top) {
  std::vector<record::LeaderboardEntry> all;
  for (const MergedEntry& merged_entry : merged.entries) all.push_back(merged_entry.entry);
  const std::vector<std::string> settings = names_of_settings(all);
  std::string text = fmt::format("rank,run,{}", kCsvColumns);
  for (const std::string& name : settings) text += ',' + csv_field(name);
  text += '\n';
  for (std::size_t i = 0; i < shown(merged, top); ++i)
    text += fmt::format("{},{},{}\n", merged.entries[i].entry.rank,
                        csv_field(merged.runs[merged.entries[i].run].name),
                        csv_cells(merged.entries[i].entry,
                                  merged.runs[merged.entries[i].run].board.rows.prune, settings));
  return text;
}

}  // namespace stepladder::report
