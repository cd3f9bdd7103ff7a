// What every fleet must do, as tests over a World; for one source file of a test program.
// FleetContract is instantiated for threads, for virtual time and, under mpirun, for ranks; there,
// every rank runs the same tests, and only rank 0 has a scheduler to judge by.
#pragma once

#include "fleet/world.hpp"

namespace stepladder::fleet {

inline const schedule::Plan kSmallPlan{.min_steps = 2, .max_steps = 54, .trials = 25};

inline std::optional<std::string> why_if(bool stops) {
  return stops ? std::optional<std::string>("on a whim") : std::nullopt;
}

class FleetContract : public ::testing::TestWithParam<std::function<std::unique_ptr<World>()>> {
 protected:
  const std::unique_ptr<World> world_ = GetParam()();
};

TEST_P(FleetContract, EveryTrialsWorkIsDone) {
  Life life(kSmallPlan);
  life.live(*world_, fake_train);
  if (world_->has_scheduler()) life.expect_whole();
}

TEST_P(FleetContract, AStopGivesEverythingBackAndIsResumed) {
  Life life(kSmallPlan);
  for (std::size_t stop_at = 5; stop_at <= 60; stop_at += 11)
    life.live(*world_, slow_train,
              {.reason_to_stop = [&life, stop_at] { return why_if(life.entries() >= stop_at); }});
  life.live(*world_, fake_train);
  if (world_->has_scheduler()) life.expect_whole();
}

TEST_P(FleetContract, AStopBeforeAnythingStartsIsObeyed) {
  Life life(kSmallPlan);
  life.live(*world_, fake_train, {.reason_to_stop = [] { return why_if(true); }});
  if (!world_->has_scheduler()) return;
  EXPECT_FALSE(life.finished());
  for (std::size_t i = 0; i < life.entries(); ++i)
    for (const schedule::Command& command : life.entry(i).commands)
      EXPECT_FALSE(std::holds_alternative<schedule::Assign>(command) &&
                   std::holds_alternative<schedule::StopRequested>(life.entry(0).event.what));
}

TEST_P(FleetContract, AFinishedRunHasNoWork) {
  Life life(kSmallPlan);
  life.live(*world_, fake_train);
  const std::size_t entries = life.entries();
  life.live(*world_, fake_train);
  if (!world_->has_scheduler()) return;
  life.expect_whole();
  for (std::size_t i = entries; i < life.entries(); ++i)
    for (const schedule::Command& command : life.entry(i).commands)
      EXPECT_TRUE(std::holds_alternative<schedule::Retire>(command));
}

TEST_P(FleetContract, AnExceptionInTrainingIsACrash) {
  Life life(kSmallPlan);
  const auto is_unlucky = [](TrialId trial) { return trial.value % 4 == 1; };
  life.live(*world_, [&](const Assignment& a, const KeepGoing& keep_going) {
    if (is_unlucky(a.trial))
      throw std::runtime_error("no luck, \"trial\" " + std::to_string(a.trial.value));
    return fake_train(a, keep_going);
  });
  if (!world_->has_scheduler()) return;
  EXPECT_TRUE(life.finished());
  int crashes = 0;
  for (std::size_t i = 0; i < life.entries(); ++i) {
    const wire::Entry entry = life.entry(i);
    const auto* report = std::get_if<schedule::Reported>(&entry.event.what);
    const auto* crashed = report ? std::get_if<Crashed>(&report->outcome) : nullptr;
    if (crashed == nullptr) continue;
    ++crashes;
    EXPECT_TRUE(crashed->reason.starts_with("no luck, \"trial\" ")) << crashed->reason;
  }
  EXPECT_EQ(crashes, 6 * schedule::Leases::kCrashesMax);  // trials 1, 5, 9, 13, 17, 21
}

TEST_P(FleetContract, ARunOfCrashesEnds) {
  Life life({.min_steps = 1, .max_steps = 9, .trials = 4});
  life.live(*world_, [](const Assignment&, const KeepGoing&) -> Result {
    throw std::runtime_error(std::string(5000, 'x'));
  });
  EXPECT_TRUE(life.finished() || !world_->has_scheduler());
}

TEST_P(FleetContract, EveryConfigurationArrivesWhole) {
  Life life(kSmallPlan);
  std::mutex mutex;
  std::map<TrialId, std::set<std::string>> seen;
  life.live(*world_, [&](const Assignment& a, const KeepGoing& keep_going) {
    const std::lock_guard lock(mutex);
    seen[a.trial].insert(text(a.configuration));
    EXPECT_EQ(a.horizon, 54);
    return fake_train(a, keep_going);
  });
  for (const auto& [trial, configurations] : seen) {
    EXPECT_EQ(configurations.size(), 1U);
    EXPECT_TRUE(configurations.begin()->starts_with("learning_rate=0."));
  }
}

}  // namespace stepladder::fleet
