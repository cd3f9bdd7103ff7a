#include "stepladder/run/mlp_workload.hpp"

#include <string>
#include <utility>

#include <fmt/core.h>
#include <spdlog/spdlog.h>

#include "stepladder/run/costs.hpp"
#include "stepladder/run/ranks.hpp"
#include "stepladder/run/trial_runner.hpp"
#include "stepladder/run/winner.hpp"
#include "stepladder/run/worker_levels.hpp"
#include "stepladder/store/checkpoints.hpp"
#include "stepladder/store/files.hpp"

namespace stepladder::run {
namespace {

// The chosen training's model. Where its checkpoint is missing or damaged it is trained again, and
// that is said.
void write_model(const Materials& materials, const schedule::Hyperband& scheduler,
                 const store::RunDirectory& run, const std::function<void()>& still_here) {
  const TrialId kept = *scheduler.model();
  const Steps trained = scheduler.trial(kept).trained;
  // An average or an annealed copy is not what the training's own checkpoint holds.
  const bool averages = scheduler.plan().rung_score == schedule::RungScore::average;
  const Steps cooldown = schedule::cooldown_of(scheduler.plan(), trained);
  const auto model = run.best() / "model.checkpoint";
  if (const auto there = store::state_in(model); there && there->step == trained + cooldown) return;

  const store::Checkpoints checkpoints(run.checkpoints());
  const auto saved = store::state_in(checkpoints.path_of(kept, trained));
  const bool is_whole = saved && saved->step == trained;
  if (is_whole && !averages && cooldown == 0) return store::write_state(model, *saved);
  if (!is_whole)
    spdlog::warn(fmt::format(
        "the winner's checkpoint is missing or damaged; trial {} is trained again", kept.value));
  TrialRunner runner(materials, checkpoints);
  Assignment again{.trial = kept,
                   .configuration = scheduler.configuration(kept),
                   .from = trained,
                   .to = trained,
                   .horizon = scheduler.horizon_at(kept, trained),
                   .averages = averages,
                   .cooldown = cooldown};
  if (is_replicate(kept)) again.draws = scheduler.replicates().draws_of(kept);
  store::write_state(model, runner.state_after(again, still_here));
}

}  // namespace

void MlpWorkload::prepare(experiment::Experiment experiment, const store::RunDirectory& run) {
  take_settled(run, experiment);
  materials_ = gather(std::move(experiment));
}

void MlpWorkload::follow(experiment::Experiment settled, bool is_keeper, std::uint64_t checksum) {
  if (!is_keeper) {
    materials_ = Materials(std::move(settled));
    return;
  }
  materials_ = gather(std::move(settled));
  if (materials_.data_checksum != checksum)
    throw InputError(
        "the data is other than what rank 0 reads from the same paths; give all nodes the same "
        "files");
}

void MlpWorkload::share(Ranks& ranks) {
  if (ranks.size() > 1) run::share(materials_, ranks);
}

std::string MlpWorkload::data_text() const {
  return materials_.summary ? "data: " + to_text(*materials_.summary) : "";
}

std::optional<doctor::CheckpointNeed> MlpWorkload::checkpoints() const {
  if (!materials_.summary) return std::nullopt;  // another rank's to say
  return checkpoints_of(materials_.experiment, shape_of(*materials_.summary));
}

std::string MlpWorkload::level() const { return level_for(materials_.experiment.model); }

fleet::Train MlpWorkload::make_train(const store::RunDirectory& run) {
  return
      [runner = std::make_shared<TrialRunner>(materials_, store::Checkpoints(run.checkpoints()))](
          const Assignment& assignment, const fleet::KeepGoing& keep_going) {
        return (*runner)(assignment, keep_going);
      };
}

void MlpWorkload::keep_winner(const schedule::Hyperband& scheduler, const store::RunDirectory& run,
                              const std::function<void()>& still_here) {
  store::write_atomically(run.best() / "winner.toml", winner_text(materials_.experiment, scheduler,
                                                                  materials_.experiment.model));
  write_model(materials_, scheduler, run, still_here);
}

}  // namespace stepladder::run
