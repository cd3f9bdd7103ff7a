#include "stepladder/report/run_report.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/core.h>

#include "sentences.hpp"
#include "stepladder/record/evidence.hpp"
#include "stepladder/record/groups.hpp"
#include "stepladder/report/words.hpp"
#include "stepladder/simulation/virtual_run.hpp"
#include "warnings.hpp"

namespace stepladder::report {
namespace {

using analysis::Observation;

RangeAnswer range_answer_of(const RunRecord& record) {
  if (!record.scheduler.plan().extend_range) return RangeAnswer::not_wanted;
  if (record.history.is_range_kept()) return RangeAnswer::kept;
  return record.scheduler.finished() ? RangeAnswer::never_asked : RangeAnswer::not_asked_yet;
}

std::vector<RungReport> rungs_of(const schedule::Hyperband& scheduler,
                                 const std::vector<record::TrialPath>& paths) {
  std::vector<RungReport> rungs;
  for (std::size_t b = 0; b < scheduler.brackets().size(); ++b)
    for (const schedule::Rung& rung : scheduler.brackets()[b].rungs()) {
      RungReport row{.bracket = b, .steps = rung.level(), .entries = rung.entries().size()};
      std::optional<Standing> best;
      for (const schedule::Rung::Entry& entry : rung.entries()) {
        if (entry.standing.failed) ++row.failed;
        if (entry.promoted) ++row.promoted;
        if (!entry.standing.failed && (!best || entry.standing < *best)) best = entry.standing;
      }
      if (best)
        for (const record::Stop& stop : paths[best->trial.value].stops)
          if (stop.steps == row.steps) row.best = stop.score;
      rungs.push_back(row);
    }
  return rungs;
}

// Where most trials have a score: there they are least selected.
std::optional<ImportanceReport> importance_in(const RunRecord& record, const RunReport& report,
                                              const std::vector<record::TrialPath>& read) {
  std::map<Steps, std::vector<analysis::ScoredConfiguration>> by_steps;
  for (const record::TrialPath& path : read)
    for (const record::Stop& stop : path.stops)
      if (stop.score)
        by_steps[stop.steps].push_back(
            {.configuration = record.scheduler.configuration(path.trial),
             .score = std::log(std::max(measure_of(*stop.score, report.board.metrics), 1e-6))});
  if (by_steps.empty()) return std::nullopt;
  const auto most = std::max_element(
      by_steps.begin(), by_steps.end(),
      [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
  ImportanceReport result{.steps = most->first,
                          .importance = analysis::importance_of(record.scheduler.sampler().space(),
                                                                most->second, record.seed)};
  return result.importance.alone.empty() ? std::nullopt : std::optional(std::move(result));
}

// Of the best at the largest budget at which at least two were scored.
std::optional<analysis::Optimism> optimism_in(const RunReport& report) {
  const auto share = report.board.metrics.share();
  if (!share) return std::nullopt;
  std::map<Steps, std::vector<double>> by_steps;
  for (const record::TrialPath& path : report.paths)
    for (const record::Stop& stop : path.stops)
      if (stop.score) by_steps[stop.steps].push_back((*stop.score)[*share]);
  std::erase_if(by_steps, [](const auto& scored) { return scored.second.size() < 2; });
  if (by_steps.empty()) return std::nullopt;
  const std::vector<double>& shares = by_steps.rbegin()->second;
  const double best = *std::max_element(shares.begin(), shares.end());
  return analysis::expected_optimism(shares,
                                     analysis::standard_error(best, report.board.rows.prune));
}

std::vector<Steps> budgets_in(const schedule::Hyperband& scheduler) {
  std::set<Steps> budgets;
  for (const schedule::Bracket& bracket : scheduler.brackets())
    for (const schedule::Rung& rung : bracket.rungs()) budgets.insert(rung.level());
  return {budgets.begin(), budgets.end()};
}

constexpr std::size_t kTrialsToAsk = 5'000;  // of more trials the answer would take seconds

std::optional<Offer> offer(const RunRecord& record, const schedule::Plan& plan,
                           std::int64_t number) {
  if (!record.scheduler.chosen() || !record.scheduler.finished()) return std::nullopt;
  if (record.scheduler.trials().size() > kTrialsToAsk) return std::nullopt;
  try {
    const auto growth = schedule::growth_to(record.scheduler.plan(), plan);
    const auto steps = growth ? simulation::steps_of(*growth, record.scheduler) : std::nullopt;
    if (steps) return Offer{.number = number, .steps = *steps};
  } catch (const schedule::PlanError&) {
    // Such as a policy that was planned for the old length.
  }
  return std::nullopt;
}

std::optional<Offer> offer_of_trials(const RunRecord& record) {
  schedule::Plan plan = record.scheduler.plan();
  if (plan.trials == 0) return std::nullopt;
  plan.trials *= 2;
  return offer(record, plan, plan.trials);
}

std::optional<Offer> offer_of_steps(const RunRecord& record) {
  schedule::Plan plan = record.scheduler.plan();
  plan.max_steps *= 3;
  return offer(record, plan, plan.max_steps);
}

}  // namespace

RunReport make_run_report(const RunRecord& record) {
  RunReport report{
      .board = record::make_leaderboard(record.name, record.rows, record.scheduler, record.history),
      .plan = record.scheduler.plan(),
      .budgets = budgets_in(record.scheduler),
      .paths = record::paths_of(record.scheduler, record.history),
      .range_answer = range_answer_of(record),
      .is_exhausted = record.scheduler.is_exhausted(),
      .configurations = record.scheduler.sampler().configurations(),
      .rungs = {},
      .workers = record.timeline.stretches()};
  const std::vector<record::TrialPath> read = record::sample_of(report.paths, record.scheduler);
  report.trials_read = read.size();
  report.rungs = rungs_of(record.scheduler, report.paths);
  const record::RateEvidence evidence =
      record::rate_evidence_of(report.board, record.scheduler, report.paths, read);
  const std::vector<Observation>& observations = evidence.observations;
  report.searched = evidence.searched;
  report.rates = make_rate_report(evidence);
  report.audit = analysis::audit_pruning(observations, report.plan.eta, report.plan.metrics);
  report.agreements = analysis::agreement_of_rungs(observations, report.plan.metrics, record.seed);
  report.optimism = optimism_in(report);
  report.importance = importance_in(record, report, read);
  report.more_trials = offer_of_trials(record);
  report.more_steps = offer_of_steps(record);
  report.warnings = warnings_of(report);
  report.answer = sentences_of(report);
  report.board.answer = first_sentences(report, 3);
  return report;
}

std::string to_text(const RunReport& report) {
  std::string text;
  for (const std::string& sentence : report.answer) text += wrapped(sentence) + '\n';
  for (const Warning& warning : report.warnings)
    text += wrapped(fmt::format("But: {} {}", warning.what, warning.advice)) + '\n';
  return report.answer.empty() ? text : text + notation_text(report.board.metrics) + '\n';
}

}  // namespace stepladder::report
