#include "stepladder/run/costs.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "stepladder/advice/range_judgement.hpp"
#include "stepladder/training/bench.hpp"
#include "stepladder/training/engines.hpp"
#include "stepladder/training/trainer.hpp"
#include "stepladder/wire/checkpoint.hpp"

namespace stepladder::run {
namespace {

struct OptimizerShare {
  training::Optimizer optimizer;
  double share = 0;
};

// Kinds of optimizers that the space chooses, cheapest first: one for all that keep as much.
std::vector<OptimizerShare> optimizers_of(const experiment::Experiment& experiment) {
  constexpr std::int64_t kTrials = 64;
  search::Sampler sampler(experiment.space, experiment.seed, experiment.search);
  std::map<std::size_t, OptimizerShare> by_cost;
  double sum = 0;
  const auto trials = static_cast<std::uint32_t>(sampler.settle(kTrials));
  for (std::uint32_t trial = 0; trial < trials; ++trial) {
    const Configuration configuration = sampler.configuration_of(TrialId{trial});
    if (configuration.find("learning_rate") == nullptr) continue;
    const training::Optimizer optimizer = training::recipe_of(configuration).optimizer;
    const std::size_t cost =
        2 * training::moments(optimizer.kind) + (training::needs_whole_gradient(optimizer) ? 1 : 0);
    ++by_cost.emplace(cost, OptimizerShare{.optimizer = optimizer}).first->second.share;
    ++sum;
  }
  std::vector<OptimizerShare> optimizers;
  optimizers.reserve(by_cost.size());
  for (const auto& [cost, found] : by_cost)
    optimizers.push_back({.optimizer = found.optimizer, .share = found.share / sum});
  return optimizers.empty() ? std::vector<OptimizerShare>{{.share = 1}} : optimizers;
}

}  // namespace

double measured_seconds_per_step(const experiment::Experiment& experiment, const DataShape& data) {
  double mean = 0;
  for (const auto& [optimizer, share] : optimizers_of(experiment)) {
    const training::EngineSettings settings{
        .architecture = training::architecture_of(experiment.model, data.inputs, data.classes),
        .optimizer = optimizer,
        .keep_probability = experiment.model.keep_probability,
        .batch = experiment.model.batch};
    const auto engine = training::engine_maker(experiment.model)(settings);
    mean += share / training::measure(*engine, settings, 1.0).steps_per_second;
  }
  return mean;
}

std::int64_t bytes_of_checkpoint(const experiment::Experiment& experiment, const DataShape& data) {
  const training::EngineSettings settings{
      .architecture = training::architecture_of(experiment.model, data.inputs, data.classes),
      .optimizer = optimizers_of(experiment).back().optimizer,
      .keeps_average = experiment.plan.rung_score == schedule::RungScore::average};
  std::size_t bytes =
      settings.architecture.parameters() * training::parts_of(settings) * sizeof(float);
  wire::save(training::State{}, [&](std::span<const std::byte> more) { bytes += more.size(); });
  return static_cast<std::int64_t>(bytes);
}

doctor::CheckpointNeed checkpoints_of(const experiment::Experiment& experiment,
                                      std::optional<DataShape> data) {
  const schedule::Plan& plan = experiment.plan;
  const schedule::Hyperband scheduler = experiment::scheduler_of(experiment);
  const std::int64_t trials = scheduler.trials_max();
  return {.bytes_each = bytes_of_checkpoint(experiment, data.value_or(kImages)),
          .count = trials == 0 ? 0
                               : trials + advice::trials_of_extensions(scheduler) +
                                     std::min(plan.finalists, trials) * plan.confirmation_seeds,
          .bytes_max = experiment.run.checkpoint_bytes_max,
          .is_exact = data.has_value()};
}

}  // namespace stepladder::run
