// A run of the real scheduler in virtual time over the noisy quadratic, as observations.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "stepladder/analysis/observation.hpp"
#include "stepladder/schedule/hyperband.hpp"
#include "stepladder/simulation/noisy_quadratic.hpp"
#include "stepladder/simulation/virtual_run.hpp"
#include "trial/two_metrics.hpp"

namespace stepladder::analysis {

struct OracleRun {
  simulation::NoisyQuadratic problem = simulation::NoisyQuadratic::power_law(100, 2, 1);
  simulation::RateShape shape = simulation::RateShape::constant;
  simulation::QuadraticNoise noise = {};
  double rate_min = 1e-3;
  double rate_max = 3;
  std::int64_t trials = 60;
  Steps min_steps = 100;
  Steps max_steps = 2700;
  search::Method method = search::Method::sobol;
};

inline std::vector<Observation> observe(const OracleRun& run, Seed seed) {
  const schedule::Plan plan{.mode = schedule::Mode::asha,
                            .eta = 3,
                            .min_steps = run.min_steps,
                            .max_steps = run.max_steps,
                            .trials = run.trials,
                            .metrics = by_loss()};
  const SearchSpace space{{Hyperparameter{
      .name = "learning_rate",
      .domain = Range{.min = run.rate_min, .max = run.rate_max, .scale = Scale::log}}}};
  schedule::Hyperband scheduler(plan, search::Sampler(space, seed, {.method = run.method}));

  std::vector<Observation> observations;
  std::map<LeaseId, Assignment> leases;
  const fleet::Record record = [&](std::span<const wire::Entry> entries) {
    for (const wire::Entry& entry : entries) {
      const auto* report = std::get_if<schedule::Reported>(&entry.event.what);
      if (report != nullptr && leases.contains(report->lease)) {
        const Assignment& assignment = leases.at(report->lease);
        Observation observation{
            .trial = assignment.trial,
            .group = "sgd, constant",
            .learning_rate = std::get<double>(*assignment.configuration.find("learning_rate")),
            .steps = assignment.to};
        if (const auto* score = std::get_if<Score>(&report->outcome)) observation.score = *score;
        if (const auto* diverged = std::get_if<Diverged>(&report->outcome))
          observation.diverged_at = diverged->at;
        if (assignment.part == Part::prune) observations.push_back(observation);
      }
      for (const schedule::Command& command : entry.commands)
        if (const auto* assign = std::get_if<schedule::Assign>(&command))
          leases[assign->assignment.lease] = assign->assignment;
    }
  };
  static_cast<void>(simulation::run_in_virtual_time(
      scheduler, simulation::quadratic_workload(run.problem, run.shape, run.noise, seed),
      {.workers = 4, .seed = seed}, record));
  std::map<TrialId, Steps> furthest;
  for (const Observation& observation : observations)
    furthest[observation.trial] = std::max(furthest[observation.trial], observation.steps);
  for (Observation& observation : observations)
    observation.promoted = furthest[observation.trial] > observation.steps;
  return observations;
}

}  // namespace stepladder::analysis
