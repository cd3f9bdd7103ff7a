// What assignments say where a rung's score is not of the weights as they are.
#include <gtest/gtest.h>

#include "schedule/simulated_run.hpp"
#include "stepladder/simulation/virtual_run.hpp"

namespace stepladder::schedule {
namespace {

// Every second trial's policy looks at the length of the run.
SearchSpace space() {
  return {{{"policy", Choices{{Value{std::string("constant")}, Value{std::string("linear")}}}},
           {"learning_rate", Range{.min = 0.1, .max = 1}}}};
}

struct Told {
  std::vector<Assignment> assignments;
  Steps steps = 0;
  std::optional<TrialId> chosen;
};

Told run(const Plan& plan) {
  Told told;
  Hyperband scheduler(plan, search::Sampler(space(), Seed{3}));
  const auto record = [&](std::span<const wire::Entry> entries) {
    for (const wire::Entry& entry : entries)
      for (const Command& command : entry.commands)
        if (const auto* assign = std::get_if<Assign>(&command))
          told.assignments.push_back(assign->assignment);
  };
  told.steps =
      simulation::run_in_virtual_time(
          scheduler,
          simulation::planned_training(
              {.seed = Seed{3}, .per_step = 1, .overhead = [](const Assignment&) { return 0.0; }}),
          {.workers = 3}, record)
          .steps;
  EXPECT_TRUE(scheduler.finished());
  told.chosen = scheduler.chosen();
  return told;
}

Plan plan_with(RungScore meaning) {
  Plan plan{.min_steps = 10, .max_steps = 90, .trials = 18, .rung_score = meaning};
  plan.horizon_bound = Condition{"policy", {Value{std::string("linear")}}};
  plan.audit_fraction = 0.2;
  plan.confirmation_seeds = 2;
  return plan;
}

TEST(RungScore, RestartsWhatDependsOnTheLengthAndNothingElse) {
  int begun_anew = 0;
  int gone_on = 0;
  for (const Assignment& a : run(plan_with(RungScore::restart)).assignments) {
    const bool is_bound = *a.configuration.find("policy") == Value{std::string("linear")};
    EXPECT_EQ(a.cooldown, 0);
    EXPECT_EQ(a.horizon, is_bound ? a.to : 90);
    if (a.from == a.to || a.draws) continue;
    EXPECT_EQ(a.from > 0, a.to > 10 && !is_bound);
    if (a.to > 10) ++(is_bound ? begun_anew : gone_on);
  }
  EXPECT_GT(begun_anew, 0);
  EXPECT_GT(gone_on, 0);
}

TEST(RungScore, OfACooldownTakesStepsThatAreCounted) {
  const Told told = run(plan_with(RungScore::cooldown));
  Steps steps = 0;
  for (const Assignment& a : told.assignments) {
    EXPECT_EQ(a.cooldown, a.to / 5);
    EXPECT_EQ(a.horizon, 90);
    steps += a.steps();
  }
  EXPECT_EQ(told.steps, steps);
}

TEST(RungScore, OfAnAverageIsAskedForEverywhere) {
  for (const Assignment& a : run(plan_with(RungScore::average)).assignments) {
    EXPECT_TRUE(a.averages);
    EXPECT_EQ(a.cooldown, 0);
    EXPECT_EQ(a.horizon, 90);
  }
}

TEST(RungScore, KeepsToATotalBudget) {
  for (const RungScore meaning : {RungScore::restart, RungScore::cooldown})
    for (Steps total = 120; total < 900; total += 37) {
      Plan plan = plan_with(meaning);
      plan.trials = 0;
      plan.total_steps = total;
      plan.confirmation_seeds = 0;
      plan.audit_fraction = 0;  // these come on top
      const Told told = run(plan);
      // What was in flight when the budget was reached: three workers, the last rung at most.
      EXPECT_LE(told.steps, total + 3 * (90 + 18)) << "total " << total;
      EXPECT_TRUE(told.chosen);
    }
}

}  // namespace
}  // namespace stepladder::schedule
