#include "stepladder/app/winner.hpp"

#include <string>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "stepladder/app/trial_runner.hpp"
#include "stepladder/store/checkpoints.hpp"
#include "stepladder/store/files.hpp"

namespace stepladder::app {
namespace {

std::string description(const std::string& run, const schedule::Hyperband& scheduler,
                        TrialId winner) {
  const schedule::Trial& trial = scheduler.trials()[winner.value];
  std::string text = fmt::format("# The winner of {}: trial {}, trained for {} steps.\n", run,
                                 winner.value, trial.trained);
  const auto line = [&](const char* key, const std::optional<Score>& score, const char* meaning) {
    if (score)
      text +=
          fmt::format("{} = {}  # {}\n", key, stepladder::text(Value{score->accuracy}), meaning);
  };
  line("accuracy_prune", trial.score, "on the heldout rows that chose it");
  const bool is_confirmed = scheduler.model() != winner;
  line("accuracy_final", scheduler.final_score(),
       is_confirmed ? "on heldout rows that had decided nothing, the mean over fresh seeds"
                    : "on heldout rows it had not seen before it was the best");
  line("accuracy_test", scheduler.test_score(), "scored once, after the choice was written down");
  text += "\n[configuration]\n";
  for (const Setting& setting : scheduler.configuration(winner).settings)
    text += setting.name + " = " + stepladder::text(setting.value) + '\n';
  return text;
}

}  // namespace

void write_winner(const Materials& materials, const schedule::Hyperband& scheduler,
                  const store::RunDirectory& directory, const std::function<void()>& still_here) {
  const TrialId winner = *scheduler.chosen();
  store::write_atomically(directory.best() / "winner.toml",
                          description(materials.experiment.name, scheduler, winner));
  const TrialId kept = *scheduler.model();
  const Steps trained = scheduler.trials()[kept.value].trained;
  // An average or an annealed copy is not what the training's own checkpoint holds.
  const bool averages = scheduler.plan().rung_score == schedule::RungScore::average;
  const Steps cooldown = schedule::cooldown_of(scheduler.plan(), trained);
  const auto model = directory.best() / "model.checkpoint";
  if (materials.train.count() == 0) return;
  if (const auto there = store::state_in(model); there && there->step == trained + cooldown) return;

  const store::Checkpoints checkpoints(directory.checkpoints());
  const auto saved = store::state_in(checkpoints.path_of(kept, trained));
  const bool is_whole = saved && saved->step == trained;
  if (is_whole && !averages && cooldown == 0) return store::write_state(model, *saved);
  if (!is_whole)
    spdlog::warn("the winner's checkpoint is missing or damaged; trial {} is trained again",
                 kept.value);
  TrialRunner runner(materials, checkpoints);
  Assignment again{.trial = kept,
                   .configuration = scheduler.configuration(kept),
                   .from = trained,
                   .to = trained,
                   .horizon = scheduler.horizon_at(kept, trained),
                   .averages = averages,
                   .cooldown = cooldown};
  if (scheduler.is_replicate(kept)) again.draws = scheduler.confirmation()->draws_of(kept);
  store::write_state(model, runner.state_after(again, still_here));
}

}  // namespace stepladder::app
