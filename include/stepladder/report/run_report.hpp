// Everything a run has to say, as numbers: the one structure from which report.html, report.json
// and the sentences are written. Works on a running, a stopped and a finished run, on one trial, on
// trials that all diverged, and on a search space without a learning rate.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stepladder/analysis/audit.hpp"
#include "stepladder/analysis/importance.hpp"
#include "stepladder/analysis/optimism.hpp"
#include "stepladder/analysis/signs.hpp"
#include "stepladder/record/leaderboard.hpp"
#include "stepladder/record/paths.hpp"
#include "stepladder/record/timeline.hpp"
#include "stepladder/report/rate_report.hpp"

namespace stepladder::report {

struct RungReport {
  std::size_t bracket = 0;
  Steps steps = 0;
  std::size_t entries = 0;
  std::size_t failed = 0;    // diverged or crashed, of the entries
  std::size_t promoted = 0;  // carried on
  std::optional<Score> best;
};

struct ImportanceReport {
  Steps steps = 0;  // the scores are those at this budget
  analysis::Importance importance;
};

enum class RangeAnswer {  // what came of extend_range
  not_wanted,
  not_asked_yet,
  kept,         // asked, perhaps after extensions, and kept
  never_asked,  // the run ended before
};

struct Warning {
  std::string what;
  std::string advice;
};

struct Offer {  // more of something, and about how many steps it takes
  std::int64_t number = 0;
  Steps steps = 0;
};

struct RunReport {
  record::Leaderboard board;
  schedule::Plan plan;
  std::vector<Steps> budgets;            // at which anything may be scored, ascending
  std::vector<record::TrialPath> paths;  // by id
  analysis::RateRange searched;          // of learning rates; 0 and 0 where there are none
  RangeAnswer range_answer = RangeAnswer::not_wanted;
  bool is_exhausted = false;  // no configuration was left to try
  // How many there are, before any extension; nothing where there is no end to them.
  std::optional<std::uint64_t> configurations;
  // Of a very large run only a sample of the trials is analysed: so many. The rungs count all.
  std::size_t trials_read = 0;
  RateReport rates;
  std::vector<RungReport> rungs;
  std::optional<analysis::PruningAudit> audit;
  std::vector<analysis::RungAgreement> agreements;
  std::optional<analysis::Optimism> optimism;  // expected of the best at its budget
  std::optional<ImportanceReport> importance;
  std::map<WorkerId, std::vector<record::Stretch>> workers;
  // What this run could be given: twice its trials, three times its max_steps. Nothing where it is
  // not finished, too large to ask, or cannot grow so.
  std::optional<Offer> more_trials;
  std::optional<Offer> more_steps;
  std::vector<Warning> warnings;    // most important first
  std::vector<std::string> answer;  // in words, most important first
};

struct RunRecord {  // what a report is made from; all must outlive the call
  const std::string& name;
  const wire::PartRows& rows;
  Seed seed;
  const schedule::Hyperband& scheduler;
  const record::History& history;
  const record::Timeline& timeline;
};

[[nodiscard]] RunReport make_run_report(const RunRecord& record);

// The answer's most important sentences, at most so many; also written below the leaderboard.
[[nodiscard]] std::vector<std::string> first_sentences(const RunReport& report, std::size_t count);

// The answer and the warnings, in lines that a terminal shows whole.
[[nodiscard]] std::string to_text(const RunReport& report);

}  // namespace stepladder::report
