#include "stepladder/simulation/simulated_fleet.hpp"

#include <gtest/gtest.h>

namespace stepladder::simulation {
namespace {

using schedule::Assign;
using schedule::Event;
using schedule::Reported;
using schedule::WorkerJoined;
using schedule::WorkerLost;

const Training kTenSeconds = [](const Assignment&) -> Trained { return {Score{0.5, 1}, 10}; };

Assign assign(std::uint64_t lease, std::uint32_t worker = 0) {
  return {WorkerId{worker}, Assignment{.lease = LeaseId{lease}, .to = 100}};
}

// Everything that still arrives.
std::vector<Event> rest_of(SimulatedFleet& fleet) {
  std::vector<Event> events;
  for (fleet::Arrivals arrivals = fleet.next(); !arrivals.empty(); arrivals = fleet.next())
    events.insert(events.end(), arrivals.begin(), arrivals.end());
  return events;
}

template <class What>
std::size_t count(const std::vector<Event>& events) {
  std::size_t result = 0;
  for (const Event& event : events) result += std::holds_alternative<What>(event.what) ? 1 : 0;
  return result;
}

std::vector<Event> history(Seed seed, const Disturbances& disturbances) {
  SimulatedFleet fleet(8, kTenSeconds, disturbances, seed);
  std::vector<Event> events = fleet.next();
  for (std::uint32_t i = 0; i < 8; ++i) fleet.carry_out(assign(i + 1, i));
  const std::vector<Event> rest = rest_of(fleet);
  events.insert(events.end(), rest.begin(), rest.end());
  return events;
}

TEST(SimulatedFleet, LetsAllWorkersJoinAtOnce) {
  SimulatedFleet fleet(3, kTenSeconds);
  const fleet::Arrivals arrivals = fleet.next();
  ASSERT_EQ(arrivals.size(), 3U);
  for (std::uint32_t i = 0; i < 3; ++i)
    EXPECT_EQ(arrivals[i], (Event{.at = 0, .what = WorkerJoined{WorkerId{i}}}));
  EXPECT_TRUE(fleet.next().empty());
}

TEST(SimulatedFleet, ReportsAfterTheWorkloadsDuration) {
  SimulatedFleet fleet(1, kTenSeconds, {.report_delay = 3});
  static_cast<void>(fleet.next());
  fleet.carry_out(assign(1));
  const fleet::Arrivals arrivals = fleet.next();
  ASSERT_EQ(arrivals.size(), 1U);
  EXPECT_EQ(arrivals[0].at, 13);
  EXPECT_EQ(fleet.now(), 13);
  EXPECT_EQ(std::get<Reported>(arrivals[0].what).outcome, Outcome(Score{0.5, 1}));
  EXPECT_EQ(fleet.busy(), 10);
}

TEST(SimulatedFleet, GivesTogetherWhatArrivesTogether) {
  SimulatedFleet fleet(4, kTenSeconds);
  static_cast<void>(fleet.next());
  for (std::uint32_t i = 0; i < 4; ++i) fleet.carry_out(assign(i + 1, i));
  EXPECT_EQ(fleet.next().size(), 4U);
}

TEST(SimulatedFleet, HasEqualHistoriesForEqualSeeds) {
  const Disturbances disturbances{
      .straggling = 1, .loss = 0.5, .late_report = 0.5, .duplicate = 0.5, .away = 5};
  EXPECT_EQ(history(Seed{1}, disturbances), history(Seed{1}, disturbances));
  EXPECT_NE(history(Seed{1}, disturbances), history(Seed{2}, disturbances));
}

TEST(SimulatedFleet, IsInOrderOfTime) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Seconds last = 0;
    for (const Event& event : history(Seed{seed}, {.straggling = 3,
                                                  .loss = 0.4,
                                                  .late_report = 1,
                                                  .duplicate = 1,
                                                  .report_delay = 2,
                                                  .away = 9})) {
      EXPECT_GE(event.at, last);
      last = event.at;
    }
  }
}

TEST(SimulatedFleet, LosesWorkersAndBringsThemBack) {
  const std::vector<Event> lost = history(Seed{1}, {.loss = 1, .away = 5});
  EXPECT_EQ(count<WorkerLost>(lost), 8U);
  EXPECT_EQ(count<WorkerJoined>(lost), 16U);
  EXPECT_EQ(count<Reported>(lost), 0U);
  const std::vector<Event> late = history(Seed{1}, {.loss = 1, .late_report = 1});
  EXPECT_EQ(count<Reported>(late), 8U);
  EXPECT_EQ(count<Reported>(history(Seed{1}, {.duplicate = 1})), 16U);
}

TEST(SimulatedFleet, GivesBackWhatIsRecalled) {
  SimulatedFleet fleet(2,
                       [](const Assignment& a) -> Trained {
                         return {Score{}, a.lease == LeaseId{1} ? 10.0 : 4.0};
                       },
                       {.duplicate = 1});
  static_cast<void>(fleet.next());
  fleet.carry_out(assign(1, 0));
  fleet.carry_out(assign(2, 1));
  static_cast<void>(fleet.next());  // worker 1's report, at 4 s
  fleet.carry_out(schedule::Recall{WorkerId{0}});
  const fleet::Arrivals arrivals = fleet.next();
  ASSERT_GE(arrivals.size(), 1U);
  EXPECT_EQ(arrivals[0].at, 4);
  EXPECT_EQ(std::get<Reported>(arrivals[0].what).outcome, Outcome{Interrupted{40}});
  EXPECT_EQ(fleet.busy(), 8);
  for (const Event& event : rest_of(fleet))  // the recalled report never comes, nor its double
    EXPECT_NE(std::get<Reported>(event.what).lease, LeaseId{1});
}

TEST(SimulatedFleet, DoesNotRecallAReportThatIsOnItsWay) {
  SimulatedFleet fleet(2,
                       [](const Assignment& a) -> Trained {
                         return {Score{}, a.lease == LeaseId{1} ? 9.5 : 10.0};
                       },
                       {.report_delay = 1});
  static_cast<void>(fleet.next());
  fleet.carry_out(assign(1, 0));
  static_cast<void>(fleet.next());
  fleet.carry_out(assign(2, 1));
  fleet.carry_out(schedule::Recall{WorkerId{0}});  // done at 9.5, reported at 10.5
  EXPECT_EQ(count<Reported>(rest_of(fleet)), 1U);
}

TEST(SimulatedFleet, CountsOnlyTimeSpentOnWork) {
  // Whatever happens, nobody works before the start, after a recall, or after death.
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SimulatedFleet fleet(2, kTenSeconds, {.loss = 0.5, .away = 1}, Seed{seed});
    static_cast<void>(fleet.next());
    fleet.carry_out(assign(1, 0));
    fleet.carry_out(assign(2, 1));
    const fleet::Arrivals first = fleet.next();  // a death or the end
    const auto* lost = std::get_if<WorkerLost>(&first.front().what);
    const Seconds then = fleet.now();
    if (lost == nullptr) continue;
    fleet.carry_out(schedule::Recall{WorkerId{1 - lost->worker.value}});
    EXPECT_NEAR(fleet.busy(), 2 * then, 1e-9) << "seed " << seed;
  }
}

TEST(SyntheticWorkload, IsAFunctionOfTrialAndSteps) {
  const Training workload = made_up_training(Seed{1});
  Assignment a{.lease = LeaseId{1}, .trial = TrialId{3}, .from = 10, .to = 100};
  a.configuration.settings = {{"learning_rate", 0.1}};
  const Trained first = workload(a);
  a.lease = LeaseId{99};
  EXPECT_EQ(workload(a).outcome, first.outcome);
  EXPECT_EQ(first.duration, 90);
  a.trial = TrialId{4};
  EXPECT_NE(workload(a).outcome, first.outcome);
}

}  // namespace
}  // namespace stepladder::simulation
