// What a plan will come to, for each number of workers asked about, as text and as JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stepladder/schedule/hyperband.hpp"
#include "stepladder/wire/journal_line.hpp"

namespace stepladder::report {

struct PlanRung {
  Steps steps = 0;
  std::int64_t trials = 0;      // that the rule brings there
  std::int64_t carried_on = 0;  // and those that are carried there at the end
  std::int64_t audited = 0;     // and those that reach it only because they are audited
};
struct PlanBracket {
  std::size_t bracket = 0;
  double share = 1;  // of all trials
  std::vector<PlanRung> rungs;
};
// What trials that diverge save is not known before: a plan's makespan is a range, from where so
// many diverge to where none does.
inline constexpr double kPlannedToDiverge = 0.5;

struct PlanForWorkers {
  std::uint32_t workers = 0;
  Steps steps = 0;
  Steps audit_steps = 0;     // of them, of audits
  double core_hours = 0;     // workers times makespan
  Seconds makespan = 0;      // where no trial diverges
  Seconds makespan_min = 0;  // where kPlannedToDiverge of them do, at once
  double utilisation = 0;
  std::int64_t checkpoint_bytes = 0;  // one checkpoint of every trial
  std::int64_t trials = 0;            // of the search
  bool is_budget_spent = false;       // total_steps is what ended the search
  bool is_exhausted = false;          // no configuration was left to try
};
struct PlanConfirmation {
  std::size_t finalists = 0;
  std::size_t seeds = 0;
  Steps steps = 0;  // of each replicate
};
// What is known of the data.
struct PlanData {
  std::string words;  // one line
  wire::PartRows rows;
  std::int64_t features = 0;
  std::int64_t classes = 0;
};
struct PlanReport {
  std::optional<PlanData> data;
  schedule::Plan plan;
  double seconds_per_step = 0;
  std::vector<PlanBracket> brackets;  // of the last run previewed
  std::optional<PlanConfirmation> confirmation;
  std::vector<PlanForWorkers> workers;
  std::vector<std::string> warnings;
};

// Of a scheduler whose run is over. Rounds of the synchronous Hyperband are added up.
[[nodiscard]] std::vector<PlanBracket> plan_brackets(const schedule::Hyperband& scheduler);

[[nodiscard]] std::optional<PlanConfirmation> plan_confirmation(
    const schedule::Hyperband& scheduler);

// What is odd about the plan, by the numbers of the report.
[[nodiscard]] std::vector<std::string> plan_warnings(const PlanReport& report);

[[nodiscard]] std::string plan_text(const PlanReport& report);
[[nodiscard]] std::string plan_json(const PlanReport& report);

}  // namespace stepladder::report
