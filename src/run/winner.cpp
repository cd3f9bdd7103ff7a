#include "stepladder/run/winner.hpp"

#include <string>

#include <fmt/core.h>

#include "stepladder/experiment/experiment_text.hpp"

namespace stepladder::run {
namespace {

// One line of the file; what follows the value explains it.
std::string line(const char* key, const std::string& value, const std::string& meaning) {
  return fmt::format("{} = {}{}\n", key, value, meaning.empty() ? "" : "  # " + meaning);
}

// A line for each metric; `meaning` stands beside the first.
std::string score_lines(const schedule::Hyperband& scheduler, const char* part,
                        const std::optional<Score>& score, const std::string& meaning) {
  if (!score) return "";
  const Metrics& metrics = scheduler.plan().metrics;
  std::string lines;
  for (std::size_t i = 0; i < metrics.size(); ++i)
    lines += line(fmt::format("{}_{}", metrics.all[i].name, part).c_str(), text(Value{(*score)[i]}),
                  i == 0 ? meaning : "");
  return lines;
}

// Which training the model beside the file is.
std::string training_text(const schedule::Hyperband& scheduler) {
  const TrialId winner = *scheduler.chosen();
  const TrialId kept = *scheduler.model();
  const Steps trained = scheduler.trial(kept).trained;
  const Steps cooldown = schedule::cooldown_of(scheduler.plan(), trained);
  std::string lines = line("trial", fmt::format("{}", winner.value), "the configuration's");
  if (is_replicate(kept)) {
    const schedule::Confirmation& confirmation = scheduler.replicates();
    lines += line("replicate", fmt::format("{}", confirmation.of(kept).seed + 1),
                  fmt::format("of {} with fresh seeds, the best on the final rows; trial {} of the "
                              "journal",
                              confirmation.seeds(confirmation.place_of(winner)), kept.value));
  }
  lines += line("steps", fmt::format("{}", trained + cooldown),
                cooldown > 0 ? fmt::format("{} of them a cooldown to rate 0", cooldown) : "");
  lines += line("horizon", fmt::format("{}", scheduler.horizon_at(kept, trained)),
                "the steps that the learning-rate policy was planned for");
  if (scheduler.plan().rung_score == schedule::RungScore::average)
    lines += "# The weights are their average over the training.\n";
  return lines + line("seed", fmt::format("{}", scheduler.sampler().seed().value), "the run's");
}

std::string scores_text(const schedule::Hyperband& scheduler) {
  const TrialId winner = *scheduler.chosen();
  const TrialId kept = *scheduler.model();
  const schedule::Trial& trial = scheduler.trials()[winner.value];
  std::string of_model = score_lines(scheduler, "test", scheduler.test_score(),
                                     "scored once, after the choice was written down");
  std::string of_configuration =
      score_lines(scheduler, "prune", trial.score,
                  fmt::format("of trial {} at {} steps: the score that it was picked for",
                              winner.value, trial.trained));
  if (!is_replicate(kept))
    return "\n[scores]\n" + of_model +
           score_lines(scheduler, "final", scheduler.final_score(),
                       "on heldout rows that it had not seen before it was the best") +
           of_configuration;
  const schedule::Confirmation& confirmation = scheduler.replicates();
  of_model +=
      score_lines(scheduler, "final",
                  confirmation.score(confirmation.place_of(winner), confirmation.of(kept).seed),
                  "the best of the replicates, so a little flattering");
  return "\n[scores]  # of this model\n" + of_model +
         "\n[scores_of_configuration]  # of other trainings with it\n" +
         score_lines(scheduler, "final", scheduler.final_score(),
                     "the mean of the replicates, on rows that had decided nothing") +
         of_configuration;
}

}  // namespace

std::string winner_text(const experiment::Experiment& experiment,
                        const schedule::Hyperband& scheduler,
                        const std::optional<training::Model>& model) {
  std::string text =
      fmt::format("# The winner of the run {}{}.\n", experiment::quoted(experiment.name),
                  model ? ", whose model lies beside this file, in model.checkpoint" : "") +
      training_text(scheduler) + scores_text(scheduler);
  if (model) text += '\n' + experiment::model_text(*model);
  text += "\n[configuration]  # with every default written out\n";
  const Configuration configuration = scheduler.configuration(*scheduler.chosen());
  for (const Setting& setting :
       model ? training::written_out(configuration).settings : configuration.settings)
    text += setting.name + " = " + experiment::toml_of(setting.value) + '\n';
  return text;
}

}  // namespace stepladder::run
