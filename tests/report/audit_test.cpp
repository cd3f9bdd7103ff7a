// Audited trials in the reports.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "record/small_run.hpp"
#include "stepladder/report/explanation.hpp"
#include "stepladder/report/leaderboard_formats.hpp"

namespace stepladder::report {
namespace {

using ::testing::HasSubstr;

TEST(AuditedTrials, AreMarkedAndTheirClimbsExplained) {
  record::SmallRun run(3);
  run.plan.audit_fraction = 1;
  run.scheduler = schedule::Hyperband(run.plan, search::Sampler(run.space, Seed{1}));
  Explanation explanation{TrialId{1}};
  const auto follow = [&](decltype(schedule::Event::what) what) {
    run.now += 1;
    const schedule::Event event{.at = run.now, .what = std::move(what)};
    const wire::Entry entry{.event = event, .commands = run.scheduler.handle(event)};
    run.history.add(entry);
    explanation.add(entry, run.scheduler);
  };
  follow(schedule::WorkerJoined{WorkerId{0}});
  // Trial 0 is the best at every rung; the rule never lets trial 1 go.
  while (!run.scheduler.finished()) {
    const auto& [lease, held] = *run.scheduler.leases().begin();
    const double accuracy = held.task.trial == TrialId{0} ? 0.9 : 0.25;
    follow(
        schedule::Reported{.lease = lease, .outcome = Score{accuracy, 1}, .effort = {.steps = 10}});
  }
  const std::string text = explanation.text(run.scheduler);
  EXPECT_THAT(text, HasSubstr("Audited: when the search has ended it is trained on whatever its"));
  EXPECT_THAT(text, HasSubstr("goes on from rung 10 because it is audited: it was 2 of 3"));
  EXPECT_THAT(text, HasSubstr("it is no entry of rung 20, where only the audit has brought it"));
  const record::Leaderboard board = run.leaderboard();
  EXPECT_EQ(nlohmann::json::parse(to_json(board, 10))["audited"], (nlohmann::json{0, 1, 2}));
  EXPECT_THAT(to_text(board, 10), HasSubstr("* audited: goes on to the end whatever its scores"));
}

}  // namespace
}  // namespace stepladder::report
