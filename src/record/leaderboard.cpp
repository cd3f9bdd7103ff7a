#include "stepladder/record/leaderboard.hpp"

#include <algorithm>
#include <cmath>

namespace stepladder::record {
namespace {

std::vector<LeaderboardEntry> entries_of(const schedule::Hyperband& scheduler) {
  std::vector<Standing> standings;
  for (std::size_t i = 0; i < scheduler.trials().size(); ++i)
    standings.push_back(scheduler.standing(TrialId{static_cast<std::uint32_t>(i)}));
  std::sort(standings.begin(), standings.end());

  std::vector<LeaderboardEntry> entries;
  for (const Standing& standing : standings) {
    const schedule::Trial& trial = scheduler.trials()[standing.trial.value];
    entries.push_back({.rank = entries.size() + 1,
                       .trial = standing.trial,
                       .status = scheduler.status(standing.trial),
                       .steps = trial.trained,
                       .score = standing.failed ? std::nullopt : trial.score,
                       .configuration = scheduler.configuration(standing.trial),
                       .is_audited = scheduler.is_audited(standing.trial),
                       .is_extension = scheduler.extension_of(standing.trial) != nullptr});
  }
  return entries;
}

std::vector<FrontierPoint> frontier_of(const schedule::Hyperband& scheduler,
                                       const History& history) {
  std::map<Steps, FrontierPoint> by_steps;
  std::map<Steps, Standing> best;
  for (const ScoredPoint& point : history.points()) {
    const Standing standing = standing_of(point.score, point.trial, scheduler.plan().metric);
    if (standing.failed) continue;
    FrontierPoint& frontier = by_steps[point.steps];
    frontier.steps = point.steps;
    ++frontier.trials;
    if (frontier.trials > 1 && !(standing < best[point.steps])) continue;
    best[point.steps] = standing;
    frontier.best = point.trial;
    frontier.score = point.score;
  }
  std::vector<FrontierPoint> frontier;
  for (auto& [steps, point] : by_steps) {
    point.configuration = scheduler.configuration(point.best);
    frontier.push_back(std::move(point));
  }
  return frontier;
}

std::vector<std::optional<Score>> scores_of(const schedule::Confirmation& confirmation,
                                            std::size_t place) {
  std::vector<std::optional<Score>> scores;
  for (std::size_t seed = 0; seed < confirmation.seeds(); ++seed)
    scores.push_back(confirmation.score(place, seed));
  return scores;
}

std::vector<double> values_of(const std::vector<std::optional<Score>>& scores, Metric metric) {
  std::vector<double> values;
  for (const auto& score : scores)
    if (score) values.push_back(value_of(*score, metric));
  return values;
}

// a - b for the seeds that both have.
std::optional<analysis::Spread> spread_of_differences(const std::vector<std::optional<Score>>& a,
                                                      const std::vector<std::optional<Score>>& b,
                                                      Metric metric) {
  std::vector<double> values;
  for (std::size_t seed = 0; seed < a.size(); ++seed)
    if (a[seed] && b[seed])
      values.push_back(value_of(*a[seed], metric) - value_of(*b[seed], metric));
  return analysis::spread_of(values);
}

Finalist finalist_of(const schedule::Hyperband& scheduler, std::size_t place,
                     const wire::PartRows& rows) {
  const TrialId trial = scheduler.confirmation()->finalists()[place];
  const schedule::Trial& tuned = scheduler.trials()[trial.value];
  const std::vector<std::optional<Score>> scores = scores_of(*scheduler.confirmation(), place);
  const std::vector<double> accuracies = values_of(scores, Metric::accuracy);
  Finalist finalist{.trial = trial,
                    .picked_at = tuned.trained,
                    .trained_to = scheduler.plan().max_steps,
                    .tuning_score = tuned.score,
                    .replicates = scores,
                    .fresh = {.accuracy = analysis::accuracy_over_seeds(accuracies, rows.final),
                              .loss = analysis::spread_of(values_of(scores, Metric::loss),
                                                          analysis::kNotNegative)},
                    .optimism = {},
                    .behind = {}};
  if (tuned.score && !accuracies.empty() && finalist.picked_at == finalist.trained_to &&
      scheduler.plan().metric == Metric::accuracy)
    finalist.optimism = analysis::seen_optimism(
        {.value = tuned.score->accuracy, .rows = rows.prune}, accuracies, rows.final);
  return finalist;
}

std::vector<Finalist> finalists_of(const schedule::Hyperband& scheduler,
                                   const wire::PartRows& rows) {
  if (!scheduler.confirmation()) return {};
  std::vector<Finalist> finalists;
  for (std::size_t place = 0; place < scheduler.confirmation()->finalists().size(); ++place)
    finalists.push_back(finalist_of(scheduler, place, rows));
  const auto chosen = std::find_if(finalists.begin(), finalists.end(), [&](const Finalist& f) {
    return f.trial == scheduler.chosen();
  });
  if (chosen == finalists.end()) return finalists;
  for (Finalist& finalist : finalists) {
    if (finalist.trial == chosen->trial) continue;
    finalist.behind = {
        .accuracy =
            spread_of_differences(chosen->replicates, finalist.replicates, Metric::accuracy),
        .loss = spread_of_differences(finalist.replicates, chosen->replicates, Metric::loss)};
  }
  return finalists;
}

std::optional<AgainstChance> against_chance(const Leaderboard& board) {
  const auto chance = analysis::chance_of(board.rows.prune_by_class);
  if (!chance) return std::nullopt;
  AgainstChance against{.chance = *chance};
  for (const LeaderboardEntry& entry : board.entries) {  // best first
    if (!entry.score) continue;
    if (!against.best) against.best = entry.score;
    ++against.of;
  }
  if (!against.best) return against;
  against.accuracy_95 =
      analysis::interval_of_best(against.best->accuracy, chance->rows, against.of);
  against.is_above = analysis::is_above_chance(*against.best, against.of, board.metric, *chance);
  return against;
}

Winner winner_of(const schedule::Hyperband& scheduler) {
  Winner winner{.trial = *scheduler.chosen(),
                .model = *scheduler.model(),
                .seed = {},
                .steps = scheduler.trial(*scheduler.model()).trained,
                .final_score = scheduler.final_score(),
                .test_score = scheduler.test_score()};
  if (scheduler.is_replicate(winner.model))
    winner.seed = scheduler.confirmation()->seed_of(winner.model);
  return winner;
}

}  // namespace

const Finalist* finalist_of(const Leaderboard& leaderboard, TrialId trial) noexcept {
  const auto& finalists = leaderboard.finalists;
  const auto found = std::find_if(finalists.begin(), finalists.end(),
                                  [trial](const Finalist& f) { return f.trial == trial; });
  return found == finalists.end() ? nullptr : &*found;
}

Leaderboard make_leaderboard(const std::string& run, const wire::PartRows& rows,
                             const schedule::Hyperband& scheduler, const History& history) {
  Leaderboard leaderboard{.run = run,
                          .finished = scheduler.finished(),
                          .utilisation = history.utilisation(),
                          .steps_spent = history.steps_spent(),
                          .steps_recomputed = history.steps_recomputed(),
                          .elapsed = history.elapsed(),
                          .accounts = history.accounts(),
                          .rows = rows,
                          .metric = scheduler.plan().metric,
                          .rung_score = scheduler.plan().rung_score,
                          .extensions = scheduler.extensions(),
                          .against_chance = {},
                          .entries = entries_of(scheduler),
                          .frontier = frontier_of(scheduler, history),
                          .finalists = finalists_of(scheduler, rows),
                          .winner = {}};
  leaderboard.against_chance = against_chance(leaderboard);
  if (scheduler.chosen()) leaderboard.winner = winner_of(scheduler);
  return leaderboard;
}

}  // namespace stepladder::record
