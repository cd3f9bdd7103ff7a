// The confirmation in the leaderboard, worked out by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "record/small_run.hpp"
#include "stepladder/report/explanation.hpp"
#include "stepladder/report/leaderboard_formats.hpp"
#include "trial/two_metrics.hpp"

namespace stepladder::report {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

Score of(double accuracy) { return {accuracy, 1 - accuracy}; }

// By order of beginning.
TrialId replicate(std::uint32_t number) { return TrialId{kFirstReplicate + number}; }

// Trials 0 and 1 go straight to the end; they have two replicates each, which take turns.
struct ConfirmedRun : record::SmallRun {
  Explanation finalist{TrialId{1}};
  Explanation model{replicate(3)};

  explicit ConfirmedRun(const Metrics& metrics = by_share()) : record::SmallRun(2, metrics) {
    plan.mode = schedule::Mode::random;
    plan.finalists = 2;
    plan.confirmation_seeds = 2;
    scheduler = schedule::Hyperband(plan, search::Sampler(space, Seed{1}));
  }
  void tell_all(std::initializer_list<Outcome> outcomes) {
    follow(schedule::WorkerJoined{WorkerId{0}});
    std::uint64_t lease = 1;
    for (const Outcome& outcome : outcomes)
      follow(schedule::Reported{
          .lease = LeaseId{lease++}, .outcome = outcome, .effort = {.steps = 40}});
  }
  void follow(decltype(schedule::Event::what) what) {
    now += 1;
    const schedule::Event event{.at = now, .what = std::move(what)};
    const wire::Entry entry{.event = event, .commands = scheduler.handle(event)};
    history.add(entry);
    finalist.add(entry, scheduler);
    model.add(entry, scheduler);
  }
};

TEST(Finalists, AreShownWithWhatTheyWerePickedForAndWhatFreshSeedsMadeOfIt) {
  ConfirmedRun run;
  // Trial 0 looked better; over two fresh seeds trial 1 is.
  run.tell_all({of(0.9), of(0.8), of(0.5), of(0.75), of(0.75), of(0.875), of(0.6)});
  const record::Leaderboard board = run.leaderboard();
  EXPECT_EQ(board.entries.size(), 2U) << "replicates are no configurations of their own";
  EXPECT_EQ(board.winner->trial, TrialId{1});
  EXPECT_EQ(board.winner->model, replicate(3));
  EXPECT_DOUBLE_EQ((*board.winner->final_score)[0], 0.8125);

  const json parsed = json::parse(to_json(board, 10));
  const json& first = parsed["finalists"][0];
  EXPECT_EQ(first["trial"], 0);
  EXPECT_EQ(first["tuning"]["scores"]["accuracy"], 0.9);
  EXPECT_EQ(first["replicates"][1]["scores"]["accuracy"], 0.75);
  EXPECT_DOUBLE_EQ(first["scores"]["accuracy"]["mean"], 0.625);
  EXPECT_DOUBLE_EQ(first["behind"]["accuracy"]["mean"], 0.1875);  // of 0.25 and 0.125
  EXPECT_DOUBLE_EQ(first["behind"]["loss"]["mean"], 0.1875);
  EXPECT_EQ(parsed["finalists"][1]["behind"]["accuracy"], nullptr);
  EXPECT_EQ(parsed["winner"]["test"]["intervals_95"]["accuracy"].size(), 2U);

  const std::string text = to_text(board, 10);
  EXPECT_THAT(text, HasSubstr("the best 2 trials, the finalists"));
  EXPECT_THAT(text, HasSubstr("+0.2750 ["));  // trial 0 looked so much better than it is
  EXPECT_THAT(text, HasSubstr("replicate 2 of 2, the best of them on the final rows, "
                              "trained for 40 steps"));
  EXPECT_THAT(text, HasSubstr("heldout, final 0.8125 ["));
  EXPECT_EQ(parsed["winner"]["replicate"], 2);
  EXPECT_EQ(parsed["winner"]["steps"], 40);
  // Two seeds do not show it: 0.0707 is their deviation, and t has little more than one degree.
  EXPECT_DOUBLE_EQ(first["optimism"]["value"], 0.275);
  EXPECT_LT(first["optimism"]["interval_95"][0], 0);
  EXPECT_GT(first["optimism"]["interval_95"][1], 1);
}

TEST(Finalists, HaveIntervalsWithinWhatAnAccuracyCanBe) {
  ConfirmedRun run;
  run.tell_all({of(0.9), of(0.98), of(0.9), of(0.94), of(0.8), of(1.0), of(0.96)});
  const json parsed = json::parse(to_json(run.leaderboard(), 10));
  EXPECT_LE(parsed["finalists"][1]["scores"]["accuracy"]["interval_95"][1], 1);
  EXPECT_GE(parsed["finalists"][1]["scores"]["loss"]["interval_95"][0], 0);
}

// Trial 0 is judged at 10 steps, and its replicates are trained to 40: another training is no
// measure of how much that score flattered it.
TEST(Finalists, SayWhereTheyWereRetrainedFurtherThanTheyWereJudged) {
  record::SmallRun run;
  run.plan.finalists = 2;
  run.plan.confirmation_seeds = 1;
  run.scheduler = schedule::Hyperband(run.plan, search::Sampler(run.space, Seed{1}));
  run.join(0);
  for (std::uint64_t lease = 1; !run.scheduler.finished(); ++lease)
    run.report(lease, of(0.9 - 0.01 * static_cast<double>(lease)));
  const record::Leaderboard board = run.leaderboard();
  ASSERT_EQ(board.finalists.size(), 2U);
  const record::Finalist& early = board.finalists[1];
  ASSERT_LT(early.picked_at, 40);
  EXPECT_EQ(early.trained_to, 40);
  EXPECT_FALSE(early.optimism);
  EXPECT_TRUE(board.finalists[0].optimism);
  const json parsed = json::parse(to_json(board, 10));
  EXPECT_EQ(parsed["finalists"][1]["picked_at"], early.picked_at);
  EXPECT_EQ(parsed["finalists"][1]["trained_to"], 40);
  EXPECT_EQ(parsed["finalists"][1]["optimism"], nullptr);
  EXPECT_THAT(to_text(board, 10), HasSubstr("trained again from step 0 to 40 steps"));
  const std::string csv = to_csv(board, 10);
  EXPECT_THAT(csv, HasSubstr(",confirmed_steps,confirmed_seeds,confirmed_accuracy,confirmed_loss"));
  EXPECT_THAT(csv, HasSubstr(",40,1,0."));
  EXPECT_THAT(csv, HasSubstr(",,,\n")) << "a trial that was not confirmed";
}

TEST(Finalists, ShowAReplicateThatFailed) {
  ConfirmedRun run(by_loss());
  run.tell_all({of(0.9), of(0.8), of(0.95), of(0.75), Diverged{3}, of(0.75), of(0.6)});
  const json parsed = json::parse(to_json(run.leaderboard(), 10));
  EXPECT_EQ(parsed["finalists"][0]["replicates"][1], nullptr);
  EXPECT_EQ(parsed["finalists"][0]["scores"]["loss"]["count"], 1);
  EXPECT_EQ(parsed["finalists"][0]["scores"]["loss"]["interval_95"], nullptr);
  EXPECT_EQ(parsed["winner"]["trial"], 1);
  EXPECT_THAT(to_text(run.leaderboard(), 10), HasSubstr("1/2"));
}

TEST(Finalists, AreToldOfInTheirExplanations) {
  ConfirmedRun run;
  run.tell_all({of(0.9), of(0.8), of(0.5), of(0.75), of(0.75), of(0.875), of(0.6)});
  const std::string finalist = run.finalist.text(run.scheduler);
  EXPECT_THAT(finalist,
              HasSubstr("a finalist: trained again from step 0 with up to 2 fresh seeds"));
  EXPECT_THAT(finalist, HasSubstr("its best replicate is the model"));
  const std::string model = run.model.text(run.scheduler);
  EXPECT_THAT(model, HasSubstr("Replicate 2 of trial 1: "));
  EXPECT_THAT(model, HasSubstr("it is the model of the winner, trial 1"));
  EXPECT_THAT(model, HasSubstr("scores it on the test rows"));
}

}  // namespace
}  // namespace stepladder::report
