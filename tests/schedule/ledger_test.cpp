#include "stepladder/schedule/ledger.hpp"

#include <gtest/gtest.h>

#include "schedule/simulated_run.hpp"
#include "stepladder/fleet/fleet.hpp"

namespace stepladder::schedule {
namespace {

Commands assigned(std::uint32_t worker, std::uint64_t lease, std::uint32_t trial) {
  return {Assign{WorkerId{worker},
                 {.lease = LeaseId{lease}, .trial = TrialId{trial}, .from = 0, .to = 10},
                 Cause::promoted}};
}

TEST(Ledger, MatchesAReportWithItsAssignment) {
  Ledger ledger;
  EXPECT_TRUE(ledger.add({.at = 1, .what = WorkerJoined{WorkerId{0}}}, {}).empty());
  const auto waited = ledger.add({.at = 3, .what = WorkerJoined{WorkerId{1}}}, assigned(0, 1, 7));
  ASSERT_EQ(waited.size(), 1U);
  EXPECT_FALSE(waited[0].work);
  EXPECT_EQ(waited[0].from, 1);
  EXPECT_EQ(waited[0].to, 3);
  const Event report{.at = 8, .what = Reported{LeaseId{1}, Score{0.5, 1}, {}}};
  const auto done = ledger.add(report, {});
  ASSERT_EQ(done.size(), 1U);
  EXPECT_EQ(done[0].worker, WorkerId{0});
  EXPECT_EQ(done[0].work->trial, TrialId{7});
  EXPECT_EQ(done[0].work->cause, Cause::promoted);
  EXPECT_EQ(done[0].from, 3);
  EXPECT_EQ(done[0].report, &std::get<Reported>(report.what));
  EXPECT_TRUE(ledger.add(report, {}).empty()) << "a report that comes twice";
  ASSERT_EQ(ledger.under_way().size(), 2U);
  EXPECT_FALSE(ledger.under_way()[0].work);
}

TEST(Ledger, WhatALostWorkerHeldHasNoReport) {
  Ledger ledger;
  ledger.add({.at = 0, .what = WorkerJoined{WorkerId{0}}}, assigned(0, 1, 7));
  EXPECT_EQ(ledger.under_way()[0].work->lease, LeaseId{1});
  const auto lost = ledger.add({.at = 4, .what = WorkerLost{WorkerId{0}, 3}}, {});
  ASSERT_EQ(lost.size(), 1U);
  EXPECT_EQ(lost[0].work->trial, TrialId{7});
  EXPECT_EQ(lost[0].report, nullptr);
  EXPECT_TRUE(ledger.under_way().empty());
}

// Every assignment of a disturbed run ends once, or is under way; the stretches of a worker follow
// each other without overlap.
TEST(Ledger, AccountsForEveryAssignment) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const RandomStream random(Seed{seed}, Purpose::simulation, 2);
    const Plan plan = random_plan(Mode::asha, Promotion::eager, random, 40);
    Hyperband scheduler(plan, search::Sampler(rate_space(), Seed{seed}));
    simulation::SimulatedFleet fleet(4, random_workload(Seed{seed}), random_disturbances(random),
                                     Seed{seed});
    Ledger ledger;
    std::set<LeaseId> assigned;
    std::set<LeaseId> ended;
    std::map<WorkerId, Seconds> until;
    const auto watch = [&](const Hyperband&, std::span<const wire::Entry> entries) {
      for (const wire::Entry& entry : entries) {
        for (const Command& command : entry.commands)
          if (const auto* assign = std::get_if<Assign>(&command))
            assigned.insert(assign->assignment.lease);
        for (const Stretch& stretch : ledger.add(entry.event, entry.commands)) {
          ASSERT_LE(until[stretch.worker], stretch.from);
          ASSERT_LE(stretch.from, stretch.to);
          until[stretch.worker] = stretch.to;
          const bool is_new = !stretch.work || ended.insert(stretch.work->lease).second;
          ASSERT_TRUE(is_new);
        }
      }
    };
    fleet::coordinate(scheduler, [](std::span<const wire::Entry>) {}, fleet, {.observe = watch});
    for (const Stretch& stretch : ledger.under_way())
      if (stretch.work) ended.insert(stretch.work->lease);
    EXPECT_EQ(ended, assigned);
    EXPECT_GT(assigned.size(), 0U);
  }
}

}  // namespace
}  // namespace stepladder::schedule
