#include "stepladder/record/leaderboard.hpp"

#include <algorithm>
#include <cmath>

#include "stepladder/analysis/chance.hpp"

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
    const Standing standing = standing_of(point.score, point.trial, scheduler.plan().metrics);
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
  for (std::size_t seed = 0; seed < confirmation.seeds(place); ++seed)
    scores.push_back(confirmation.score(place, seed));
  return scores;
}

std::vector<double> values_of(const std::vector<std::optional<Score>>& scores, std::size_t metric) {
  std::vector<double> values;
  for (const auto& score : scores)
    if (score) values.push_back((*score)[metric]);
  return values;
}

std::optional<analysis::Spread> spread_over_seeds(const Metric& metric,
                                                  const std::vector<double>& values,
                                                  std::int64_t rows, double error) {
  return metric.is_share() ? analysis::share_over_seeds(values, rows, error)
                           : analysis::spread_of(values, analysis::possible_values(metric), error);
}

Finalist finalist_of(const schedule::Hyperband& scheduler, std::size_t place,
                     const wire::PartRows& rows) {
  const TrialId trial = scheduler.confirmation()->finalists()[place];
  const schedule::Trial& tuned = scheduler.trials()[trial.value];
  const Metrics& metrics = scheduler.plan().metrics;
  Finalist finalist{.trial = trial,
                    .picked_at = tuned.trained,
                    .trained_to = scheduler.plan().max_steps,
                    .tuning_score = tuned.score,
                    .replicates = scores_of(*scheduler.confirmation(), place),
                    .dropped_after = scheduler.confirmation()->dropped_after(place)};
  const double error =
      analysis::interval_error(race_of(scheduler, rows.final), finalist.replicates.size());
  for (std::size_t i = 0; i < metrics.size(); ++i)
    finalist.fresh.by_metric.push_back(
        spread_over_seeds(metrics.all[i], values_of(finalist.replicates, i), rows.final, error));
  const std::vector<double> fresh = values_of(finalist.replicates, metrics.deciding);
  if (tuned.score && !fresh.empty() && finalist.picked_at == finalist.trained_to &&
      metrics.first().is_share())
    finalist.optimism = analysis::seen_optimism(
        {.value = (*tuned.score)[metrics.deciding], .rows = rows.prune}, fresh, rows.final);
  return finalist;
}

std::vector<Finalist> finalists_of(const schedule::Hyperband& scheduler, const History& history,
                                   const wire::PartRows& rows) {
  if (!scheduler.confirmation()) return {};
  std::vector<Finalist> finalists;
  for (std::size_t place = 0; place < scheduler.confirmation()->finalists().size(); ++place)
    finalists.push_back(finalist_of(scheduler, place, rows));
  const auto chosen = std::find_if(finalists.begin(), finalists.end(), [&](const Finalist& f) {
    return f.trial == scheduler.chosen();
  });
  if (chosen == finalists.end()) return finalists;
  const analysis::Race race = race_of(scheduler, rows.final);
  const auto racer = [&](const Finalist& finalist, std::size_t metric) {
    return racer_of(scheduler, history, finalist.trial, finalist.replicates.size(), metric);
  };
  for (Finalist& finalist : finalists) {
    if (finalist.trial == chosen->trial) continue;
    for (std::size_t i = 0; i < scheduler.plan().metrics.size(); ++i)
      finalist.behind.by_metric.push_back(
          analysis::lead(racer(*chosen, i), racer(finalist, i), scheduler.plan().metrics.all[i],
                         rows.final, analysis::interval_error(race, finalist.replicates.size())));
  }
  return finalists;
}

std::optional<AgainstChance> against_chance(const Leaderboard& board) {
  const auto chance = training::chance_of(board.rows.prune_by_class);
  if (!chance) return std::nullopt;
  AgainstChance against{.chance = *chance};
  for (const LeaderboardEntry& entry : board.entries) {  // best first
    if (!entry.score) continue;
    if (!against.best) against.best = entry.score;
    ++against.of;
  }
  if (!against.best) return against;
  if (const auto share = board.metrics.share())
    against.share_95 =
        analysis::interval_of_best((*against.best)[*share], chance->rows, against.of);
  const std::size_t deciding = board.metrics.deciding;
  against.is_above = analysis::is_above_chance(board.metrics.first(), (*against.best)[deciding],
                                               chance->score[deciding], against.of, chance->rows);
  return against;
}

Winner winner_of(const schedule::Hyperband& scheduler) {
  Winner winner{.trial = *scheduler.chosen(),
                .model = *scheduler.model(),
                .seed = {},
                .steps = scheduler.trial(*scheduler.model()).trained,
                .final_score = scheduler.final_score(),
                .test_score = scheduler.test_score(),
                .times_tested = scheduler.times_tested()};
  if (is_replicate(winner.model)) winner.seed = scheduler.replicates().of(winner.model).seed;
  return winner;
}

}  // namespace

analysis::Race race_of(const schedule::Hyperband& scheduler, std::int64_t rows) {
  const schedule::Confirmation& confirmation = scheduler.replicates();
  return {.finalists = confirmation.finalists().size(),
          .rounds_min = static_cast<std::size_t>(schedule::Confirmation::kRoundsMin),
          .rounds_max = static_cast<std::size_t>(confirmation.seeds_max()),
          .rows = rows};
}

analysis::Racer racer_of(const schedule::Hyperband& scheduler, const History& history,
                         TrialId finalist, std::size_t seeds, std::size_t metric) {
  const schedule::Confirmation& confirmation = scheduler.replicates();
  analysis::Racer racer;
  for (std::size_t seed = 0; seed < seeds; ++seed) {
    const auto score = confirmation.score(confirmation.place_of(finalist), seed);
    racer.scores.push_back(score ? std::optional((*score)[metric]) : std::nullopt);
    std::vector<double>& groups = racer.by_group.emplace_back();
    const auto replicate = confirmation.find(finalist, seed);
    if (!score || !replicate) continue;
    for (const Score& group : history.by_group(*replicate)) groups.push_back(group[metric]);
  }
  return racer;
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
                          .metrics = scheduler.plan().metrics,
                          .rung_score = scheduler.plan().rung_score,
                          .extensions = scheduler.extensions(),
                          .against_chance = {},
                          .entries = entries_of(scheduler),
                          .frontier = frontier_of(scheduler, history),
                          .finalists = finalists_of(scheduler, history, rows),
                          .winner = {}};
  leaderboard.against_chance = against_chance(leaderboard);
  if (scheduler.chosen()) leaderboard.winner = winner_of(scheduler);
  return leaderboard;
}

const Finalist* finalist_of(const Leaderboard& leaderboard, TrialId trial) noexcept {
  const auto found = std::find_if(leaderboard.finalists.begin(), leaderboard.finalists.end(),
                                  [trial](const Finalist& f) { return f.trial == trial; });
  return found == leaderboard.finalists.end() ? nullptr : &*found;
}

}  // namespace stepladder::record
