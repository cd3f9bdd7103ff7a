// Several runs of one experiment that differ in the seed only. Each run drew heldout rows of its
// own, so trials are ranked within their run. Over the runs stand how far the winners' scores lie
// apart, and one answer about rates and steps from all scores together.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "stepladder/analysis/spread.hpp"
#include "stepladder/record/leaderboard.hpp"
#include "stepladder/report/rate_report.hpp"
#include "stepladder/trial/ids.hpp"

namespace stepladder::report {

struct MergedRun {
  std::string name;  // what tells it from the others
  Seed seed;
  record::Leaderboard board;
  record::RateEvidence evidence;
};

struct MergedEntry {
  std::size_t run = 0;             // its place among the runs
  record::LeaderboardEntry entry;  // ranked within its run
};

struct MergedBoard {
  std::vector<MergedRun> runs;       // as they were given
  std::vector<MergedEntry> entries;  // by rank; of equal rank, the earlier run first
  // Of the winners of the runs that are over; a run that is not, or has no winner, does not count.
  record::ScoreSpread final_score;
  record::ScoreSpread test_score;
  RateReport rates;                 // from all runs together
  std::vector<std::string> answer;  // the same in words, most important first

  [[nodiscard]] const Metrics& metrics() const { return runs.front().board.metrics; }
};

// At least one run; all have the same metrics.
[[nodiscard]] MergedBoard merge(std::vector<MergedRun> runs);

}  // namespace stepladder::report
