#include "stepladder/report/run_status.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepladder::report {
namespace {

using ::testing::HasSubstr;

wire::Entry assigned(std::uint32_t worker, std::uint32_t lease, std::uint32_t trial, Steps to) {
  schedule::Assign assign{.worker = WorkerId{worker}};
  assign.assignment.lease = LeaseId{lease};
  assign.assignment.trial = TrialId{trial};
  assign.assignment.to = to;
  return {.event = {.what = schedule::WorkerJoined{WorkerId{worker}}}, .commands = {assign}};
}
template <class What>
wire::Entry told(What what) {
  return {.event = {.what = what}};
}

class UnderWayTest : public ::testing::Test {
 protected:
  UnderWayTest() {
    under_way.add(assigned(0, 1, 10, 300));
    under_way.add(assigned(1, 2, 11, 900));
  }
  UnderWay under_way;
};

TEST_F(UnderWayTest, RisksWhatComesAfterTheLatestCheckpoint) {
  EXPECT_EQ(under_way.steps_at_risk({}), 300 + 900);
  EXPECT_EQ(under_way.steps_at_risk({{TrialId{10}, 100, 1},
                                     {TrialId{10}, 250, 1},
                                     {TrialId{11}, 300, 1},
                                     {TrialId{11}, 2700, 1},  // of a later life
                                     {TrialId{12}, 800, 1}}),
            50 + 600);
}

TEST_F(UnderWayTest, RisksNothingThatIsReported) {
  under_way.add(told(schedule::Reported{.lease = LeaseId{2}, .outcome = Score{}}));
  EXPECT_EQ(under_way.steps_at_risk({}), 300);
  EXPECT_EQ(under_way.results(), 1U);
}

TEST_F(UnderWayTest, RisksNothingThatWasLostBefore) {
  under_way.add(told(schedule::WorkerLost{WorkerId{0}}));
  EXPECT_EQ(under_way.steps_at_risk({}), 900);
  under_way.add(told(schedule::Restarted{}));
  EXPECT_EQ(under_way.steps_at_risk({}), 0);
}

TEST_F(UnderWayTest, IsStoppingFromTheRequestToTheNextStart) {
  EXPECT_EQ(under_way.stopping(), std::nullopt);
  under_way.add(told(schedule::StopRequested{"on SIGTERM"}));
  EXPECT_EQ(under_way.stopping(), "on SIGTERM");
  under_way.add(told(schedule::Restarted{}));
  EXPECT_EQ(under_way.stopping(), std::nullopt);
}

TEST(RunStatus, IsRunningFinishedOrResumable) {
  RunStatus status{.run = "runs/x", .now = 1000, .results = 7, .steps_to_repeat_max = 42};
  EXPECT_EQ(status.state(), "resumable");
  EXPECT_EQ(to_text(status),
            "runs/x: resumable\n7 results; the same command goes on, and trains at most 42 steps "
            "again\n");
  status.last_beat = 900;
  EXPECT_THAT(to_text(status), HasSubstr("it died without a word, after 1970-01-01"));
  status.stopping = "on SIGTERM";
  EXPECT_THAT(to_text(status), HasSubstr("it was stopping on SIGTERM and died before that was "
                                         "done, after 1970-01-01"));
  EXPECT_THAT(to_json(status), HasSubstr("\"stopping\": \"on SIGTERM\""));
  status.end = wire::Ended{.exit_code = 3, .why = "stopped on SIGTERM"};
  EXPECT_EQ(status.state(), "resumable");
  EXPECT_THAT(to_text(status), HasSubstr("exit code 3: stopped on SIGTERM"));
  status.end->exit_code = 0;
  status.is_finished = true;
  EXPECT_EQ(status.state(), "finished");
  status.holder = "host process 12";
  EXPECT_EQ(status.state(), "running");
  EXPECT_THAT(to_text(status),
              HasSubstr("by host process 12, stopping on SIGTERM, last sign of life 100 s ago"));
  EXPECT_THAT(to_json(status), HasSubstr("\"steps_to_repeat_max\": 42"));
}

}  // namespace
}  // namespace stepladder::report
