#include "stepladder/launch/verdict.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepladder::launch {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Ending kCrashed{.mpirun_code = 137, .has_begun = true, .has_progressed = true};
const Ending kForNothing{.mpirun_code = 137, .has_begun = true};

Ending recorded(int code) {
  return {.record = wire::Ended{.exit_code = code, .why = "its own word"}, .has_begun = code != 2};
}

TEST(Verdict, IsTheRunsOwnWord) {
  for (const int code : {0, 3, 2}) {
    const Verdict verdict = judge({recorded(code)}, 5);
    EXPECT_FALSE(verdict.restart);
    EXPECT_EQ(verdict.exit_code, code);
    EXPECT_EQ(verdict.why, "its own word");
  }
}

TEST(Verdict, IsTheRunsOwnWordEvenWhereMpirunHadToBeKilled) {
  Ending ending = recorded(0);
  ending.mpirun_code = 137;
  ending.reason = Reason::left_hanging;
  EXPECT_EQ(judge({kCrashed, ending}, 5).exit_code, 0);
  EXPECT_FALSE(judge({kCrashed, ending}, 5).restart);
}

TEST(Verdict, IsToRestartARunThatStoppedOnlyBecauseWeEndedIt) {
  Ending ending = recorded(3);
  ending.reason = Reason::silent;
  ending.has_progressed = true;
  EXPECT_TRUE(judge({ending}, 5).restart);
  ending.was_asked_to_stop = true;
  EXPECT_EQ(judge({ending}, 5).exit_code, 3);
  EXPECT_FALSE(judge({ending}, 5).restart);
  ending = recorded(0);  // it had finished
  ending.reason = Reason::silent;
  EXPECT_EQ(judge({ending}, 5).exit_code, 0);
}

TEST(Verdict, IsToRestartAStartThatLostARank) {
  Ending ending{.mpirun_code = 0};
  ending.reason = Reason::rank_died_early;
  EXPECT_TRUE(judge({ending}, 5).restart);
  EXPECT_EQ(judge({ending}, 0).exit_code, 3);
}

TEST(Verdict, IsToRestartWhatDied) {
  EXPECT_TRUE(judge({kCrashed}, 5).restart);
  EXPECT_TRUE(judge({kForNothing}, 5).restart);
  EXPECT_TRUE(judge({kForNothing, kCrashed}, 5).restart);
  EXPECT_TRUE(judge({kCrashed, kForNothing}, 5).restart);
}

TEST(Verdict, IsToRestartWhatDiedThoughMpirunSaysAllWasWell) {
  Ending ending = kCrashed;
  ending.mpirun_code = 0;  // what it says under recovery
  EXPECT_TRUE(judge({ending}, 5).restart);
}

TEST(Verdict, IsNotToGoRoundInCircles) {
  const Verdict verdict = judge({kCrashed, kForNothing, kForNothing}, 5);
  EXPECT_FALSE(verdict.restart);
  EXPECT_EQ(verdict.exit_code, 1);
  EXPECT_THAT(verdict.why, HasSubstr("nothing new"));
}

TEST(Verdict, IsResumableWhereTheHostsAreGone) {
  const Ending refused{.mpirun_code = 1};
  EXPECT_TRUE(judge({kCrashed, refused}, 5).restart);
  EXPECT_FALSE(judge({kCrashed, refused, refused}, 5).restart);
  EXPECT_EQ(judge({kCrashed, refused, refused}, 5).exit_code, 3);
}

TEST(Verdict, IsResumableWhenTheRestartsAreUsedUp) {
  EXPECT_TRUE(judge({kCrashed, kCrashed}, 2).restart);
  const Verdict verdict = judge({kCrashed, kCrashed, kCrashed}, 2);
  EXPECT_FALSE(verdict.restart);
  EXPECT_EQ(verdict.exit_code, 3);
  EXPECT_EQ(judge({kCrashed}, 0).exit_code, 3);
}

TEST(Verdict, IsResumableWhereAStopWasRequested) {
  Ending killed = kForNothing;
  killed.reason = Reason::stopping_too_long;
  killed.was_asked_to_stop = true;
  EXPECT_FALSE(judge({killed}, 5).restart);
  EXPECT_EQ(judge({killed}, 5).exit_code, 3);
}

TEST(Verdict, IsWrongInputWhereMpirunRefused) {
  const Verdict verdict = judge({{.mpirun_code = 213}}, 5);
  EXPECT_FALSE(verdict.restart);
  EXPECT_EQ(verdict.exit_code, 2);
  EXPECT_EQ(judge({{.mpirun_code = 1}}, 5).exit_code, 2);
}

TEST(Verdict, IsOurFaultWhereTheProgramDiedBeforeTheRunBegan) {
  EXPECT_EQ(judge({{.mpirun_code = 139}}, 5).exit_code, 1);
  EXPECT_EQ(judge({{.mpirun_code = 0}}, 5).exit_code, 1);
  EXPECT_EQ(judge({{.mpirun_code = 143, .reason = Reason::never_began}}, 5).exit_code, 1);
}

TEST(HostsLeft, AreAllWhereEveryHostAnswers) {
  EXPECT_THAT(hosts_left({}, {1}), IsEmpty());
  EXPECT_THAT(hosts_left({"a", "a", "b", "b"}, {}), IsEmpty());
  EXPECT_THAT(hosts_left({"a", "a", "b", "b"}, {1, 3}), IsEmpty());  // processes died, no host
}

TEST(HostsLeft, LeaveOutTheOneNoneOfWhoseRanksAnswers) {
  EXPECT_THAT(hosts_left({"a", "a", "b", "b", "c"}, {2, 3}),
              ElementsAre(Host{.name = "a", .ranks = 2}, Host{.name = "c", .ranks = 1}));
}

TEST(HostsLeft, KeepRank0sOwn) {
  EXPECT_THAT(hosts_left({"a", "b", "c"}, {2}),
              ElementsAre(Host{.name = "a", .ranks = 1}, Host{.name = "b", .ranks = 1}));
}

TEST(HostsLeft, AreAllWhereNobodyAnswers) {  // it is rank 0 that heard nothing
  EXPECT_THAT(hosts_left({"a", "b", "c"}, {1, 2}), IsEmpty());
}

}  // namespace
}  // namespace stepladder::launch
