// A sampler's row of points, one by one, whether their configurations were met before or not; and
// the trials that follow from it, read slowly.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "stepladder/search/sampler.hpp"

namespace stepladder::search {

// Those to be tried first, and then `count` points, or all that a grid has. A real number beside
// them tells all points apart.
inline std::vector<Configuration> points_of(SearchSpace space, const Settings& settings, Seed seed,
                                            std::int64_t count) {
  std::vector<Configuration> points;
  const Sampler own(space, seed, settings);
  for (std::size_t i = 0; i < settings.first.size(); ++i) points.push_back(own.first(i));
  const bool is_grid = settings.method == Method::grid;
  if (!is_grid) space.hyperparameters.push_back({"beside", Range{.min = 0, .max = 1}});
  Sampler all(std::move(space), seed,
              {.method = settings.method, .grid_points = settings.grid_points});
  count = all.settle(count);
  for (std::int64_t i = 0; i < count; ++i) {
    points.push_back(all.configuration_of(TrialId{static_cast<std::uint32_t>(i)}));
    if (!is_grid) points.back().settings.pop_back();
  }
  return points;
}

inline std::vector<Configuration> without_repeats(const std::vector<Configuration>& points) {
  std::vector<Configuration> different;
  for (const Configuration& point : points)
    if (std::find(different.begin(), different.end(), point) == different.end())
      different.push_back(point);
  return different;
}

// Of at most so many trials.
inline std::vector<Configuration> trials_of(Sampler& sampler, std::int64_t most) {
  std::vector<Configuration> trials;
  const std::int64_t settled = sampler.settle(most);
  for (std::int64_t i = 0; i < settled; ++i)
    trials.push_back(sampler.configuration_of(TrialId{static_cast<std::uint32_t>(i)}));
  return trials;
}

}  // namespace stepladder::search
