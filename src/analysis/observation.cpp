#include "stepladder/analysis/observation.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace stepladder::analysis {

std::optional<double> measure_of(const Metric& metric, double value) {
  if (!std::isfinite(value)) return std::nullopt;
  if (metric.is_share()) return std::max(1 - value, 1e-6);
  if (metric.direction == Direction::minimise) return std::max(value, 1e-6);
  return std::nullopt;
}

double value_of(const Metric& metric, double measure) {
  return metric.is_share() ? 1 - measure : metric.key(measure);
}

std::optional<double> measured(const Observation& observation, const Metrics& metrics) {
  if (!observation.score) return std::nullopt;
  return measure_of(metrics.first(), (*observation.score)[metrics.deciding]);
}

double effective_steps(const Observation& observation) {
  return observation.effective_steps > 0 ? observation.effective_steps
                                         : static_cast<double>(observation.steps);
}

std::vector<std::string> groups_of(const std::vector<Observation>& observations) {
  std::vector<std::string> groups;
  for (const Observation& observation : observations)
    if (std::find(groups.begin(), groups.end(), observation.group) == groups.end())
      groups.push_back(observation.group);
  return groups;
}

std::vector<Observation> of_group(const std::vector<Observation>& observations,
                                  const std::string& group) {
  std::vector<Observation> of;
  for (const Observation& observation : observations)
    if (observation.group == group) of.push_back(observation);
  return of;
}

std::vector<Observation> pooled(const std::vector<std::vector<Observation>>& runs) {
  std::vector<Observation> all;
  std::uint32_t first = 0;
  for (std::size_t run = 0; run < runs.size(); ++run) {
    std::uint32_t next = first;
    for (Observation observation : runs[run]) {
      observation.run = static_cast<std::uint32_t>(run);
      observation.trial.value += first;
      next = std::max(next, observation.trial.value + 1);
      all.push_back(std::move(observation));
    }
    first = next;
  }
  return all;
}

std::vector<Steps> budgets_of(const std::vector<Observation>& observations) {
  std::set<Steps> budgets;
  for (const Observation& observation : observations)
    if (observation.score) budgets.insert(observation.steps);
  return {budgets.begin(), budgets.end()};
}

}  // namespace stepladder::analysis
