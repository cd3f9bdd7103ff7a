#include "stepladder/report/run_report.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/core.h>

#include "evidence.hpp"
#include "groups.hpp"
#include "words.hpp"

namespace stepladder::report {
namespace {

using analysis::Measure;
using analysis::Observation;

// Best first: by the best of their trials that got furthest.
std::vector<GroupName> groups_in(const RunRecord& record, const Leaderboard& board,
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
    GroupName name = group_of(record.scheduler.configuration(entry->trial));
    if (std::find(groups.begin(), groups.end(), name) == groups.end())
      groups.push_back(std::move(name));
  }
  return groups;
}

MapGrid map_of(const analysis::Surface& surface) {
  constexpr std::size_t kRates = 44;
  constexpr std::size_t kSteps = 30;
  const analysis::Interval rates = surface.rates();
  const auto first = static_cast<double>(surface.budgets().front());
  const auto last = static_cast<double>(surface.budgets().back());
  const auto between = [](double low, double high, std::size_t i, std::size_t count) {
    return low * std::pow(high / low, static_cast<double>(i) / static_cast<double>(count - 1));
  };
  MapGrid map;
  for (std::size_t i = 0; i < kRates; ++i)
    map.rates.push_back(between(rates.low, rates.high, i, kRates));
  const std::size_t rows = surface.budgets().size() > 1 ? kSteps : 1;
  for (std::size_t i = 0; i < rows; ++i)
    map.steps.push_back(rows > 1 ? between(first, last, i, rows) : first);
  for (const double steps : map.steps) {
    std::vector<double>& row = map.measure.emplace_back();
    for (const double rate : map.rates)
      row.push_back(surface.at({.learning_rate = rate, .steps = steps}).value);
  }
  return map;
}

// A round score that the best rate reaches before the largest budget, and how many steps it takes
// at that rate and away from it.
std::optional<IsoScore> iso_of(const analysis::Response& response) {
  if (!response.surface || response.budgets.size() < 2) return std::nullopt;
  const analysis::AtBudget& at = response.budgets[response.budgets.size() - 2];
  IsoScore iso{.measure = round_measure_above(at.score.value, response.measure)};
  const analysis::Interval rates = response.surface->rates();
  for (const double factor : {1.0, 0.1, 0.2, 1.0 / 3}) {
    const double rate = at.best.rate.value * factor;
    if (iso.ways.size() == 2 || rate < rates.low) continue;
    const auto steps = analysis::steps_until(*response.surface, rate, iso.measure);
    if (steps) iso.ways.push_back({.learning_rate = rate, .steps = *steps});
  }
  return iso.ways.size() == 2 ? std::optional(iso) : std::nullopt;
}

// Configurations to try first may lie outside the range.
analysis::RateRange with_tried(analysis::RateRange range, const std::vector<Observation>& tried) {
  if (!(range.min > 0)) return range;
  for (const Observation& observation : tried) {
    range.min = std::min(range.min, observation.learning_rate);
    range.max = std::max(range.max, observation.learning_rate);
  }
  return range;
}

RangeAnswer range_answer_of(const RunRecord& record) {
  if (!record.scheduler.plan().extend_range) return RangeAnswer::not_wanted;
  if (record.history.is_range_kept()) return RangeAnswer::kept;
  return record.scheduler.finished() ? RangeAnswer::never_asked : RangeAnswer::not_asked_yet;
}

std::vector<GroupReport> group_reports(const RunRecord& record, const RunReport& report,
                                       const std::vector<Observation>& observations) {
  const std::vector<GroupName> names = groups_in(record, report.board, report.paths);
  const std::vector<std::string> labels = labels_of(names);
  std::vector<GroupReport> groups;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::vector<Observation> own = analysis::of_group(observations, names[i].words);
    const analysis::RateRange range = with_tried(report.searched, own);
    GroupReport group{.name = names[i].words,
                      .label = labels[i],
                      .optimizer = names[i].optimizer,
                      .policy = names[i].policy,
                      .range = range};
    group.response =
        analysis::respond(own, {.measure = report.measure, .range = range, .seed = record.seed});
    std::optional<analysis::Interval> best_rate;
    if (!group.response.budgets.empty())
      best_rate = group.response.budgets.back().best.rate.interval_95;
    if (range.max > range.min)
      group.edges = analysis::edges_of(own, range, report.plan.metric, best_rate);
    group.signs = analysis::signs_of(group.edges, group.response);
    if (group.response.surface) group.map = map_of(*group.response.surface);
    group.iso = iso_of(group.response);
    groups.push_back(std::move(group));
  }
  return groups;
}

std::vector<RungReport> rungs_of(const schedule::Hyperband& scheduler,
                                 const std::vector<TrialPath>& paths) {
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
        for (const Stop& stop : paths[best->trial.value].stops)
          if (stop.steps == row.steps) row.best = stop.score;
      rungs.push_back(row);
    }
  return rungs;
}

// Where most trials have a score: there they are least selected.
std::optional<ImportanceReport> importance_in(const RunRecord& record, const RunReport& report,
                                              const std::vector<TrialPath>& read) {
  std::map<Steps, std::vector<analysis::ScoredConfiguration>> by_steps;
  for (const TrialPath& path : read)
    for (const Stop& stop : path.stops)
      if (stop.score)
        by_steps[stop.steps].push_back(
            {.configuration = record.scheduler.configuration(path.trial),
             .score = std::log(std::max(measure_of(*stop.score, report.measure), 1e-6))});
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
  std::map<Steps, std::vector<double>> by_steps;
  for (const TrialPath& path : report.paths)
    for (const Stop& stop : path.stops)
      if (stop.score) by_steps[stop.steps].push_back(stop.score->accuracy);
  std::erase_if(by_steps, [](const auto& scored) { return scored.second.size() < 2; });
  if (by_steps.empty()) return std::nullopt;
  const std::vector<double>& accuracies = by_steps.rbegin()->second;
  const double best = *std::max_element(accuracies.begin(), accuracies.end());
  return analysis::expected_optimism(accuracies, standard_error(best, report.board.rows.prune));
}

std::vector<Steps> budgets_in(const schedule::Hyperband& scheduler) {
  std::set<Steps> budgets;
  for (const schedule::Bracket& bracket : scheduler.brackets())
    for (const schedule::Rung& rung : bracket.rungs()) budgets.insert(rung.level());
  return {budgets.begin(), budgets.end()};
}

}  // namespace

RunReport make_run_report(const RunRecord& record) {
  RunReport report{
      .board = make_leaderboard(record.name, record.rows, record.scheduler, record.history),
      .plan = record.scheduler.plan(),
      .budgets = budgets_in(record.scheduler),
      .measure = record.scheduler.plan().metric == Metric::loss ? Measure::loss : Measure::error,
      .paths = paths_of(record.scheduler, record.history),
      .searched = rate_range_of(record.scheduler.sampler().space()),
      .range_answer = range_answer_of(record),
      .rungs = {},
      .workers = record.timeline.stretches()};
  const std::vector<TrialPath> read = sample_of(report.paths, record.scheduler);
  report.trials_read = read.size();
  report.rungs = rungs_of(record.scheduler, report.paths);
  const std::vector<Observation> observations =
      observations_of(read, record.scheduler, record.rows);
  report.groups = group_reports(record, report, observations);
  std::vector<analysis::Response> responses;
  for (const GroupReport& group : report.groups)
    if (group.response.surface) responses.push_back(group.response);
  report.comparisons = analysis::compare(responses, record.seed);
  report.audit = analysis::audit_pruning(observations, report.plan.eta, report.plan.metric);
  report.agreements = analysis::agreement_of_rungs(observations, report.plan.metric, record.seed);
  report.optimism = optimism_in(report);
  report.importance = importance_in(record, report, read);
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
  return report.answer.empty() ? text : text + kNotation + '\n';
}

}  // namespace stepladder::report
