// Property runs: ten thousand whole runs in virtual time, each with its own plan, number of workers
// and misfortunes. After each event the invariants and a slow second reading of the rules are
// asked.
#include <algorithm>
#include <tuple>

#include <gtest/gtest.h>

#include "schedule/simulated_run.hpp"

namespace stepladder::schedule {
namespace {

constexpr std::uint64_t kShards = 4;
constexpr std::uint64_t kSeedsPerShard = 250;  // times four, times ten settings: ten thousand runs

struct Setting {
  const char* name;
  Mode mode;
  Promotion promotion = Promotion::eager;
};

constexpr Setting kSettings[] = {
    {"asha", Mode::asha},
    {"asha_delayed", Mode::asha, Promotion::delayed},
    {"asha_stopping", Mode::asha_stopping},
    {"hyperband_async", Mode::hyperband_async},
    {"hyperband_async_delayed", Mode::hyperband_async, Promotion::delayed},
    {"successive_halving", Mode::successive_halving},
    {"hyperband", Mode::hyperband},
    {"pasha", Mode::pasha},
    {"random", Mode::random},
    {"top_k", Mode::top_k},
};

std::uint32_t some_workers(const RandomStream& random, std::uint64_t index) {
  return 1 + static_cast<std::uint32_t>(random.below(index, 20));
}

// All that was still on its way when a life of the scheduler ended, in any order.
std::vector<Event> late_reports(fleet::Fleet& fleet, const RandomStream& random) {
  std::vector<Event> late;
  for (fleet::Arrivals some = fleet.next(); !some.empty(); some = fleet.next())
    for (Event& event : some)
      if (std::holds_alternative<Reported>(event.what)) late.push_back(std::move(event));
  for (std::size_t left = late.size(); left > 1; --left)
    std::swap(late[left - 1], late[random.below(left, left)]);
  return late;
}

// The scheduler begins anew, now and then with more of everything, and hears what was meant for its
// former life: nothing may come of it.
void restart(SimulatedRun& run, fleet::Fleet& former, const RandomStream& random, bool grows) {
  if (grows)
    run.feed({.at = former.now(), .what = Grown{random_growth(random, run.scheduler().plan())}});
  run.feed({.at = former.now(), .what = Restarted{}});
  // Nobody has asked.
  if (!run.scheduler().awaits_range()) run.feed(run.range(former.now()));
  if (!run.scheduler().awaits_round()) run.feed({.what = RoundJudged{3, {TrialId{0}}}});
  for (const Event& event : late_reports(former, random)) {
    run.feed(event);
    ASSERT_TRUE(run.entries().back().commands.empty());
    ASSERT_TRUE(run.scheduler().leases().empty());
  }
}

// Asks for an end, and lets what is at work come to some of it.
void stop(SimulatedRun& run, fleet::Fleet& fleet, std::size_t events) {
  run.feed({.at = fleet.now(), .what = StopRequested{}});
  const wire::Entry last = run.entries().back();
  for (const Command& command : last.commands) fleet.carry_out(command);
  run.drive(fleet, events);
}

// The scheduler is stopped or dies: never, now and then, or at every report. It may be given more
// that often. Says how often that was more than it had.
std::size_t live_through(SimulatedRun& run, Seed seed, const RandomStream& random,
                         std::uint64_t growths_left = 0) {
  const double fate = random.uniform(8);
  const bool restarts = fate < 0.6;
  const std::uint64_t events_in_a_life = fate < 0.3 ? 60 : 1;
  std::size_t grown = 0;
  for (std::uint64_t life = 0; life < 5000; ++life) {
    simulation::SimulatedFleet fleet(some_workers(random, 1000 + life), random_workload(seed),
                                     random_disturbances(random), Seed{1000 * life + seed.value});
    run.drive(fleet, 1);  // those that are there from the beginning
    run.drive(fleet, restarts ? 1 + random.below(10'000 + life, events_in_a_life) : 20'000);
    if (run.scheduler().finished()) run.drive(fleet);
    const bool is_over = run.scheduler().finished();
    if (run.broken() || (is_over && growths_left == 0)) return grown;
    if (is_over) run.expect_ended();
    if (!is_over && random.uniform(20'000 + life) < 0.5)
      stop(run, fleet, random.below(30'000 + life, 30));
    const bool grows =
        growths_left > 0 && (is_over || random.uniform(40'000 + life) < 0.2) && !run.broken();
    const RandomStream luck(seed, Purpose::simulation, 93, life);
    const Plan before = run.scheduler().plan();
    if (grows) --growths_left;
    restart(run, fleet, luck, grows);
    if (run.broken()) return grown;
    if (run.scheduler().plan() != before) ++grown;
  }
  ADD_FAILURE() << "the run does not end";
  return grown;
}

class EveryMode : public ::testing::TestWithParam<std::tuple<Setting, std::uint64_t>> {
 protected:
  [[nodiscard]] static const Setting& setting() { return std::get<0>(GetParam()); }
  [[nodiscard]] static Plan plan(const RandomStream& random, std::uint64_t trials_max) {
    return random_plan(setting().mode, setting().promotion, random, trials_max);
  }
  template <class Test>
  static void for_every_seed(std::uint64_t count, const Test& test) {
    const std::uint64_t first = std::get<1>(GetParam()) * count;
    for (std::uint64_t seed = first; seed < first + count && !HasFailure(); ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      test(Seed{seed}, RandomStream(Seed{seed}, Purpose::simulation, 7));
    }
  }
};

// Workers die and come back, reports come late, twice and in any order, and the scheduler itself is
// stopped or dies: never, now and then, or at every report. Some runs are given more on the way,
// some after their end.
TEST_P(EveryMode, KeepsItsRulesAndLosesNothingWhateverHappens) {
  std::size_t extensions = 0;
  std::size_t grown = 0;
  for_every_seed(kSeedsPerShard, [&](Seed seed, const RandomStream& random) {
    SimulatedRun run(plan(random, 40), seed);
    grown += live_through(run, seed, random, random.uniform(9) < 0.5 ? 0 : 1 + random.below(10, 3));
    run.expect_ended();
    run.expect_replays();
    extensions += run.scheduler().extensions().size();
  });
  EXPECT_GT(extensions, kSeedsPerShard / 10);
  EXPECT_GT(grown, kSeedsPerShard / 4);
}

// The space has fewer configurations than there might be trials, or a few more.
TEST_P(EveryMode, EndsWhenEveryConfigurationWasTried) {
  std::size_t exhausted = 0;
  for_every_seed(kSeedsPerShard / 4, [&](Seed seed, const RandomStream& random) {
    Plan limited = plan(random, 40);
    limited.extend_range = false;  // that is of real numbers
    const auto rates = 1 + static_cast<std::int64_t>(random.below(60, 12));
    const search::Settings settings{.method = static_cast<search::Method>(random.below(61, 3))};
    SimulatedRun run(limited, search::Sampler(small_space(rates), seed, settings), 3 * rates);
    live_through(run, seed, random);
    run.expect_ended();
    run.expect_replays();
    const Hyperband& scheduler = run.scheduler();
    const auto trials = static_cast<std::int64_t>(scheduler.trials().size());
    if (scheduler.is_exhausted()) {
      ASSERT_EQ(trials, 3 * rates);
      ASSERT_EQ(scheduler.trials_max(), trials);
    }
    exhausted += scheduler.is_exhausted() ? 1 : 0;
  });
  EXPECT_GT(exhausted, kSeedsPerShard / 16);
}

// The journal survives a crash up to any entry; what was in the air then is lost, or arrives late.
TEST_P(EveryMode, GoesOnFromEveryEntryOfItsJournal) {
  for_every_seed(2, [](Seed seed, const RandomStream& random) {
    const Plan small = plan(random, 12);
    SimulatedRun whole(small, seed);
    simulation::SimulatedFleet fleet(some_workers(random, 10), random_workload(seed),
                                     random_disturbances(random), seed);
    whole.drive(fleet);
    for (std::size_t cut = 0; cut < whole.entries().size(); ++cut) {
      SCOPED_TRACE("cut after " + std::to_string(cut));
      SimulatedRun run(small, seed);
      for (std::size_t i = 0; i < cut; ++i) run.feed(whole.entries()[i].event);
      run.feed({.what = Restarted{}});
      for (std::size_t i = cut; i < whole.entries().size(); ++i)
        if (std::holds_alternative<Reported>(whole.entries()[i].event.what))
          run.feed(whole.entries()[i].event);
      std::uint64_t life = 0;
      do {  // as often as a worker's storage fails
        if (life > 0) run.feed({.what = Restarted{}});
        simulation::SimulatedFleet others(some_workers(random, 12 + life), random_workload(seed),
                                          random_disturbances(random),
                                          Seed{seed.value + cut + 1000 * life});
        run.drive(others);
      } while (!run.broken() && !run.scheduler().finished() && ++life < 1000);
      run.expect_ended();
      run.expect_replays();
      if (HasFailure()) return;
    }
  });
}

INSTANTIATE_TEST_SUITE_P(InVirtualTime, EveryMode,
                         ::testing::Combine(::testing::ValuesIn(kSettings),
                                            ::testing::Range(std::uint64_t{0}, kShards)),
                         [](const auto& parameter) {
                           return std::string(std::get<0>(parameter.param).name) + "_part_" +
                                  std::to_string(std::get<1>(parameter.param));
                         });

TEST(HyperbandInVirtualTime, EndsWithTheSameTrialsHoweverManyWorkersThereAre) {
  // Every trial runs to its first rung, and what it is does not depend on who ran it.
  const Plan plan{.min_steps = 5, .max_steps = 405, .trials = 50};
  std::vector<std::string> first;
  for (const std::uint32_t workers : {1U, 3U, 17U, 60U}) {
    SimulatedRun run(plan, Seed{5});
    simulation::SimulatedFleet fleet(workers, simulation::made_up_training(Seed{5}));
    run.drive(fleet);
    run.expect_ended();
    std::vector<std::string> trials;
    for (std::uint32_t i = 0; i < 50; ++i)
      trials.push_back(text(run.scheduler().configuration(TrialId{i})));
    if (first.empty()) first = trials;
    EXPECT_EQ(trials, first);
    EXPECT_EQ(run.scheduler().brackets().front().rungs().front().entries().size(), 50U);
  }
}

}  // namespace
}  // namespace stepladder::schedule
