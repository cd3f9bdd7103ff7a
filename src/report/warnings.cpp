#include "warnings.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/core.h>

#include "stepladder/report/chance.hpp"
#include "stepladder/report/rivals.hpp"
#include "stepladder/report/words.hpp"
#include "stepladder/trial/number_text.hpp"

namespace stepladder::report {

namespace {

using analysis::Edge;
using analysis::Side;

// What a sign against a bound of the range says. The bound is that of what was tried.
struct SignText {
  const GroupReport& group;

  std::string operator()(const analysis::BestAtBound& edge) const {
    return fmt::format(
        "The best rate for {} may lie {} the range searched: its interval {} comes up to the bound "
        "{}.",
        group.name, edge.side == Side::high ? "above" : "below", interval_text(edge.best_rate_95),
        bound_text(edge.bound));
  }
  std::string operator()(const analysis::Crowded& edge) const {
    const bool is_one = edge.of_best_three < 2;
    const std::string who =
        is_one ? "The best trial" : fmt::format("{} of the best three trials", edge.of_best_three);
    return fmt::format(
        "{} of {} at {} steps {} in the outer tenth of the range, at the {} bound {}.", who,
        group.name, steps_text(edge.steps), is_one ? "lies" : "lie",
        edge.side == Side::high ? "upper" : "lower", bound_text(edge.bound));
  }
  std::string operator()(const analysis::NoDivergence& edge) const {
    return fmt::format(
        "No trial of {} diverged up to rate {}, and high rates do not score worse yet: still "
        "higher "
        "ones may be better.",
        group.name, number_text(edge.highest_rate));
  }
  std::string operator()(const analysis::StillImproving&) const { return ""; }
};

std::size_t count_of(const RunReport& report, schedule::TrialStatus status) {
  return static_cast<std::size_t>(
      std::count_if(report.paths.begin(), report.paths.end(),
                    [status](const record::TrialPath& path) { return path.status == status; }));
}

void warn_of_trials(const RunReport& report, std::vector<Warning>& warnings) {
  const std::size_t all = report.paths.size();
  const std::size_t diverged = count_of(report, schedule::TrialStatus::diverged);
  const std::size_t crashed = count_of(report, schedule::TrialStatus::crashed);
  if (all > 0 && diverged == all)
    warnings.push_back({.what = "Every trial diverged.",
                        .advice = "Lower the range of learning_rate by a factor of 10."});
  else if (2 * diverged > all)
    warnings.push_back(
        {.what = fmt::format("{} of {} trials diverged.", diverged, all),
         .advice = "Lower the maximum of learning_rate, so that less work is thrown away."});
  if (crashed > 0)
    warnings.push_back({.what = fmt::format("{} of {} trials crashed.", crashed, all),
                        .advice = "stepladder.log says why."});
}

// That the run has been here before, and where that had to end.
std::string said_of_extensions(const RunReport& report) {
  const auto& extensions = report.board.extensions;
  if (extensions.empty()) return "";
  schedule::Extended all = extensions.front();
  all.to = extensions.back().to;
  const double most = report.plan.extend_range_max * 0.99;
  const bool is_at_cap = all.to.max >= all.from.max * most || all.to.min <= all.from.min / most;
  return fmt::format(" The range was extended {} already{}.", extension_text(all),
                     is_at_cap ? fmt::format(", as far as extend_range_max = {} allows",
                                             bound_text(report.plan.extend_range_max))
                               : std::string());
}

// Why extend_range has left a bound where it is, though signs speak against it.
std::string said_of_extending(const RunReport& report, const GroupReport& group) {
  if (!report.board.extensions.empty()) return said_of_extensions(report);
  switch (report.range_answer) {
    case RangeAnswer::not_wanted:
      return "";
    case RangeAnswer::not_asked_yet:
      return " extend_range decides on it when nothing else is left to do.";
    case RangeAnswer::never_asked:
      return report.plan.total_steps > 0
                 ? fmt::format(" extend_range did not widen it: total_steps = {} was spent.",
                               report.plan.total_steps)
                 : " extend_range did not widen it: the run ended before.";
    case RangeAnswer::kept:
      return &group == &report.rates.groups.front()
                 ? " extend_range did not widen it: the scores did not say so yet when it looked."
                 : fmt::format(" extend_range did not widen it: it goes by {} alone, which leads.",
                               report.rates.groups.front().name);
  }
  return "";
}

std::string advice_for(const RunReport& report, const GroupReport& group, Side side) {
  if (report.range_answer == RangeAnswer::not_asked_yet) return "Let the run go on.";
  const analysis::RateRange& range = report.searched;
  const std::string change =
      side == Side::high ? fmt::format("Raise the maximum of learning_rate from {} to {}.",
                                       bound_text(range.max), bound_text(10 * group.range.max))
                         : fmt::format("Lower the minimum of learning_rate from {} to {}.",
                                       bound_text(range.min), bound_text(group.range.min / 10));
  const std::string setting =
      side == Side::high
          ? "space.learning_rate.max=" + stepladder::text(Value{10 * group.range.max})
          : "space.learning_rate.min=" + stepladder::text(Value{group.range.min / 10});
  return change + ' ' + new_run_text(setting, report.board.steps_spent);
}

void warn_of_range(const RunReport& report, const GroupReport& group,
                   std::vector<Warning>& warnings) {
  for (const Side side : {Side::low, Side::high}) {
    std::string what;
    for (const Edge& sign : group.signs)
      if (analysis::side_of(sign) == side)
        what += (what.empty() ? "" : " ") + std::visit(SignText{group}, sign);
    if (what.empty()) continue;
    warnings.push_back({.what = what + said_of_extending(report, group),
                        .advice = advice_for(report, group, side)});
  }
}

void warn_of_group(const RunReport& report, const GroupReport& group,
                   std::vector<Warning>& warnings) {
  const bool is_flat =
      !group.response.budgets.empty() &&
      group.response.budgets.back().best.identification == analysis::Identification::flat;
  if (is_flat)
    warnings.push_back(
        {.what = fmt::format("The scores of {} do not tell learning rates apart.", group.name),
         .advice = report.more_trials
                       ? more_text(fmt::format("schedule.trials={}", report.more_trials->number),
                                   report.more_trials->steps)
                       : "Try more trials, more heldout rows, or a wider range of learning_rate."});
  warn_of_range(report, group, warnings);
}

// That scores rise up to the last rung a group reached is no news where the run could have gone
// further.
void warn_of_improvement(const RunReport& report, std::vector<Warning>& warnings) {
  std::vector<std::string> groups;
  Steps from = 0;
  for (const GroupReport& group : report.rates.groups) {
    if (is_beaten(report.rates, group)) continue;
    for (const Edge& edge : group.edges) {
      const auto* improving = std::get_if<analysis::StillImproving>(&edge);
      if (improving == nullptr || improving->to != report.plan.max_steps) continue;
      from = std::max(from, improving->from);
      // No rows were scored in a simulated run, hence no error.
      const std::string error =
          improving->standard_error > 0
              ? fmt::format(" ± {}", decimals_text(100 * improving->standard_error, 1))
              : "";
      groups.push_back(fmt::format("{} (by {} points{})", group.name,
                                   decimals_text(100 * improving->gain, 1), error));
    }
  }
  if (groups.empty()) return;
  warnings.push_back(
      {.what =
           fmt::format("The best score still rises from {} to {} steps for {}, so more steps may "
                       "pay.",
                       steps_text(from), steps_text(report.plan.max_steps), list_text(groups)),
       .advice = report.more_steps
                     ? more_text(fmt::format("schedule.max_steps={}", report.more_steps->number),
                                 report.more_steps->steps)
                     : new_run_text(fmt::format("schedule.max_steps={}", 3 * report.plan.max_steps),
                                    3 * report.board.steps_spent)});
}

void warn_of_audit(const RunReport& report, std::vector<Warning>& warnings) {
  if (!report.audit || report.audit->better_than_best.count == 0) return;
  const analysis::CountedShare& missed = report.audit->better_than_best;
  warnings.push_back(
      {.what = fmt::format("Of {} audited trials that pruning would have ended, {} came out better "
                           "than everything it kept.",
                           missed.of, missed.count),
       .advice = "Raise min_steps or lower eta, so that trials are judged later."});
}

// Why there are fewer trials than the plan allows.
void warn_of_space(const RunReport& report, std::vector<Warning>& warnings) {
  if (!report.is_exhausted) return;
  const std::size_t all = report.paths.size();
  const bool is_whole = !report.board.extensions.empty() || report.configurations == all;
  const std::string advice = "Widen [space] for more trials.";
  if (is_whole)
    warnings.push_back({.what = all == 1
                                    ? "The space has only one configuration; it was tried once."
                                    : fmt::format("The space has only {} different "
                                                  "configurations; each was tried once.",
                                                  all),
                        .advice = advice});
  else
    warnings.push_back(
        {.what = fmt::format("The search ended after {} trials: it met no configuration any more "
                             "that it had not tried.",
                             all),
         .advice = advice});
}

}  // namespace

std::vector<Warning> warnings_of(const RunReport& report) {
  std::vector<Warning> warnings;
  if (!report.board.finished)
    warnings.push_back({.what = "The run is not finished, so all of this may still change.",
                        .advice = "Go on with the command it was started with."});
  warn_of_trials(report, warnings);
  if (!is_at_chance(report.board)) {  // else there is nothing that the scores could support
    for (const GroupReport& group : report.rates.groups)
      if (!is_beaten(report.rates, group)) warn_of_group(report, group, warnings);
    warn_of_improvement(report, warnings);
    warn_of_audit(report, warnings);
  }
  warn_of_space(report, warnings);
  return warnings;
}

}  // namespace stepladder::report
