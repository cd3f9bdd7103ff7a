#include "stepladder/record/timeline.hpp"

#include <optional>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stepladder/schedule/hyperband.hpp"

namespace stepladder::record {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Events at given times, to a scheduler of one configuration after another.
struct Day {
  schedule::Hyperband scheduler{
      {.mode = schedule::Mode::random, .min_steps = 10, .max_steps = 10, .trials = 3},
      search::Sampler({{{"learning_rate", Range{.min = 0.1, .max = 1}}}}, Seed{1})};
  Timeline timeline;

  void tell(Seconds at, decltype(schedule::Event::what) what) {
    const schedule::Event event{.at = at, .what = std::move(what)};
    timeline.add({.event = event, .commands = scheduler.handle(event)});
  }
  void report(Seconds at, std::uint64_t lease, Outcome outcome, Seconds scoring) {
    tell(at, schedule::Reported{.lease = LeaseId{lease},
                                .outcome = std::move(outcome),
                                .effort = {.scoring = scoring}});
  }
  [[nodiscard]] std::vector<Stretch> of(std::uint32_t worker) const {
    const auto all = timeline.stretches();
    const auto found = all.find(WorkerId{worker});
    return found == all.end() ? std::vector<Stretch>{} : found->second;
  }
};

const Score kScore{0.5, 1};

TEST(Timeline, splits_an_assignment_into_training_and_the_scoring_after_it) {
  Day day;
  day.tell(1, schedule::WorkerJoined{WorkerId{0}});
  day.report(11, 1, kScore, 2);
  day.report(20, 2, kScore, 1);
  const std::vector<Stretch> stretches = day.of(0);
  ASSERT_EQ(stretches.size(), 4U);
  EXPECT_EQ(stretches[0], (Stretch{1, 9, Doing::training, TrialId{0}}));
  EXPECT_EQ(stretches[1], (Stretch{9, 11, Doing::scoring, TrialId{0}}));
  EXPECT_EQ(stretches[2], (Stretch{11, 19, Doing::training, TrialId{1}}));
  EXPECT_EQ(stretches[3], (Stretch{19, 20, Doing::scoring, TrialId{1}}));
}

TEST(Timeline, shows_what_is_under_way_up_to_now) {
  Day day;
  day.tell(1, schedule::WorkerJoined{WorkerId{0}});
  day.tell(5, schedule::WorkerJoined{WorkerId{1}});
  EXPECT_THAT(day.of(0), ElementsAre(Stretch{1, 5, Doing::training, TrialId{0}}));
  EXPECT_THAT(day.of(1), IsEmpty());
}

TEST(Timeline, a_lost_worker_has_lost_its_work_and_is_away_until_it_is_back) {
  Day day;
  day.tell(1, schedule::WorkerJoined{WorkerId{0}});
  day.tell(4, schedule::WorkerLost{WorkerId{0}});
  day.tell(10, schedule::WorkerJoined{WorkerId{0}});
  day.report(12, 2, kScore, 0);
  EXPECT_THAT(day.of(0), ElementsAre(Stretch{1, 4, Doing::lost, TrialId{0}},
                                     Stretch{10, 12, Doing::training, TrialId{0}}));
}

TEST(Timeline, a_crash_is_lost_work_and_a_worker_without_work_waits) {
  Day day;
  day.tell(0, schedule::WorkerJoined{WorkerId{0}});
  day.report(2, 1, Crashed{"disk"}, 0);
  EXPECT_EQ(day.of(0).front(), (Stretch{0, 2, Doing::lost, TrialId{0}}));
  day.tell(2, schedule::WorkerJoined{WorkerId{1}});
  day.tell(2, schedule::WorkerJoined{WorkerId{2}});
  day.tell(2, schedule::WorkerJoined{WorkerId{3}});
  day.tell(7, schedule::StopRequested{});
  EXPECT_THAT(day.of(3), ElementsAre(Stretch{2, 7, Doing::waiting, std::nullopt}));
}

TEST(Timeline, late_and_forged_reports_change_nothing) {
  Day day;
  day.tell(0, schedule::WorkerJoined{WorkerId{0}});
  day.report(3, 99, kScore, 1);
  EXPECT_THAT(day.of(0), ElementsAre(Stretch{0, 3, Doing::training, TrialId{0}}));
}

TEST(Timeline, a_restart_loses_what_was_under_way) {
  Day day;
  day.tell(0, schedule::WorkerJoined{WorkerId{0}});
  day.tell(3, schedule::Restarted{});
  day.tell(3, schedule::WorkerJoined{WorkerId{0}});
  day.report(8, 2, kScore, 0);
  EXPECT_THAT(day.of(0), ElementsAre(Stretch{0, 3, Doing::lost, TrialId{0}},
                                     Stretch{3, 8, Doing::training, TrialId{0}}));
}

}  // namespace
}  // namespace stepladder::record
