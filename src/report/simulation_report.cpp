#include "stepladder/report/simulation_report.hpp"

#include <map>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "formats.hpp"
#include "stepladder/record/leaderboard.hpp"

namespace stepladder::report {
namespace {

using nlohmann::ordered_json;
using schedule::Hyperband;

// By the metric that decides.
ordered_json score_json(const std::optional<Score>& score, const Metrics& metrics) {
  return or_null(score, [&](const Score& found) { return found[metrics.deciding]; });
}

std::optional<Score> winning_score(const Hyperband& scheduler) {
  return scheduler.chosen() ? scheduler.trials()[scheduler.chosen()->value].score : std::nullopt;
}

ordered_json replicates_json(const schedule::Confirmation& confirmation, const Metrics& metrics) {
  ordered_json replicates = ordered_json::array();
  for (std::size_t place = 0; place < confirmation.finalists().size(); ++place)
    for (std::size_t seed = 0; seed < confirmation.seeds(place); ++seed) {
      const TrialId finalist = confirmation.finalists()[place];
      replicates.push_back({{"id", confirmation.find(finalist, seed)->value},
                            {"trial", finalist.value},
                            {"seed", seed},
                            {"score", score_json(confirmation.score(place, seed), metrics)}});
    }
  return replicates;
}

ordered_json rungs_json(const Hyperband& scheduler) {
  ordered_json rungs = ordered_json::array();
  for (std::size_t b = 0; b < scheduler.brackets().size(); ++b)
    for (std::size_t r = 0; r < scheduler.brackets()[b].rungs().size(); ++r) {
      const schedule::Rung& rung = scheduler.brackets()[b].rungs()[r];
      rungs.push_back({{"bracket", b}, {"steps", rung.level()}, {"trials", rung.entries().size()}});
      // Those that the rule did not let in.
      if (const std::size_t audited = scheduler.beside(b, r); audited > 0)
        rungs.back()["audited"] = audited;
    }
  return rungs;
}

}  // namespace

std::string simulation_text(const Hyperband& scheduler, const simulation::VirtualRun& run,
                            std::uint32_t workers) {
  std::string text = fmt::format(
      "{} workers, {} trials, {} steps in {:.1f} s of virtual time, workers {:.1f} % busy\n",
      workers, scheduler.trials().size(), run.steps, run.makespan, 100 * run.utilisation);
  struct Reached {
    std::size_t trials = 0;
    std::size_t audited = 0;
  };
  std::map<Steps, Reached> reached;  // over all brackets
  for (std::size_t b = 0; b < scheduler.brackets().size(); ++b) {
    const std::vector<schedule::Rung>& rungs = scheduler.brackets()[b].rungs();
    for (std::size_t r = 0; r < rungs.size(); ++r) {
      reached[rungs[r].level()].trials += rungs[r].entries().size();
      reached[rungs[r].level()].audited += scheduler.beside(b, r);
    }
  }
  for (const auto& [steps, count] : reached)
    text += fmt::format("{:>10} steps: {} trials{}\n", steps, count.trials,
                        count.audited > 0 ? fmt::format(", and {} audited", count.audited) : "");
  if (const auto* confirmation = scheduler.confirmation())
    text += fmt::format("{:>10} steps: {} finalists again, {} trainings with fresh seeds\n",
                        scheduler.plan().max_steps, confirmation->finalists().size(),
                        confirmation->wanted());
  if (const auto score = winning_score(scheduler))
    text += fmt::format("Best: trial {} with {} {:.6g}\n", scheduler.chosen()->value,
                        scheduler.plan().metrics.first().name,
                        (*score)[scheduler.plan().metrics.deciding]);
  return text;
}

std::string simulation_json(const Hyperband& scheduler, const simulation::VirtualRun& run,
                            bool brief) {
  const Metrics& metrics = scheduler.plan().metrics;
  ordered_json json = {{"best_score", score_json(winning_score(scheduler), metrics)},
                       {"best_trial", nullptr},
                       {"epochs_spent", run.steps - run.confirmation_steps},
                       {"makespan_s", run.makespan},
                       {"utilisation", run.utilisation},
                       {"rungs", rungs_json(scheduler)}};
  if (scheduler.chosen()) json["best_trial"] = scheduler.chosen()->value;
  if (const auto* confirmation = scheduler.confirmation()) {
    json["confirmation_epochs"] = run.confirmation_steps;
    json["replicates"] = replicates_json(*confirmation, metrics);
  }
  if (brief) return text_of(json);

  ordered_json& trials = json["trials"] = ordered_json::array();
  for (std::size_t i = 0; i < scheduler.trials().size(); ++i) {
    const TrialId id{static_cast<std::uint32_t>(i)};
    const schedule::Trial& trial = scheduler.trials()[i];
    const bool failed = trial.fate != schedule::Trial::Fate::alive;
    trials.push_back({{"id", id.value},
                      {"steps", trial.trained},
                      {"score", score_json(failed ? std::nullopt : trial.score, metrics)},
                      {"status", name_of(scheduler.status(id))}});
  }
  ordered_json& assignments = json["assignments"] = ordered_json::array();
  for (const simulation::StepSpan& stretch : run.spans)
    assignments.push_back(
        {{"trial", stretch.trial.value}, {"from", stretch.from}, {"to", stretch.to}});
  return text_of(json);
}

}  // namespace stepladder::report
