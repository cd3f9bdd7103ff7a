#include "stepladder/report/merged_board.hpp"

#include <algorithm>
#include <limits>

#include "chance.hpp"

namespace stepladder::report {
namespace {

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

// Where no run tells any trial from chance, their scores carry no answer.
std::vector<std::string> answer_of(const MergedBoard& merged) {
  std::vector<const MergedRun*> at_chance;
  std::size_t scored = 0;
  for (const MergedRun& run : merged.runs) {
    if (run.board.against_chance && run.board.against_chance->best) ++scored;
    if (is_at_chance(run.board)) at_chance.push_back(&run);
  }
  if (scored > 0 && at_chance.size() == scored) return {chance_sentence(at_chance.front()->board)};
  return sentences_of(merged.rates);
}

}  // namespace

MergedBoard merge(std::vector<MergedRun> runs) {
  MergedBoard merged;
  std::vector<RateEvidence> evidence;
  evidence.reserve(runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const std::vector<LeaderboardEntry>& entries = runs[i].board.entries;
    for (std::size_t j = 0; j < entries.size(); ++j)
      merged.entries.push_back({.rank = j + 1, .run = i, .entry = entries[j]});
    evidence.push_back(runs[i].evidence);
  }
  std::stable_sort(merged.entries.begin(), merged.entries.end(),
                   [](const MergedEntry& a, const MergedEntry& b) { return a.rank < b.rank; });
  merged.final_score = spread_over(runs, &Winner::final_score);
  merged.test_score = spread_over(runs, &Winner::test_score);
  merged.runs = std::move(runs);
  merged.rates = make_rate_report(evidence);
  merged.answer = answer_of(merged);
  return merged;
}

}  // namespace stepladder::report
