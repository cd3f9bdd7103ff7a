#include "stepladder/report/rate_report.hpp"

#include <algorithm>
#include <cmath>

#include "stepladder/analysis/signs.hpp"
#include "stepladder/record/groups.hpp"
#include "stepladder/report/words.hpp"

namespace stepladder::report {
namespace {

using analysis::Observation;

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
  IsoScore iso{.measure = round_measure_above(at.score.value, response.metrics.first())};
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

GroupReport group_report(const record::RateEvidence& evidence, const record::GroupName& name,
                         const std::string& label) {
  const std::vector<Observation> own = analysis::of_group(evidence.observations, name.words);
  const analysis::RateRange range = with_tried(evidence.searched, own);
  GroupReport group{.name = name.words,
                    .label = label,
                    .optimizer = name.optimizer,
                    .policy = name.policy,
                    .range = range};
  group.response =
      analysis::respond(own, {.metrics = evidence.metrics, .range = range, .seed = evidence.seed});
  std::optional<analysis::Interval> best_rate;
  if (!group.response.budgets.empty())
    best_rate = group.response.budgets.back().best.rate.interval_95;
  if (range.max > range.min)
    group.edges = analysis::edges_of(own, range, evidence.metrics, best_rate);
  group.signs = analysis::signs_of(group.edges, group.response);
  if (group.response.surface) group.map = map_of(*group.response.surface);
  group.iso = iso_of(group.response);
  return group;
}

// The best score known of a group: of those that got furthest.
bool leads(const GroupReport& a, const GroupReport& b) {
  if (a.response.budgets.empty() || b.response.budgets.empty())
    return !a.response.budgets.empty() && b.response.budgets.empty();
  const analysis::AtBudget& of_a = a.response.budgets.back();
  const analysis::AtBudget& of_b = b.response.budgets.back();
  return of_a.steps != of_b.steps ? of_a.steps > of_b.steps : of_a.score.value < of_b.score.value;
}

record::RateEvidence pooled(const std::vector<record::RateEvidence>& runs) {
  record::RateEvidence all = runs.front();
  std::vector<std::vector<Observation>> observations;
  observations.reserve(runs.size());
  for (const record::RateEvidence& run : runs) {
    observations.push_back(run.observations);
    if (run.searched.min > 0) {
      all.searched.min = std::min(all.searched.min, run.searched.min);
      all.searched.max = std::max(all.searched.max, run.searched.max);
    }
    for (const record::GroupName& group : run.groups)
      if (std::find(all.groups.begin(), all.groups.end(), group) == all.groups.end())
        all.groups.push_back(group);
  }
  all.observations = analysis::pooled(observations);
  return all;
}

}  // namespace

RateReport make_rate_report(const record::RateEvidence& evidence) {
  RateReport report{.metric = evidence.metrics.first()};
  const std::vector<std::string> labels = record::labels_of(evidence.groups);
  std::vector<analysis::Response> responses;
  for (std::size_t i = 0; i < evidence.groups.size(); ++i) {
    report.groups.push_back(group_report(evidence, evidence.groups[i], labels[i]));
    if (report.groups.back().response.surface) responses.push_back(report.groups.back().response);
  }
  report.comparisons = analysis::compare(responses, evidence.seed);
  return report;
}

RateReport make_rate_report(const std::vector<record::RateEvidence>& runs) {
  RateReport report = make_rate_report(pooled(runs));
  std::stable_sort(report.groups.begin(), report.groups.end(), leads);
  return report;
}

}  // namespace stepladder::report
