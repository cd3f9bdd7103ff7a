#include "stepladder/record/evidence.hpp"

#include <algorithm>

#include "stepladder/record/groups.hpp"
#include "stepladder/training/recipe.hpp"

namespace stepladder::record {
namespace {

// Best first: by the best of their trials that got furthest.
std::vector<GroupName> groups_in(const schedule::Hyperband& scheduler, const Leaderboard& board,
                                 const std::vector<TrialPath>& paths) {
  std::vector<const LeaderboardEntry*> entries;
  for (const LeaderboardEntry& entry : board.entries)
    if (paths[entry.trial.value].learning_rate) entries.push_back(&entry);
  const auto is_winner = [&](const LeaderboardEntry* entry) {
    return board.winner && board.winner->trial == entry->trial;
  };
  std::stable_sort(entries.begin(), entries.end(), [&](const auto* a, const auto* b) {
    if (is_winner(a) != is_winner(b)) return is_winner(a);
    const Steps a_steps = a->score ? a->steps : -1;
    const Steps b_steps = b->score ? b->steps : -1;
    return a_steps > b_steps;
  });
  std::vector<GroupName> groups;
  for (const LeaderboardEntry* entry : entries) {
    GroupName name = group_of(scheduler.configuration(entry->trial));
    if (std::find(groups.begin(), groups.end(), name) == groups.end())
      groups.push_back(std::move(name));
  }
  return groups;
}

}  // namespace

std::vector<analysis::Observation> observations_of(const std::vector<TrialPath>& paths,
                                                   const schedule::Hyperband& scheduler,
                                                   const wire::PartRows& rows) {
  std::vector<analysis::Observation> observations;
  const auto share = scheduler.plan().metrics.share();
  for (const TrialPath& path : paths) {
    if (!path.learning_rate) continue;
    const Configuration configuration = scheduler.configuration(path.trial);
    for (const Stop& stop : path.stops) {
      const training::Recipe recipe =
          training::recipe_of(configuration, scheduler.horizon_at(path.trial, stop.steps));
      analysis::Observation observation{
          .trial = path.trial,
          .group = path.group,
          .learning_rate = *path.learning_rate,
          .steps = stop.steps,
          .effective_steps = training::effective_steps(recipe, stop.steps),
          .score = stop.score,
          .diverged_at = stop.diverged_at,
          .bracket = static_cast<std::uint32_t>(path.bracket),
          .audited = path.is_audited,
          .promoted = path.aim > stop.steps};
      if (stop.score && share)
        observation.share_error = analysis::standard_error((*stop.score)[*share], rows.prune);
      observations.push_back(std::move(observation));
    }
  }
  return observations;
}

RateEvidence rate_evidence_of(const Leaderboard& board, const schedule::Hyperband& scheduler,
                              const std::vector<TrialPath>& paths,
                              const std::vector<TrialPath>& read) {
  return {.metrics = scheduler.plan().metrics,
          .seed = scheduler.sampler().seed(),
          .searched = rate_range_of(scheduler.sampler().space()),
          .groups = groups_in(scheduler, board, paths),
          .observations = observations_of(read, scheduler, board.rows)};
}

RateEvidence rate_evidence_of(const Leaderboard& board, const schedule::Hyperband& scheduler,
                              const History& history) {
  const std::vector<TrialPath> paths = paths_of(scheduler, history);
  return rate_evidence_of(board, scheduler, paths, sample_of(paths, scheduler));
}

}  // namespace stepladder::record
