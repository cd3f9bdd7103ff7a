#include "schedule_section.hpp"

#include <algorithm>
#include <utility>

#include "first_section.hpp"
#include "rung_score_section.hpp"
#include "stepladder/training/classification.hpp"

namespace stepladder::experiment {

namespace {

constexpr std::int64_t kConfirmationSeedsByDefault = 5;
constexpr double kAuditFractionByDefault = 0.05;

// Those of a classifier, one of which decides. A record may have others, which its journal tells.
Metrics metrics_of(TomlSection& section, Needs needs) {
  const Metrics& metrics = training::classification_metrics();
  if (needs == Needs::record) {
    const std::string name = section.text("metric").value_or(metrics.first().name);
    return metrics.find(name) ? metrics.decided_by(name) : Metrics{.all = {{.name = name}}};
  }
  std::vector<std::string_view> names;
  for (const Metric& metric : metrics.all) names.push_back(metric.name);
  const auto deciding = section.choice("metric", names);
  return deciding ? metrics.decided_by(names[*deciding]) : metrics;
}

schedule::Plan read_plan(TomlSection& section, Needs needs) {
  schedule::Plan plan;
  if (const auto mode = section.choice("mode", schedule::kModeWords))
    plan.mode = static_cast<schedule::Mode>(*mode);
  if (const auto rule = section.choice("promotion", schedule::kPromotionWords))
    plan.promotion = static_cast<schedule::Promotion>(*rule);
  plan.eta = section.integer("eta").value_or(plan.eta);
  plan.min_steps = section.integer("min_steps").value_or(plan.min_steps);
  plan.max_steps = section.integer("max_steps").value_or(plan.max_steps);
  plan.brackets = section.integer("brackets").value_or(plan.brackets);
  plan.top_k = section.integer("top_k").value_or(plan.top_k);
  plan.total_steps = section.integer("total_steps").value_or(plan.total_steps);
  plan.trials = section.integer("trials").value_or(0);
  plan.metrics = metrics_of(section, needs);
  plan.finish_winner = section.truth("finish_winner").value_or(plan.finish_winner);
  plan.audit_fraction =
      section.real("audit_fraction").value_or(needs == Needs::table ? 0 : kAuditFractionByDefault);
  plan.finalists = section.integer("finalists").value_or(plan.finalists);
  plan.extend_range = section.truth("extend_range").value_or(plan.extend_range);
  plan.extend_range_max = section.real("extend_range_max").value_or(plan.extend_range_max);
  if (needs == Needs::table && plan.extend_range)
    section.fail("extend_range",
                 "a table of learning curves has no further rates to try; use false, or leave "
                 "extend_range out");
  const auto seeds = section.integer("confirmation_seeds");
  plan.confirmation_seeds = seeds.value_or(needs == Needs::table ? 0 : kConfirmationSeedsByDefault);
  if (needs == Needs::table && plan.confirmation_seeds > 0)
    section.fail("confirmation_seeds",
                 "a table of learning curves has one seed, nothing to confirm with; use 0, or "
                 "leave confirmation_seeds out");
  return plan;
}

// Without trials: no limit but total_steps where that is given; else one round of Hyperband, or the
// default.
void default_trials(TomlSection& section, schedule::Plan& plan) {
  if (section.integer("trials")) {
    if (plan.trials < 1)
      section.fail("trials",
                   "trials = " + std::to_string(plan.trials) + "; use 1 or more, or leave it out");
    return;
  }
  if (plan.total_steps > 0) {
    // Mode top_k must know how many to begin with: those that leave room for the best K.
    if (plan.mode == schedule::Mode::top_k)
      plan.trials = std::max<std::int64_t>(
          1, (plan.total_steps - plan.top_k * (plan.max_steps - plan.min_steps)) / plan.min_steps);
    return;
  }
  const bool is_hyperband =
      plan.mode == schedule::Mode::hyperband || plan.mode == schedule::Mode::hyperband_async;
  plan.trials = is_hyperband ? schedule::trials_in_a_round(plan) : schedule::Plan{}.trials;
}

}  // namespace

void read_schedule(TomlSection& section, Experiment& experiment, Needs needs) {
  experiment.plan = read_plan(section, needs);
  search::Settings& search = experiment.search;
  if (const auto method = section.choice("search", search::kMethodWords))
    search.method = static_cast<search::Method>(*method);
  search.grid_points = section.integer("grid_points").value_or(search.grid_points);
  if (search.grid_points < 1)
    section.fail("grid_points",
                 "grid_points = " + std::to_string(search.grid_points) + "; use 1 or more");
  const toml::array* first = section.array("first");
  if (first != nullptr) {
    search.first = read_first(*first);
    check_first_is_known(*first, experiment.space);
  }
  read_rung_score(section, experiment, needs);
  try {
    // A plan that is wrong elsewhere is told so before its number of trials is worked out.
    schedule::Plan limited = experiment.plan;
    if (limited.trials <= 0) limited.trials = 1;
    schedule::check(limited);
    default_trials(section, experiment.plan);
    schedule::check(experiment.plan);
  } catch (const schedule::PlanError& error) {
    section.fail(error.key, error.what());
  }
  if (first != nullptr && trains(needs)) check_lengths_of_first(*first, experiment);
  section.refuse_unknown_keys();
}

}  // namespace stepladder::experiment
