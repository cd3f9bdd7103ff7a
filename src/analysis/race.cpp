#include "stepladder/analysis/race.hpp"

#include <algorithm>
#include <cmath>

namespace stepladder::analysis {
namespace {

struct Place {
  std::size_t failures = 0;
  double mean_key = 0;  // smaller is better
};

Place place_of(const Racer& racer, const Metric& metric) {
  Place place;
  double sum = 0;
  for (const std::optional<double>& score : racer.scores)
    score ? sum += metric.key(*score) : ++place.failures;
  const auto scored = static_cast<double>(racer.scores.size() - place.failures);
  place.mean_key = scored > 0 ? sum / scored : 0;
  return place;
}

bool is_ahead(const Place& a, const Place& b) {
  return a.failures != b.failures ? a.failures < b.failures : a.mean_key < b.mean_key;
}

struct Variance {
  double value = 0;
  double degrees = 1e6;  // of freedom; that many: it is known
};

double square(double x) { return x * x; }

// Of the mean of independent values.
Variance of_mean(const std::vector<double>& values) {
  const auto count = static_cast<double>(values.size());
  double mean = 0;
  for (const double value : values) mean += value / count;
  double squares = 0;
  for (const double value : values) squares += square(value - mean);
  return {.value = squares / (count - 1) / count, .degrees = count - 1};
}

// Of seeds that both have a score of.
struct Pairs {
  std::vector<double> differences;  // positive: better is better
  std::vector<double> by_group;     // their mean over the seeds; empty where that is not known
  double mean_better = 0;
  double mean_other = 0;
};

Pairs pairs_of(const Racer& better, const Racer& other, const Metric& metric) {
  Pairs pairs;
  bool has_groups = true;
  for (std::size_t seed = 0; seed < std::min(better.scores.size(), other.scores.size()); ++seed) {
    const auto& a = better.scores[seed];
    const auto& b = other.scores[seed];
    if (!a || !b) continue;
    pairs.differences.push_back(metric.key(*b) - metric.key(*a));
    pairs.mean_better += *a;
    pairs.mean_other += *b;
    has_groups = has_groups && seed < better.by_group.size() && seed < other.by_group.size() &&
                 better.by_group[seed].size() > 1 &&
                 better.by_group[seed].size() == other.by_group[seed].size();
    if (!has_groups) continue;
    pairs.by_group.resize(better.by_group[seed].size());
    for (std::size_t group = 0; group < pairs.by_group.size(); ++group)
      pairs.by_group[group] +=
          metric.key(other.by_group[seed][group]) - metric.key(better.by_group[seed][group]);
  }
  if (!has_groups) pairs.by_group.clear();
  const auto count = static_cast<double>(pairs.differences.size());
  for (double& difference : pairs.by_group) difference /= count;
  pairs.mean_better /= count;
  pairs.mean_other /= count;
  return pairs;
}

double binomial(double share, std::int64_t rows) {
  const double p = std::clamp(share, 0.0, 1.0);
  return p * (1 - p) / static_cast<double>(rows);
}

// Nothing where it is not known.
std::optional<Variance> of_rows(const Pairs& pairs, const Metric& metric, std::int64_t rows) {
  if (rows <= 0) return Variance{};
  if (!pairs.by_group.empty()) return of_mean(pairs.by_group);
  if (!metric.is_share()) return std::nullopt;
  return Variance{.value = binomial(pairs.mean_better, rows) + binomial(pairs.mean_other, rows)};
}

}  // namespace

std::size_t Race::looks() const noexcept {
  return finalists > 1 && rounds_max > rounds_min ? rounds_max - rounds_min : 0;
}

std::optional<Spread> lead(const Racer& better, const Racer& other, const Metric& metric,
                           std::int64_t rows, double error) {
  const Pairs pairs = pairs_of(better, other, metric);
  std::optional<Spread> spread = spread_of(pairs.differences, kAnyValue, error);
  if (!spread || !spread->interval_95) return spread;
  const std::optional<Variance> rows_part = of_rows(pairs, metric, rows);
  spread->interval_95.reset();
  if (!rows_part) return spread;
  const Variance seeds_part = of_mean(pairs.differences);
  const double variance = seeds_part.value + rows_part->value;
  double reach = 0;
  if (variance > 0) {
    const double degrees = square(variance) / (square(seeds_part.value) / seeds_part.degrees +
                                               square(rows_part->value) / rows_part->degrees);
    reach =
        std::sqrt(variance) *
        student_t_quantile(1 - error / 2, static_cast<std::size_t>(std::clamp(degrees, 1.0, 1e4)));
  }
  spread->interval_95 = Interval{.low = spread->mean - reach, .high = spread->mean + reach};
  return spread;
}

std::vector<std::size_t> behind_for_sure(const std::vector<Racer>& finalists, const Metric& metric,
                                         const Race& race) {
  std::vector<std::size_t> behind;
  if (race.looks() == 0) return behind;
  std::size_t leader = 0;
  for (std::size_t i = 1; i < finalists.size(); ++i)
    if (is_ahead(place_of(finalists[i], metric), place_of(finalists[leader], metric))) leader = i;
  // One of the two ends of the interval matters.
  const double error = 2 * kRaceError / static_cast<double>(race.looks() * (race.finalists - 1));
  for (std::size_t i = 0; i < finalists.size(); ++i) {
    if (i == leader) continue;
    const auto found = lead(finalists[leader], finalists[i], metric, race.rows, error);
    if (found && found->count >= race.rounds_min && found->interval_95 &&
        found->interval_95->low > 0)
      behind.push_back(i);
  }
  return behind;
}

double interval_error(const Race& race, std::size_t seeds) noexcept {
  constexpr double kAll = 0.05;
  if (race.looks() == 0) return kAll;
  return seeds < race.rounds_max ? kRaceError / static_cast<double>(race.looks())
                                 : kAll - kRaceError;
}

}  // namespace stepladder::analysis
