#include "stepladder/report/merged_board.hpp"

#include <algorithm>
#include <limits>

#include "formats.hpp"

namespace stepladder::report {
namespace {

Standing standing_of(const LeaderboardEntry& entry, Metric metric) {
  const Outcome outcome = entry.score ? Outcome(*entry.score) : Outcome(Crashed{});
  return stepladder::standing_of(outcome, entry.trial, metric);
}

ScoreSpread spread_over(const std::vector<MergedRun>& runs, std::optional<Score> Winner::*score) {
  std::vector<double> accuracies;
  std::vector<double> losses;
  for (const MergedRun& run : runs) {
    if (!run.board.finished || !run.board.winner) continue;
    const std::optional<Score>& found = (*run.board.winner).*score;
    if (!found) continue;
    accuracies.push_back(found->accuracy);
    losses.push_back(found->loss);
  }
  constexpr double kEndless = std::numeric_limits<double>::infinity();
  return {.accuracy = analysis::spread_of(accuracies, {.low = 0, .high = 1}),
          .loss = analysis::spread_of(losses, {.low = 0, .high = kEndless})};
}

}  // namespace

MergedBoard merge(std::vector<MergedRun> runs) {
  MergedBoard merged;
  for (std::size_t i = 0; i < runs.size(); ++i)
    for (const LeaderboardEntry& entry : runs[i].board.entries)
      merged.entries.push_back({.run = i, .entry = entry});
  const Metric metric = runs.front().board.metric;
  std::stable_sort(merged.entries.begin(), merged.entries.end(),
                   [&](const MergedEntry& a, const MergedEntry& b) {
                     return standing_of(a.entry, metric) < standing_of(b.entry, metric);
                   });
  for (std::size_t i = 0; i < merged.entries.size(); ++i) merged.entries[i].rank = i + 1;
  merged.final_score = spread_over(runs, &Winner::final_score);
  merged.test_score = spread_over(runs, &Winner::test_score);
  merged.runs = std::move(runs);
  return merged;
}

}  // namespace stepladder::report
