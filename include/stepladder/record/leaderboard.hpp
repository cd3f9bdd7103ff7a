// The leaderboard of a run: every trial in the total order, what was found at each step budget, and
// the winner with its scores on data that did not choose it. Built from the scheduler's state and
// the history alone, so a running, a finished and a replayed run give the same one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stepladder/analysis/interval.hpp"
#include "stepladder/analysis/optimism.hpp"
#include "stepladder/analysis/race.hpp"
#include "stepladder/analysis/spread.hpp"
#include "stepladder/record/history.hpp"
#include "stepladder/schedule/hyperband.hpp"
#include "stepladder/training/classification.hpp"
#include "stepladder/wire/journal_line.hpp"

namespace stepladder::record {

struct LeaderboardEntry {
  std::size_t rank = 0;  // from 1
  TrialId trial;
  schedule::TrialStatus status{};
  Steps steps = 0;
  std::optional<Score> score;  // on `prune`, at `steps`; none for a trial that has none or failed
  Configuration configuration;
  bool is_audited = false;    // trained on to max_steps, whatever its score
  bool is_extension = false;  // begun when the range was extended
};

struct FrontierPoint {  // the best of all trials that were scored at this step budget
  Steps steps = 0;
  std::size_t trials = 0;
  TrialId best;
  Score score;
  Configuration configuration;
};

struct ScoreSpread {  // for each metric, in their order; none where there are no values
  std::vector<std::optional<analysis::Spread>> by_metric;
  [[nodiscard]] std::optional<analysis::Spread> of(std::size_t metric) const {
    return metric < by_metric.size() ? by_metric[metric] : std::nullopt;
  }
};

struct Finalist {  // a configuration that was trained again with fresh seeds
  TrialId trial;
  Steps picked_at = 0;                           // the steps at which it was judged
  Steps trained_to = 0;                          // those that its replicates were trained for
  std::optional<Score> tuning_score;             // on `prune`, at picked_at: made it a finalist
  std::vector<std::optional<Score>> replicates;  // on `final`, by seed; none: failed or not done
  std::optional<std::int64_t> dropped_after;     // so many seeds, because it was behind for sure
  ScoreSpread fresh;                             // of the replicates that have a score
  // By how much the score that it was picked for flatters it. Of a share, where that decides and
  // both are of the same number of steps: other differences have no error that one knows.
  std::optional<analysis::SeenOptimism> optimism;
  // By how much the chosen finalist is better (analysis::lead()); none for the chosen one.
  ScoreSpread behind;

  [[nodiscard]] std::size_t scored() const noexcept {  // replicates
    return static_cast<std::size_t>(
        std::count_if(replicates.begin(), replicates.end(),
                      [](const std::optional<Score>& score) { return score.has_value(); }));
  }
};

struct Winner {
  TrialId trial;
  TrialId model;                     // whose weights are kept: its own, or its best replicate's
  std::optional<std::size_t> seed;   // of that replicate among the fresh seeds, from 0
  Steps steps = 0;                   // that the model was trained for
  std::optional<Score> final_score;  // where it was confirmed, the mean over the fresh seeds
  std::optional<Score> test_score;
  int times_tested = 0;  // how often `test` was scored in the run
};

struct AgainstChance {  // the best of all trials, on `prune`
  training::Chance chance;
  std::optional<Score> best;    // none: nothing is scored yet
  std::size_t of = 0;           // trials that have a score
  analysis::Interval share_95;  // of the best one's Metrics::share(), allowing for its choice
  bool is_above = false;        // by the metric that decides
};

struct Leaderboard {
  std::string run;
  bool finished = false;
  double utilisation = 0;
  Steps steps_spent = 0;
  Steps steps_recomputed = 0;  // of these, because a checkpoint was missing
  Seconds elapsed = 0;
  std::map<WorkerId, Account> accounts;
  wire::PartRows rows;
  Metrics metrics;
  schedule::RungScore rung_score = schedule::RungScore::as_is;  // what a heldout score is of
  std::vector<schedule::Extended> extensions;                   // of the range of learning_rate
  std::optional<AgainstChance> against_chance;  // none where the rows' classes are not known
  std::vector<LeaderboardEntry> entries;
  std::vector<FrontierPoint> frontier;  // smallest budget first
  std::vector<Finalist> finalists;      // best first; none where nothing is confirmed
  std::optional<Winner> winner;
  std::vector<std::string> answer;  // the most important sentences, where they were asked for
};

// Null for a trial that is no finalist.
[[nodiscard]] const Finalist* finalist_of(const Leaderboard& leaderboard, TrialId trial) noexcept;

// The race of the confirmation, and a finalist's first seeds in it, in one of the metrics.
[[nodiscard]] analysis::Race race_of(const schedule::Hyperband& scheduler, std::int64_t rows);
[[nodiscard]] analysis::Racer racer_of(const schedule::Hyperband& scheduler, const History& history,
                                       TrialId finalist, std::size_t seeds, std::size_t metric);

[[nodiscard]] Leaderboard make_leaderboard(const std::string& run, const wire::PartRows& rows,
                                           const schedule::Hyperband& scheduler,
                                           const History& history);

}  // namespace stepladder::record
