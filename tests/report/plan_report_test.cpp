// What a plan says in words must be what its numbers say.
#include "stepladder/report/plan_report.hpp"

#include <algorithm>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stepladder/simulation/virtual_run.hpp"

namespace stepladder::report {
namespace {

using schedule::Mode;
using schedule::Plan;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Preview {
  PlanReport report;
  simulation::VirtualRun run;
  std::map<std::pair<std::size_t, Steps>, std::int64_t> reached;  // trials, by bracket and level
};

// With some workers. What is reached is counted from the assignments, not from the rungs.
Preview preview(Plan plan, std::uint32_t workers = 4) {
  schedule::check(plan);
  Preview preview;
  preview.report.plan = plan;
  schedule::Hyperband scheduler(plan, search::Sampler({}, Seed{1}));
  preview.run = simulation::run_in_virtual_time(
      scheduler,
      simulation::planned_training(
          {.seed = Seed{1}, .per_step = 1, .overhead = [](const Assignment&) { return 0.0; }}),
      {.workers = workers, .keep_spans = true}, [](std::span<const wire::Entry>) {});
  const std::size_t kinds = schedule::bracket_plans(plan).size();
  for (const auto& stretch : preview.run.spans)
    if (!is_replicate(stretch.trial))
      ++preview.reached[{scheduler.trials()[stretch.trial.value].bracket % kinds, stretch.to}];
  preview.report.brackets = plan_brackets(scheduler);
  preview.report.confirmation = plan_confirmation(scheduler);
  preview.report.workers = {{.workers = workers,
                             .steps = preview.run.steps,
                             .trials = static_cast<std::int64_t>(scheduler.trials().size()),
                             .is_budget_spent = plan.total_steps > 0 &&
                                                preview.run.steps - preview.run.confirmation_steps -
                                                        preview.run.audit_steps >=
                                                    plan.total_steps,
                             .is_exhausted = scheduler.is_exhausted()}};
  preview.report.warnings = plan_warnings(preview.report);
  return preview;
}

std::vector<Plan> plans() {
  std::vector<Plan> plans;
  for (const Mode mode :
       {Mode::asha, Mode::asha_stopping, Mode::hyperband_async, Mode::successive_halving,
        Mode::hyperband, Mode::pasha, Mode::random, Mode::top_k})
    for (const std::int64_t trials : {1, 5, 40, 100})
      for (const Steps total : {0, 2700, 9000, 100'000})
        for (const std::int64_t seeds : {0, 5})
          for (const double audits : {0.0, 0.3})
            for (const bool finish : {false, true}) {
              plans.push_back({.mode = mode,
                               .trials = trials,
                               .total_steps = total,
                               .finish_winner = finish,
                               .audit_fraction = audits,
                               .confirmation_seeds = seeds});
              if (total > 0 && mode != Mode::top_k) {
                plans.push_back(plans.back());
                plans.back().trials = 0;
              }
            }
  return plans;
}

TEST(PlanReport, CountsWhoWasAssignedToEachRung) {
  for (const Plan& plan : plans()) {
    const Preview p = preview(plan);
    for (const PlanBracket& bracket : p.report.brackets) {
      // Where audits brought somebody who is carried on is not told any more.
      const std::int64_t untold = plan.audit_fraction > 0 ? bracket.rungs.back().carried_on : 0;
      for (const PlanRung& rung : bracket.rungs) {
        const auto found = p.reached.find({bracket.bracket, rung.steps});
        const std::int64_t reached = found == p.reached.end() ? 0 : found->second;
        const std::int64_t told = rung.trials + rung.carried_on + rung.audited;
        EXPECT_LE(told, reached);
        EXPECT_GE(told + untold, reached);
        EXPECT_GE(rung.trials, 0);
      }
    }
  }
}

TEST(PlanReport, WarnsOfARungWhereItsTableShowsNobody) {
  for (const Plan& plan : plans()) {
    const Preview p = preview(plan);
    const std::string text = plan_text(p.report);
    std::size_t empty = 0;
    for (const PlanBracket& bracket : p.report.brackets)
      if (bracket.rungs.size() > 1 && bracket.rungs.front().trials > 0 &&
          bracket.rungs.back().trials == 0 && plan.mode != Mode::pasha)
        ++empty;
    EXPECT_EQ(std::count_if(p.report.warnings.begin(), p.report.warnings.end(),
                            [](const std::string& warning) {
                              return warning.find("no trial is promoted to 2700 steps") !=
                                     std::string::npos;
                            }),
              empty)
        << text;
    // The steps are blamed where they are spent, and the trials where they are too few.
    const bool is_spent = p.report.workers.front().is_budget_spent;
    for (const std::string& warning : p.report.warnings)
      EXPECT_EQ(warning.find("raise total_steps") != std::string::npos, is_spent) << text;
  }
}

TEST(PlanReport, SaysThatTheBestIsCarriedOnWhereNobodyIsPromoted) {
  const Preview p = preview({.max_steps = 8100, .trials = 8, .confirmation_seeds = 5});
  EXPECT_THAT(plan_text(p.report),
              HasSubstr("       100 steps: 8 trials\n"
                        "       300 steps: 2 trials\n"
                        "       900 steps: 0 trials\n"
                        "      2700 steps: 0 trials\n"
                        "      8100 steps: 0 trials, 1 carried on at the end\n"
                        "then 8100 steps: 3 finalists, up to 5 fresh seeds each\n"));
  EXPECT_THAT(p.report.warnings,
              ElementsAre("no trial is promoted to 8100 steps: 8 begin, and each of the 4 rungs "
                          "below promotes 1 in 3, but the best one is carried on there at the end; "
                          "raise trials or min_steps"));
  EXPECT_THAT(plan_json(p.report), HasSubstr("\"carried_on\": 1"));
  // The early ones of 60 are overtaken: two reach the top although 60 / 81 is below 1.
  EXPECT_THAT(preview({.max_steps = 8100, .trials = 60}).report.warnings, IsEmpty());
}

TEST(PlanReport, SaysThatTheStepsAreSpent) {
  const Preview p = preview({.trials = 0, .total_steps = 3000, .confirmation_seeds = 1});
  EXPECT_THAT(
      plan_text(p.report),
      HasSubstr("then 2700 steps: 3 finalists, 1 fresh seed each, on top of total_steps\n"));
  EXPECT_THAT(
      p.report.warnings,
      ElementsAre("no trial is promoted to 2700 steps before total_steps is spent, but the "
                  "best one is carried on there at the end; raise total_steps or min_steps"));
}

TEST(PlanReport, SaysWhichWorkersHaveNothingToDo) {
  const auto said = [](const Plan& plan, std::uint32_t workers) {
    return preview(plan, workers).report.warnings.front();
  };
  const Plan confirmed{.mode = Mode::random, .trials = 3, .confirmation_seeds = 5};
  EXPECT_EQ(said(confirmed, 4),
            "4 workers but only 3 trials: 1 worker will have no work before the finalists are "
            "trained again; raise trials");
  EXPECT_EQ(said(confirmed, 20),
            "20 workers but only 3 trials: 17 workers will have no work before the finalists are "
            "trained again, and 5 workers will never have work; raise trials");
  EXPECT_EQ(said({.mode = Mode::random, .trials = 3}, 4),
            "4 workers but only 3 trials: 1 worker will never have work; raise trials");
}

TEST(PlanReport, AsksForAWiderSpaceWhereItIsExhausted) {
  PlanReport report = preview({.mode = Mode::hyperband, .trials = 5}, 6).report;
  report.workers.front().is_exhausted = true;
  EXPECT_THAT(plan_warnings(report),
              ElementsAre("6 workers but only 5 trials: 1 worker will never have work; widen "
                          "[space]",
                          "only 1 of 4 brackets gets trials: a round of them takes 49; widen "
                          "[space] or lower brackets"));
  report = preview({.max_steps = 8100, .trials = 8}).report;
  report.workers.front().is_exhausted = true;
  EXPECT_THAT(plan_warnings(report),
              ElementsAre(testing::EndsWith("; widen [space] or raise min_steps")));
}

TEST(PlanReport, SaysThatBracketsGetNoTrial) {
  EXPECT_THAT(
      preview({.mode = Mode::hyperband, .trials = 5}).report.warnings,
      ElementsAre("only 1 of 4 brackets gets trials: a round of them takes 49; raise trials "
                  "or lower brackets"));
}

}  // namespace
}  // namespace stepladder::report
