// A run written by hand: events go to a scheduler and a history as in a real run, one second apart.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "stepladder/record/history.hpp"
#include "stepladder/record/leaderboard.hpp"
#include "stepladder/schedule/hyperband.hpp"
#include "trial/two_metrics.hpp"

namespace stepladder::record {

struct SmallRun {
  schedule::Plan plan{.eta = 2, .min_steps = 10, .max_steps = 40, .trials = 4};
  SearchSpace space{.hyperparameters = {{"learning_rate", Range{.min = 0.1, .max = 1.0}},
                                        {"optimizer", Choices{{Value{std::string("sgd")},
                                                               Value{std::string("adam")}}}}}};
  schedule::Hyperband scheduler;
  History history;
  Seconds now = 0;

  explicit SmallRun(std::int64_t trials = 4, const Metrics& metrics = by_share())
      : plan{.eta = 2, .min_steps = 10, .max_steps = 40, .trials = trials, .metrics = metrics},
        scheduler(plan, search::Sampler(space, Seed{1})) {}

  void tell(decltype(schedule::Event::what) what, Seconds after = 1) {
    now += after;
    const schedule::Event event{.at = now, .what = std::move(what)};
    history.add({.event = event, .commands = scheduler.handle(event)});
  }
  void join(std::uint32_t worker) { tell(schedule::WorkerJoined{WorkerId{worker}}); }
  void report(std::uint64_t lease, Outcome outcome, Steps steps = 10) {
    tell(schedule::Reported{
        .lease = LeaseId{lease}, .outcome = std::move(outcome), .effort = {.steps = steps}});
  }

  [[nodiscard]] Leaderboard leaderboard() const {
    return make_leaderboard("small", {.train = 300, .prune = 100, .final = 50, .test = 400},
                            scheduler, history);
  }
};

}  // namespace stepladder::record
