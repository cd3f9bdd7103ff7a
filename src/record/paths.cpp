#include "stepladder/record/paths.hpp"

#include <algorithm>

#include "stepladder/record/groups.hpp"

namespace stepladder::record {
namespace {

std::optional<double> rate_of(const Configuration& configuration) {
  const Value* value = configuration.find("learning_rate");
  if (value == nullptr) return std::nullopt;
  double rate = 0;
  if (const auto* real = std::get_if<double>(value)) rate = *real;
  if (const auto* whole = std::get_if<std::int64_t>(value)) rate = static_cast<double>(*whole);
  return rate > 0 ? std::optional(rate) : std::nullopt;
}

}  // namespace

std::vector<TrialPath> paths_of(const schedule::Hyperband& scheduler, const History& history) {
  std::vector<TrialPath> paths;
  for (std::size_t i = 0; i < scheduler.trials().size(); ++i) {
    const TrialId trial{static_cast<std::uint32_t>(i)};
    const Configuration configuration = scheduler.configuration(trial);
    paths.push_back({.trial = trial,
                     .status = scheduler.status(trial),
                     .bracket = scheduler.trials()[i].bracket,
                     .group = group_of(configuration).words,
                     .learning_rate = rate_of(configuration),
                     .is_audited = scheduler.is_audited(trial),
                     .aim = history.aim(trial)});
  }
  for (const ScoredPoint& point : history.points())
    paths[point.trial.value].stops.push_back({.steps = point.steps, .score = point.score});
  for (const DivergedPoint& point : history.divergences())
    paths[point.trial.value].stops.push_back({.steps = point.steps, .diverged_at = point.at});
  for (TrialPath& path : paths)
    std::stable_sort(path.stops.begin(), path.stops.end(),
                     [](const Stop& a, const Stop& b) { return a.steps < b.steps; });
  return paths;
}

std::vector<TrialPath> sample_of(const std::vector<TrialPath>& paths,
                                 const schedule::Hyperband& scheduler) {
  if (paths.size() <= kTrialsReadMax) return paths;
  std::vector<std::size_t> begins = {0};
  for (const auto& extended : scheduler.extensions())
    begins.push_back(std::min<std::size_t>(extended.first.value, paths.size()));
  begins.push_back(paths.size());
  std::vector<TrialPath> sample;
  for (std::size_t i = 0; i + 1 < begins.size(); ++i) {
    const std::size_t share = (begins[i + 1] - begins[i]) * kTrialsReadMax / paths.size();
    const auto first = paths.begin() + static_cast<std::ptrdiff_t>(begins[i]);
    sample.insert(sample.end(), first, first + static_cast<std::ptrdiff_t>(share));
  }
  return sample;
}

}  // namespace stepladder::record
