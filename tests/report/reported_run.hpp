// A run in virtual time over the noisy quadratic, whose best rate is known, with everything a
// report is made from.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "stepladder/advice/answer.hpp"
#include "stepladder/report/run_report.hpp"
#include "stepladder/simulation/noisy_quadratic.hpp"
#include "stepladder/simulation/virtual_run.hpp"
#include "trial/two_metrics.hpp"

namespace stepladder::report {

inline SearchSpace rates_and(std::vector<Hyperparameter> others) {
  SearchSpace space{
      .hyperparameters = {{"learning_rate", Range{.min = 1e-3, .max = 10, .scale = Scale::log}}}};
  for (Hyperparameter& other : others) space.hyperparameters.push_back(std::move(other));
  return space;
}

inline Hyperparameter choice(const std::string& name, const std::vector<std::string>& words) {
  Choices choices;
  for (const std::string& word : words) choices.values.emplace_back(word);
  return {name, choices};
}

inline schedule::Plan ladder(std::int64_t trials) {
  return {.eta = 3, .min_steps = 10, .max_steps = 270, .trials = trials, .metrics = by_loss()};
}

inline simulation::Training always(Outcome outcome) {
  return [outcome](const Assignment&) {
    return simulation::Trained{.outcome = outcome, .duration = 1};
  };
}

struct ReportedRun {
  SearchSpace space;
  std::string name = "small";
  wire::PartRows rows{.train = 5000, .prune = 1000, .final = 1000, .test = 2000};
  schedule::Hyperband scheduler;
  record::History history;
  record::Timeline timeline;

  ReportedRun(SearchSpace given, const schedule::Plan& plan, Seed seed = Seed{1},
              search::Settings settings = {})
      : space(std::move(given)),
        scheduler(plan, search::Sampler(space, seed, std::move(settings))) {}

  void add(const wire::Entry& entry) {
    history.add(entry);
    timeline.add(entry);
  }
  // To its end.
  void go(simulation::Training workload, std::uint32_t workers = 3) {
    const simulation::VirtualRun over =
        simulation::run_in_virtual_time(scheduler, std::move(workload),
                                        {.workers = workers,
                                         .judge =
                                             [this](const schedule::Hyperband& state) {
                                               return advice::answer(state, history, rows.final);
                                             }},
                                        [this](std::span<const wire::Entry> entries) {
                                          for (const wire::Entry& entry : entries) add(entry);
                                        });
    EXPECT_GT(over.events, 0U);
  }
  void go(std::uint32_t workers = 3) {
    go(simulation::quadratic_workload(simulation::NoisyQuadratic::power_law(50, 1, 1),
                                      simulation::RateShape::constant,
                                      {.heldout = 0.01, .trial = 0.01}, Seed{5}),
       workers);
  }
  [[nodiscard]] RunReport report() const {
    return make_run_report({.name = name,
                            .rows = rows,
                            .seed = Seed{1},
                            .scheduler = scheduler,
                            .history = history,
                            .timeline = timeline});
  }
};

}  // namespace stepladder::report
