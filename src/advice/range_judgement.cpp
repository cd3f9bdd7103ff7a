#include "stepladder/advice/range_judgement.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "stepladder/analysis/signs.hpp"
#include "stepladder/record/evidence.hpp"
#include "stepladder/record/groups.hpp"
#include "stepladder/record/paths.hpp"

namespace stepladder::advice {
namespace {

using analysis::RateRange;

RateRange rates(const Range& range) { return {.min = range.min, .max = range.max}; }

// Four digits are enough for a bound, and are read more easily.
double rounded(double bound) {
  const double unit = std::pow(10.0, std::floor(std::log10(bound)) - 3);
  return std::stod(std::to_string(std::llround(bound / unit)) + 'e' +
                   std::to_string(static_cast<int>(std::floor(std::log10(bound))) - 3));
}

Range first_range(const schedule::Hyperband& scheduler) {
  return scheduler.extensions().empty() ? *scheduler.sampler().extendable(schedule::kExtendedName)
                                        : scheduler.extensions().front().from;
}

// Of the run's beginning, before any extension.
std::int64_t first_trials(const schedule::Hyperband& scheduler) {
  if (scheduler.extensions().empty()) return scheduler.trials_max();
  return scheduler.extensions().front().first.value;
}

// Of the run's beginning, in a factor of e.
double density(const schedule::Hyperband& scheduler) {
  const Range first = first_range(scheduler);
  return static_cast<double>(first_trials(scheduler)) / std::log(first.max / first.min);
}

RateRange wider(const schedule::Hyperband& scheduler, const record::History& history) {
  const schedule::Plan& plan = scheduler.plan();
  const RateRange range = rates(*scheduler.sampler().extendable(schedule::kExtendedName));
  const Range first = first_range(scheduler);
  const RateRange cap{.min = first.min / plan.extend_range_max,
                      .max = first.max * plan.extend_range_max};
  const auto observations = record::observations_of(
      record::sample_of(record::paths_of(scheduler, history), scheduler), scheduler, {});
  const auto leaders = scheduler.leaders(1);
  if (leaders.empty()) {
    const bool did_all_diverge =
        !observations.empty() &&
        std::all_of(observations.begin(), observations.end(),
                    [](const analysis::Observation& seen) { return seen.diverged_at.has_value(); });
    if (!did_all_diverge) return range;
    return {.min = std::min(range.min, std::max(range.min / 10, cap.min)), .max = range.max};
  }
  const auto own = analysis::of_group(
      observations, record::group_of(scheduler.configuration(leaders.front().trial)).words);
  const analysis::Response response = analysis::respond(
      own, {.metrics = plan.metrics, .range = range, .seed = scheduler.sampler().seed()});
  std::optional<analysis::Interval> best;
  if (!response.budgets.empty()) best = response.budgets.back().best.rate.interval_95;
  const auto edges = analysis::edges_of(own, range, plan.metrics, best);
  return analysis::extended(range, analysis::signs_of(edges, response), cap);
}

}  // namespace

schedule::Answer judge_range(const schedule::Hyperband& scheduler, const record::History& history) {
  const Range before = *scheduler.sampler().extendable(schedule::kExtendedName);
  const RateRange after = wider(scheduler, history);
  if (after == rates(before)) return schedule::RangeKept{};
  search::Extension extension{.name = schedule::kExtendedName,
                              .min = after.min < before.min ? rounded(after.min) : before.min,
                              .max = after.max > before.max ? rounded(after.max) : before.max};
  const double added = std::log(before.min / extension.min) + std::log(extension.max / before.max);
  const auto even = static_cast<std::int64_t>(std::ceil(added * density(scheduler)));
  const std::int64_t most = std::max(kTrialsMin, first_trials(scheduler));
  extension.trials = scheduler.sampler().whole(extension.name, std::clamp(even, kTrialsMin, most));
  if (!scheduler.sampler().may_extend(extension)) return schedule::RangeKept{};
  return schedule::RangeExtended{std::move(extension)};
}

std::int64_t trials_of_extensions(const schedule::Hyperband& scheduler) {
  const schedule::Plan& plan = scheduler.plan();
  if (!plan.extend_range) return 0;
  const double width = std::log(plan.extend_range_max);
  const auto times = static_cast<std::int64_t>(std::ceil(width / std::log(10.0) - 1e-9));
  const auto even = static_cast<std::int64_t>(std::ceil(2 * width * density(scheduler)));
  return std::clamp(even, 2 * times * kTrialsMin,
                    2 * times * std::max(kTrialsMin, first_trials(scheduler)));
}

}  // namespace stepladder::advice
