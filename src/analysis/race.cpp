#include "stepladder/analysis/race.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace stepladder::analysis {
namespace {

struct Place {
  std::size_t failures = 0;
  double mean_key = 0;  // smaller is better
};

Place place_of(const Racer& racer, const Metric& metric) {
  Place place;
  double sum = 0;
  for (const std::optional<double>& score : racer.scores) {
    if (score)
      sum += metric.key(*score);
    else
      ++place.failures;
  }
  const auto scored = static_cast<double>(racer.scores.size() - place.failures);
  place.mean_key = scored > 0 ? sum / scored : 0;
  return place;
}

bool is_ahead(const Place& a, const Place& b) {
  return a.failures != b.failures ? a.failures < b.failures : a.mean_key < b.mean_key;
}

struct Variance {
  double value = 0;
  std::optional<std::size_t> degrees{};  // of freedom; none: it is known
};

double square(double x) { return x * x; }

// Of the mean of independent values.
Variance of_mean(const std::vector<double>& values) {
  const auto count = static_cast<double>(values.size());
  double mean = 0;
  for (const double value : values) mean += value / count;
  double squares = 0;
  for (const double value : values) squares += square(value - mean);
  return {.value = squares / (count - 1) / count, .degrees = values.size() - 1};
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

// Half of an interval that misses with probability `error` at most, whatever the two variances are
// (Banerjee, "Approximate confidence interval for linear functions of means of k populations when
// the population variances are not equal", 1960).
double reach_of(const Variance& seeds, const Variance& rows, double error) {
  const auto part = [error](const Variance& variance) {
    const double quantile = variance.degrees ? student_t_quantile(1 - error / 2, *variance.degrees)
                                             : normal_quantile(1 - error / 2);
    return square(quantile) * variance.value;
  };
  return std::sqrt(part(seeds) + part(rows));
}

// Of a mean difference between two of the finalists, had all the same variance: what is left of the
// scores without the means of finalists and seeds. Seeds that somebody has no score of are left
// out.
std::optional<Variance> pooled(const std::vector<Racer>& finalists) {
  std::vector<std::size_t> seeds;
  for (std::size_t seed = 0; seed < finalists.front().scores.size(); ++seed)
    if (std::all_of(finalists.begin(), finalists.end(), [seed](const Racer& racer) {
          return seed < racer.scores.size() && racer.scores[seed];
        }))
      seeds.push_back(seed);
  if (finalists.size() < 2 || seeds.size() < 2) return std::nullopt;
  const auto count = static_cast<double>(seeds.size());
  const auto of = static_cast<double>(finalists.size());
  double all = 0;
  std::vector<double> means(finalists.size());
  std::map<std::size_t, double> of_seed;
  for (std::size_t i = 0; i < finalists.size(); ++i)
    for (const std::size_t seed : seeds) {
      const double score = *finalists[i].scores[seed];
      all += score / count / of;
      means[i] += score / count;
      of_seed[seed] += score / of;
    }
  double squares = 0;
  for (std::size_t i = 0; i < finalists.size(); ++i)
    for (const std::size_t seed : seeds)
      squares += square(*finalists[i].scores[seed] - means[i] - of_seed[seed] + all);
  const std::size_t degrees = (finalists.size() - 1) * (seeds.size() - 1);
  return Variance{.value = 2 * squares / static_cast<double>(degrees) / count, .degrees = degrees};
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
  const double reach = reach_of(of_mean(pairs.differences), *rows_part, error);
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
  // One of the two ends of an interval matters, and there are two ways to be behind.
  const double error = kRaceError / static_cast<double>(race.looks() * (race.finalists - 1));
  const std::optional<Variance> of_all = pooled(finalists);
  for (std::size_t i = 0; i < finalists.size(); ++i) {
    const Pairs pairs = pairs_of(finalists[leader], finalists[i], metric);
    if (i == leader || !of_all || pairs.differences.size() < race.rounds_min) continue;
    const double gap = spread_of(pairs.differences)->mean;
    const std::optional<Variance> rows_part = of_rows(pairs, metric, race.rows);
    const Variance own = of_mean(pairs.differences);
    const Variance with_all{.value = std::max(of_all->value, own.value),
                            .degrees = of_all->degrees};
    if (rows_part &&
        gap > std::min(reach_of(own, *rows_part, error), reach_of(with_all, *rows_part, error)))
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
