#include "stepladder/launch/watch.hpp"

#include <gtest/gtest.h>

namespace stepladder::launch {
namespace {

class WatchTest : public ::testing::Test {
 protected:
  // Looks every half second until `end`, with what `seen` holds; the actions other than nothing are
  // returned as "action@time" words.
  std::string look_until(Seconds end) {
    static constexpr const char* kNames[] = {"nothing", "ask", "terminate", "kill", "bury"};
    std::string actions;
    for (; seen.now < end; seen.now += 0.5) {
      const Action action = watch.look(seen);
      if (action == Action::nothing) continue;
      if (!actions.empty()) actions += ' ';
      actions += kNames[static_cast<int>(action)];
      actions += '@' + std::to_string(static_cast<int>(seen.now));
      if (action == Action::kill || action == Action::collect) break;
    }
    return actions;
  }
  void begin() {
    seen.beats = true;
    EXPECT_EQ(look_until(seen.now + 1), "");
  }

  Watch watch{{}, 0};
  Seen seen{};
};

TEST_F(WatchTest, LeavesARunAloneThatGivesSignsOfLife) {
  seen.beats = true;
  EXPECT_EQ(look_until(10'000), "");
  EXPECT_TRUE(watch.has_begun());
}

TEST_F(WatchTest, EndsARunThatIsSilent) {
  begin();
  seen.beats = false;
  EXPECT_EQ(look_until(1000), "terminate@61 kill@66");
  EXPECT_EQ(watch.reason(), Reason::silent);
}

TEST_F(WatchTest, MindsOnlySilenceSinceTheLastSign) {
  begin();
  for (int times = 0; times < 5; ++times) {
    seen.beats = false;
    EXPECT_EQ(look_until(seen.now + 55), "");
    begin();
  }
}

TEST_F(WatchTest, GivesTheBeginningMoreTime) {
  EXPECT_EQ(look_until(590), "");
  EXPECT_FALSE(watch.has_begun());
  EXPECT_EQ(look_until(1000), "terminate@600 kill@606");
  EXPECT_EQ(watch.reason(), Reason::never_began);
}

TEST_F(WatchTest, BuriesWhatEnds) {
  begin();
  seen.is_over = true;
  EXPECT_EQ(look_until(10), "bury@1");
  EXPECT_EQ(watch.reason(), Reason::by_itself);
}

TEST_F(WatchTest, EndsAnMpirunThatOutlivesTheRun) {
  begin();
  seen.beats = false;
  seen.has_ended = true;
  EXPECT_EQ(look_until(1000), "terminate@6 kill@12");
  EXPECT_EQ(watch.reason(), Reason::left_hanging);
}

TEST_F(WatchTest, LetsMpirunEndByItselfFirst) {
  begin();
  seen.has_ended = true;
  seen.is_rank_0_gone = true;
  EXPECT_EQ(look_until(4), "");
  seen.is_over = true;
  EXPECT_EQ(look_until(5), "bury@4");
}

TEST_F(WatchTest, EndsTheOthersWhenRank0Died) {
  begin();
  seen.is_rank_0_gone = true;
  EXPECT_EQ(look_until(3), "terminate@2");
  EXPECT_EQ(watch.reason(), Reason::rank_0_died);
  seen.is_over = true;
  EXPECT_EQ(look_until(5), "bury@3");
  EXPECT_EQ(watch.reason(), Reason::rank_0_died);
}

TEST_F(WatchTest, EndsAStartThatLostARankBeforeItBegan) {
  EXPECT_EQ(look_until(2), "");
  seen.is_rank_missing = true;
  EXPECT_EQ(look_until(100), "terminate@7 kill@13");
  EXPECT_EQ(watch.reason(), Reason::rank_died_early);
}

TEST_F(WatchTest, LeavesALostRankToRank0OnceTheRunHasBegun) {
  begin();
  seen.is_rank_missing = true;
  EXPECT_EQ(look_until(50), "");
}

TEST_F(WatchTest, PassesARequestToStopOnOnceAndWaits) {
  begin();
  seen.request = Request::stop;
  EXPECT_EQ(look_until(50), "ask@1");
  EXPECT_EQ(look_until(1000), "terminate@61 kill@67");
  EXPECT_EQ(watch.reason(), Reason::stopping_too_long);
}

TEST_F(WatchTest, EndsAStartThatIsToStopBeforeItBegan) {
  seen.request = Request::stop;
  EXPECT_EQ(look_until(50), "terminate@0 kill@5");
  EXPECT_EQ(watch.reason(), Reason::stopped_early);
}

TEST_F(WatchTest, EndsAtOnceWhatIsToEndNow) {
  begin();
  seen.request = Request::stop;
  EXPECT_EQ(look_until(2), "ask@1");
  seen.request = Request::end_now;
  EXPECT_EQ(look_until(1000), "terminate@2 kill@7");
  EXPECT_EQ(watch.reason(), Reason::at_once);
}

TEST_F(WatchTest, HasWordsForEveryReason) {
  for (const Reason reason : {Reason::by_itself, Reason::never_began, Reason::silent,
                              Reason::rank_0_died, Reason::rank_died_early, Reason::left_hanging,
                              Reason::stopping_too_long, Reason::stopped_early, Reason::at_once})
    EXPECT_NE(words_for(reason, {}), "");
  EXPECT_EQ(words_for(Reason::silent, {}), "rank 0 had given no sign of life for 60 s");
}

}  // namespace
}  // namespace stepladder::launch
