// Observations of a made-up valley over (ln rate, ln steps), pruned at rungs as a run prunes.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "stepladder/analysis/observation.hpp"
#include "stepladder/trial/random.hpp"

namespace stepladder::analysis {

struct Synthetic {
  std::string group = "sgd";
  double best_at_100 = 0.1;  // rate
  double slope = 0;          // d ln(best rate) / d ln(steps)
  double curvature = 0.3;   // ln(loss) rises by half of this times the squared distance in ln(rate)
  double level_at_100 = 1;  // loss
  double decay = 0.3;       // the loss falls like steps^-decay
  double noise = 0.02;      // of ln(loss), a score's
  double effect = 0.02;     // of ln(loss), a trial's
  double rate_min = 1e-3;
  double rate_max = 1;
  double diverges_above = 1e9;  // rate
  std::uint32_t trials = 60;

  [[nodiscard]] double best_rate(Steps steps) const {
    return best_at_100 * std::pow(static_cast<double>(steps) / 100, slope);
  }
  [[nodiscard]] double best_loss(Steps steps) const {
    return level_at_100 * std::pow(static_cast<double>(steps) / 100, -decay);
  }
};

// Budgets 100, 300, 900, 2700; a third goes on from each. Rates are evenly spread and jittered.
inline std::vector<Observation> observe(const Synthetic& valley, Seed seed) {
  std::vector<Observation> observations;
  std::vector<std::uint32_t> alive;
  for (std::uint32_t i = 0; i < valley.trials; ++i) alive.push_back(i);
  for (const Steps steps : {100, 300, 900, 2700}) {
    std::vector<Observation> rung;
    for (const std::uint32_t trial : alive) {
      const RandomStream random(seed, Purpose::simulation, trial);
      const double place = (trial + random.uniform(0)) / valley.trials;
      const double rate = valley.rate_min * std::pow(valley.rate_max / valley.rate_min, place);
      Observation observation{
          .trial = TrialId{trial}, .group = valley.group, .learning_rate = rate, .steps = steps};
      if (rate > valley.diverges_above) {
        observation.diverged_at = steps / 2;
      } else {
        const double away = std::log(rate / valley.best_rate(steps));
        const double loss =
            valley.best_loss(steps) *
            std::exp(valley.curvature / 2 * away * away + valley.effect * random.normal(10) +
                     valley.noise * random.normal(20 + static_cast<std::uint64_t>(steps)));
        observation.score = Score{std::exp(-loss), loss};
      }
      rung.push_back(observation);
    }
    std::stable_sort(rung.begin(), rung.end(), [](const Observation& a, const Observation& b) {
      if (!a.score || !b.score) return a.score.has_value() && !b.score;
      return (*a.score)[1] < (*b.score)[1];
    });
    alive.clear();
    for (std::size_t i = 0; i < rung.size(); ++i) {
      rung[i].promoted = steps < 2700 && i < rung.size() / 3 && rung[i].score;
      if (rung[i].promoted) alive.push_back(rung[i].trial.value);
      observations.push_back(rung[i]);
    }
  }
  return observations;
}

}  // namespace stepladder::analysis
