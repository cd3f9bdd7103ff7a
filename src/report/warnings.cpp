// What may make the answer wrong, and what to do about it.
#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "stepladder/plot/axis.hpp"
#include "words.hpp"

namespace stepladder::report {

using plot::decimals_text;
using plot::number_text;
using plot::steps_text;

namespace {

using analysis::Side;

std::string wider(Side side, double bound) {
  return side == Side::high ? fmt::format("Raise the maximum of learning_rate from {} to {}.",
                                          bound_text(bound), bound_text(10 * bound))
                            : fmt::format("Lower the minimum of learning_rate from {} to {}.",
                                          bound_text(bound), bound_text(bound / 10));
}

Warning at_bound(const GroupReport& group, const analysis::BestAtBound& edge) {
  return {.what = fmt::format("The best rate for {} may lie {} the range searched: its interval {} "
                              "comes up to the bound {}.",
                              group.name, edge.side == Side::high ? "above" : "below",
                              interval_text(edge.best_rate_95), bound_text(edge.bound)),
          .advice = wider(edge.side, edge.bound)};
}

Warning crowded(const GroupReport& group, const analysis::Crowded& edge) {
  const std::string who = edge.of_best_three > 1
                              ? fmt::format("{} of the best three trials", edge.of_best_three)
                              : std::string("The best trial");
  return {.what = fmt::format("{} of {} at {} steps {} in the outer tenth of the range, at the {} "
                              "bound {}.",
                              who, group.name, steps_text(edge.steps),
                              edge.of_best_three > 1 ? "lie" : "lies",
                              edge.side == Side::high ? "upper" : "lower", bound_text(edge.bound)),
          .advice = wider(edge.side, edge.bound)};
}

Warning no_divergence(const GroupReport& group, const analysis::NoDivergence& edge) {
  return {.what = fmt::format("No trial of {} diverged up to rate {}, and high rates do not score "
                              "worse yet: still higher ones may be better.",
                              group.name, number_text(edge.highest_rate)),
          .advice = wider(Side::high, group.range.max)};
}

std::size_t count_of(const RunReport& report, schedule::TrialStatus status) {
  return static_cast<std::size_t>(
      std::count_if(report.paths.begin(), report.paths.end(),
                    [status](const TrialPath& path) { return path.status == status; }));
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

// That nothing diverged is no news where the highest rates are known to be too high.
bool is_known_from_above(const GroupReport& group) {
  if (group.response.budgets.empty()) return false;
  const analysis::BestRate& best = group.response.budgets.back().best;
  return best.identification == analysis::Identification::at_lower_bound ||
         (best.is_identified() && best.rate.interval_95.high < 0.99 * group.range.max);
}

// That the run has been here before, and where that had to end.
std::string said_of_extensions(const RunReport& report) {
  const auto& extensions = report.board.extensions;
  if (extensions.empty()) return "";
  schedule::Hyperband::Extended all = extensions.front();
  all.to = extensions.back().to;
  const double most = report.plan.extend_range_max * 0.99;
  const bool is_at_cap = all.to.max >= all.from.max * most || all.to.min <= all.from.min / most;
  return fmt::format(" The range was extended {} already{}.", extension_text(all),
                     is_at_cap ? fmt::format(", as far as extend_range_max = {} allows",
                                             bound_text(report.plan.extend_range_max))
                               : std::string());
}

void warn_of_group(const RunReport& report, const GroupReport& group,
                   std::vector<Warning>& warnings) {
  const bool is_flat =
      !group.response.budgets.empty() &&
      group.response.budgets.back().best.identification == analysis::Identification::flat;
  if (is_flat)
    warnings.push_back(
        {.what = fmt::format("The scores of {} do not tell learning rates apart.", group.name),
         .advice = "Try more trials, more heldout rows, or a wider range of learning_rate."});
  const std::size_t first = warnings.size();
  for (const analysis::Edge& edge : group.edges) {
    const auto* bound = std::get_if<analysis::BestAtBound>(&edge);
    if (bound != nullptr && !is_flat) warnings.push_back(at_bound(group, *bound));
    if (const auto* crowd = std::get_if<analysis::Crowded>(&edge))
      warnings.push_back(crowded(group, *crowd));
    const auto* quiet = std::get_if<analysis::NoDivergence>(&edge);
    if (quiet != nullptr && !quiet->scores_turn && !is_known_from_above(group))
      warnings.push_back(no_divergence(group, *quiet));
  }
  for (std::size_t i = first; i < warnings.size(); ++i)
    warnings[i].what += said_of_extensions(report);
}

// That scores rise up to the last rung a group reached is no news where the run could have gone
// further.
void warn_of_improvement(const RunReport& report, std::vector<Warning>& warnings) {
  std::vector<std::string> groups;
  Steps from = 0;
  for (const GroupReport& group : report.groups)
    for (const analysis::Edge& edge : group.edges) {
      const auto* improving = std::get_if<analysis::StillImproving>(&edge);
      if (improving == nullptr || improving->to != report.plan.max_steps) continue;
      from = std::max(from, improving->from);
      // No rows were scored in a simulated run, hence no error.
      const std::string error =
          improving->standard_error > 0
              ? fmt::format(" ± {}", decimals_text(100 * improving->standard_error, 1))
              : "";
      groups.push_back(fmt::format("{} (by {} points{})", group.name,
                                   decimals_text(100 * improving->accuracy_gain, 1), error));
    }
  if (groups.empty()) return;
  warnings.push_back(
      {.what =
           fmt::format("The best score still rises from {} to {} steps for {}, so more steps may "
                       "pay.",
                       steps_text(from), steps_text(report.plan.max_steps), list_text(groups)),
       .advice = fmt::format("Raise max_steps to {}.", steps_text(3 * report.plan.max_steps))});
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

}  // namespace

std::vector<Warning> warnings_of(const RunReport& report) {
  std::vector<Warning> warnings;
  if (!report.board.finished)
    warnings.push_back({.what = "The run is not finished, so all of this may still change.",
                        .advice = "Go on with the command it was started with."});
  warn_of_trials(report, warnings);
  for (const GroupReport& group : report.groups) warn_of_group(report, group, warnings);
  warn_of_improvement(report, warnings);
  warn_of_audit(report, warnings);
  return warnings;
}

}  // namespace stepladder::report
