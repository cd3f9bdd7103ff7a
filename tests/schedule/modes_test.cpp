// Property runs of every mode: random plans, workers that die, reports that come late or twice.
// After each event the invariants and a slow second reading of the mode's rule are asked.
#include <gtest/gtest.h>

#include "schedule/mode_oracle.hpp"
#include "schedule/simulated_run.hpp"

namespace stepladder::schedule {
namespace {

constexpr std::uint64_t kSeeds = 200;

struct Setting {
  const char* name;
  Mode mode;
  Promotion promotion = Promotion::eager;
};

class EveryMode : public ::testing::TestWithParam<Setting> {
 protected:
  static Plan some_plan(const RandomStream& random) {
    Plan plan = random_plan(random);
    plan.mode = GetParam().mode;
    plan.promotion = GetParam().promotion;
    plan.top_k = 1 + static_cast<std::int64_t>(random.below(40, 6));
    const auto levels = rung_levels(plan.min_steps, plan.max_steps, plan.eta).size();
    plan.brackets = static_cast<std::int64_t>(random.below(41, levels + 1));
    if (random.uniform(42) < 0.4) {
      const bool is_unlimited = random.uniform(43) < 0.5 && plan.mode != Mode::top_k;
      plan.total_steps = plan.max_steps + static_cast<Steps>(random.below(
                                              44, static_cast<std::uint64_t>(6 * plan.max_steps)));
      // So that no run has a great many trials.
      plan.total_steps = std::min(plan.total_steps, plan.max_steps + 60 * plan.min_steps);
      if (is_unlimited) plan.trials = 0;
    }
    return plan;
  }
};

// One event, watched; false once anything was wrong.
bool feed(Hyperband& scheduler, ModeOracle& oracle, const Event& event,
          std::vector<wire::Entry>& entries) {
  entries.push_back({.event = event, .commands = scheduler.handle(event)});
  std::vector<std::string> wrong = broken_invariants(scheduler);
  for (const std::string& complaint : oracle.check(entries.back())) wrong.push_back(complaint);
  for (const std::string& complaint : wrong)
    ADD_FAILURE() << "entry " << entries.size() << ": " << complaint;
  return wrong.empty();
}

void drive(Hyperband& scheduler, ModeOracle& oracle, fleet::Fleet& fleet,
           std::vector<wire::Entry>& entries, std::size_t events_max = 20'000) {
  while (!scheduler.finished() || scheduler.workers() > 0) {
    const fleet::Arrivals arrivals = fleet.next();
    ASSERT_FALSE(arrivals.empty()) << "nothing will ever happen again";
    for (const Event& event : arrivals) {
      if (!feed(scheduler, oracle, event, entries)) return;
      for (const Command& command : entries.back().commands) fleet.carry_out(command);
    }
    if (entries.size() >= events_max) return;
  }
}

void expect_ended(const Hyperband& scheduler, const ModeOracle& oracle) {
  const Plan& plan = scheduler.plan();
  ASSERT_TRUE(scheduler.finished());
  bool anyone_alive = false;
  for (const Trial& trial : scheduler.trials())
    anyone_alive = anyone_alive || (trial.fate == Trial::Fate::alive && trial.score);
  ASSERT_EQ(scheduler.chosen().has_value(), anyone_alive);
  if (scheduler.chosen() && plan.finish_winner) {
    const Steps left = plan.max_steps - scheduler.trials()[scheduler.chosen()->value].trained;
    if (left > 0 && plan.total_steps > 0)
      ASSERT_GT(oracle.steps() + left, plan.total_steps) << "the winner could have been finished";
    else
      ASSERT_EQ(left, 0);
  }
  if (plan.total_steps == 0) {
    ASSERT_EQ(scheduler.trials().size(), static_cast<std::size_t>(plan.trials));
  } else {
    ASSERT_LE(oracle.steps(), oracle.steps_max());
  }
}

void expect_replays(const Plan& plan, Seed seed, const std::vector<wire::Entry>& entries) {
  Hyperband again(plan, search::Sampler(rate_space(), seed));
  for (std::size_t i = 0; i < entries.size(); ++i)
    ASSERT_EQ(again.handle(entries[i].event), entries[i].commands) << "entry " << i;
}

TEST_P(EveryMode, KeepsItsRulesWhateverHappens) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const RandomStream random(Seed{seed}, Purpose::simulation, 17);
    const Plan plan = some_plan(random);
    Hyperband scheduler(plan, search::Sampler(rate_space(), Seed{seed}));
    ModeOracle oracle(plan);
    std::vector<wire::Entry> entries;
    simulation::SimulatedFleet fleet(1 + static_cast<std::uint32_t>(random.below(10, 20)),
                                     random_workload(Seed{seed}), random_disturbances(random),
                                     Seed{seed});
    drive(scheduler, oracle, fleet, entries);
    if (HasFailure()) return;
    expect_ended(scheduler, oracle);
    expect_replays(plan, Seed{seed}, entries);
    if (HasFailure()) return;
  }
}

TEST_P(EveryMode, GoesOnFromAnyEntryOfItsJournal) {
  for (std::uint64_t seed = 0; seed < kSeeds / 4; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const RandomStream random(Seed{seed}, Purpose::simulation, 18);
    const Plan plan = some_plan(random);
    Hyperband scheduler(plan, search::Sampler(rate_space(), Seed{seed}));
    ModeOracle oracle(plan);
    std::vector<wire::Entry> entries;
    for (std::uint64_t life = 0; life < 4; ++life) {
      simulation::SimulatedFleet fleet(1 + static_cast<std::uint32_t>(random.below(10 + life, 20)),
                                       random_workload(Seed{seed}), random_disturbances(random),
                                       Seed{1000 * life + seed});
      drive(scheduler, oracle, fleet, entries,
            life == 3 ? 20'000 : entries.size() + 1 + random.below(60 + life, 60));
      if (HasFailure()) return;
      if (life < 3 && !scheduler.finished())
        feed(scheduler, oracle, {.what = Restarted{}}, entries);
      if (scheduler.finished()) break;
    }
    expect_ended(scheduler, oracle);
    expect_replays(plan, Seed{seed}, entries);
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Schedule, EveryMode,
    ::testing::Values(Setting{"asha", Mode::asha},
                      Setting{"asha_delayed", Mode::asha, Promotion::delayed},
                      Setting{"asha_stopping", Mode::asha_stopping},
                      Setting{"hyperband_async", Mode::hyperband_async},
                      Setting{"hyperband_async_delayed", Mode::hyperband_async, Promotion::delayed},
                      Setting{"successive_halving", Mode::successive_halving},
                      Setting{"hyperband", Mode::hyperband}, Setting{"pasha", Mode::pasha},
                      Setting{"random", Mode::random}, Setting{"top_k", Mode::top_k}),
    [](const auto& parameter) { return std::string(parameter.param.name); });

}  // namespace
}  // namespace stepladder::schedule
