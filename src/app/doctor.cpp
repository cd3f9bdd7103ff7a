#include "stepladder/app/doctor.hpp"

#include <algorithm>
#include <cstdio>
#include <vector>

#include <fmt/core.h>

#include "stepladder/run/costs.hpp"
#include "stepladder/run/examination.hpp"
#include "stepladder/run/materials.hpp"
#include "stepladder/trial/exit_code.hpp"

namespace stepladder::app {
namespace {

run::Need need_of(const run::TuneOptions& options) {
  run::Need need;
  if (options.run_directory) need.run_directory = *options.run_directory;
  if (options.experiment.empty()) return need;
  experiment::Experiment experiment = experiment::load_experiment(
      options.experiment, options.overrides, experiment::Needs::schedule);
  need.run_directory = run::run_directory_of(options, experiment);
  if (experiment.data.place.empty()) {
    need.checkpoints = run::checkpoints_of(experiment);
    return need;
  }
  run::take_settled(store::RunDirectory(need.run_directory), experiment);
  const run::Materials outline = run::gather(std::move(experiment), data::Contents::outline);
  need.data = to_text(*outline.summary);
  need.checkpoints = run::checkpoints_of(outline.experiment, run::shape_of(*outline.summary));
  return need;
}

}  // namespace

int show_doctor(const DoctorOptions& options, run::Ranks& ranks) {
  const bool is_first = ranks.rank() == 0;
  run::Need need;
  if (!run::all_well(ranks, [&] {
        if (is_first) need = need_of(options.tune);
      }))
    return kWrongInput;
  if (ranks.size() > 1) static_cast<void>(ranks.share({}));
  need.sharing_trouble = ranks.sharing_trouble();
  const std::vector<doctor::Finding> findings = run::examine_ranks(ranks, need);
  if (is_first)
    fmt::print("{}", options.json ? doctor::to_json(findings) : doctor::to_text(findings));
  std::fflush(stdout);
  const bool has_error = std::any_of(
      findings.begin(), findings.end(),
      [](const doctor::Finding& finding) { return finding.gravity == doctor::Gravity::error; });
  return has_error ? kWrongInput : kFinished;
}

}  // namespace stepladder::app
