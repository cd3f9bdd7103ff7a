#include "stepladder/run/idle_workload.hpp"

#include "stepladder/experiment/experiment_text.hpp"
#include "stepladder/run/materials.hpp"
#include "stepladder/run/winner.hpp"
#include "stepladder/simulation/simulated_fleet.hpp"
#include "stepladder/store/files.hpp"

namespace stepladder::run {

void IdleWorkload::prepare(experiment::Experiment experiment, const store::RunDirectory& run) {
  take_settled(run, experiment);
  experiment_ = std::move(experiment);
}

wire::Opened IdleWorkload::opened() const {
  return {.seed = experiment_.seed,
          .experiment = experiment::identity_of(experiment_),
          .metrics = experiment_.plan.metrics};
}

fleet::Train IdleWorkload::make_train(const store::RunDirectory&) {
  return [work = simulation::made_up_training(experiment_.seed)](
             const Assignment& assignment, const fleet::KeepGoing&) -> fleet::Result {
    return {.outcome = work(assignment).outcome, .effort = {.steps = assignment.steps()}};
  };
}

void IdleWorkload::keep_winner(const schedule::Hyperband& scheduler, const store::RunDirectory& run,
                               const std::function<void()>&) {
  store::write_atomically(run.best() / "winner.toml", winner_text(experiment_, scheduler, {}));
}

}  // namespace stepladder::run
