#include "stepladder/report/merged_board.hpp"

#include <algorithm>

#include "stepladder/report/chance.hpp"

namespace stepladder::report {
namespace {

record::ScoreSpread spread_over(const std::vector<MergedRun>& runs,
                                std::optional<Score> record::Winner::*score) {
  const Metrics& metrics = runs.front().board.metrics;
  record::ScoreSpread spread;
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    std::vector<double> values;
    for (const MergedRun& run : runs) {
      if (!run.board.finished || !run.board.winner) continue;
      const std::optional<Score>& found = (*run.board.winner).*score;
      if (found) values.push_back((*found)[i]);
    }
    spread.by_metric.push_back(
        analysis::spread_of(values, analysis::possible_values(metrics.all[i])));
  }
  return spread;
}

std::vector<std::string> answer_of(const MergedBoard& merged) {
  const auto is_any = [&](const auto& is_so) {
    return std::any_of(merged.runs.begin(), merged.runs.end(),
                       [&](const MergedRun& run) { return is_so(run.board); });
  };
  if (is_any(is_at_chance) && !is_any([](const record::Leaderboard& board) {
        return board.against_chance && board.against_chance->is_above;
      }))
    return {
        "No trial of any run is significantly better than chance, so the scores say nothing about "
        "learning rates or numbers of steps."};
  return sentences_of(merged.rates);
}

}  // namespace

MergedBoard merge(std::vector<MergedRun> runs) {
  MergedBoard merged;
  std::vector<record::RateEvidence> evidence;
  evidence.reserve(runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i) {
    for (const record::LeaderboardEntry& entry : runs[i].board.entries)
      merged.entries.push_back({.run = i, .entry = entry});
    evidence.push_back(runs[i].evidence);
  }
  std::stable_sort(
      merged.entries.begin(), merged.entries.end(),
      [](const MergedEntry& a, const MergedEntry& b) { return a.entry.rank < b.entry.rank; });
  merged.final_score = spread_over(runs, &record::Winner::final_score);
  merged.test_score = spread_over(runs, &record::Winner::test_score);
  merged.runs = std::move(runs);
  merged.rates = make_rate_report(evidence);
  merged.answer = answer_of(merged);
  return merged;
}

}  // namespace stepladder::report
