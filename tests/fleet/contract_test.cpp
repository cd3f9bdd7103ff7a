#include "fleet/contract.hpp"

#include <gtest/gtest.h>

#include "stepladder/fleet/thread_fleet.hpp"
#include "stepladder/simulation/simulated_fleet.hpp"

namespace stepladder::fleet {
namespace {

class ThreadWorld final : public World {
 public:
  explicit ThreadWorld(std::uint32_t workers) : workers_(workers) {}
  void run(schedule::Hyperband& scheduler, const Record& record, const Train& train,
           const CoordinateOptions& options) override {
    ThreadFleet fleet(workers_, [&](WorkerId) { return train; });
    coordinate(scheduler, record, fleet, options);
  }

 private:
  std::uint32_t workers_;
};

INSTANTIATE_TEST_SUITE_P(OneThread, FleetContract,
                         ::testing::Values([]() -> std::unique_ptr<World> {
                           return std::make_unique<ThreadWorld>(1);
                         }));
INSTANTIATE_TEST_SUITE_P(SevenThreads, FleetContract,
                         ::testing::Values([]() -> std::unique_ptr<World> {
                           return std::make_unique<ThreadWorld>(7);
                         }));

// `train` runs at once and in full when an assignment is given; only its outcome takes time.
class SimulatedWorld final : public World {
 public:
  SimulatedWorld(std::uint32_t workers, simulation::Disturbances disturbances)
      : workers_(workers), disturbances_(disturbances) {}
  void run(schedule::Hyperband& scheduler, const Record& record, const Train& train,
           const CoordinateOptions& options) override {
    simulation::SimulatedFleet fleet(
        workers_,
        [&](const Assignment& a) -> simulation::Trained {
          const auto duration = 1 + static_cast<Seconds>(a.to - a.from);
          try {
            return {train(a, [](Steps) { return true; }).outcome, duration};
          } catch (const std::exception& error) {
            return {Crashed{error.what()}, duration};
          }
        },
        disturbances_, Seed{++runs_});
    coordinate(scheduler, record, fleet, options);
  }

 private:
  std::uint32_t workers_;
  simulation::Disturbances disturbances_;
  std::uint64_t runs_ = 0;
};

INSTANTIATE_TEST_SUITE_P(VirtualTime, FleetContract,
                         ::testing::Values([]() -> std::unique_ptr<World> {
                           return std::make_unique<SimulatedWorld>(5, simulation::Disturbances{});
                         }));

// Without the disturbances that put a stale report into the journal, which the contract's reading
// of it would have to know.
INSTANTIATE_TEST_SUITE_P(VirtualTimeWithLosses, FleetContract,
                         ::testing::Values([]() -> std::unique_ptr<World> {
                           return std::make_unique<SimulatedWorld>(
                               9,
                               simulation::Disturbances{
                                   .straggling = 2, .loss = 0.2, .report_delay = 0.3, .away = 10});
                         }));

}  // namespace
}  // namespace stepladder::fleet
