// Workers in virtual time: a discrete-event simulation that drives the real scheduler, so that what
// it shows is what a cluster would do. Equal seeds give equal histories, whatever machine runs
// them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <queue>

#include "stepladder/fleet/fleet.hpp"
#include "stepladder/trial/random.hpp"

namespace stepladder::simulation {

// What an assignment comes to, and how long it takes on an undisturbed worker.
struct Trained {
  Outcome outcome;
  Seconds duration = 0;
};
using Training = std::function<Trained(const Assignment&)>;

struct Disturbances {
  double straggling = 0;  // durations are multiplied by 1 + straggling * |normal|
  double loss = 0;  // probability that a worker dies during an assignment; it is back after `away`
  double late_report =
      0;  // probability that a dead worker's report arrives after all, when its lease is gone
  double duplicate = 0;      // probability that a report arrives a second time
  Seconds report_delay = 0;  // from the end of an assignment to its arrival at the scheduler
  Seconds away = 60;
};

class SimulatedFleet final : public fleet::Fleet {
 public:
  SimulatedFleet(std::uint32_t workers, Training workload, Disturbances disturbances = {},
                 Seed seed = {});

  [[nodiscard]] fleet::Arrivals next()
      override;  // all arrivals of the next moment at which anything arrives
  void carry_out(const schedule::Command& command) override;
  [[nodiscard]] Seconds now() const override { return now_; }

  [[nodiscard]] Seconds busy() const noexcept {
    return busy_;
  }  // worker-seconds spent on assignments, lost ones too

 private:
  struct Pending {
    std::uint64_t order;  // first in, first out among equals
    schedule::Event event;
    bool operator<(const Pending& other) const {  // the standard queue hands out the "largest"
      if (event.at != other.event.at) return event.at > other.event.at;
      return order > other.order;
    }
  };
  struct Task {  // what a worker is doing
    LeaseId lease;
    Steps from = 0;
    Steps to = 0;
    Seconds start = 0;
    Seconds end = 0;           // when the assignment is done
    Seconds worked_until = 0;  // then, or when the worker dies before
  };
  void arrive(Seconds at, decltype(schedule::Event::what) what);
  void begin(const schedule::Assign& assign);
  void give_back(WorkerId worker);

  Training workload_;
  Disturbances disturbances_;
  Seed seed_;
  Seconds now_ = 0;
  Seconds busy_ = 0;
  std::uint64_t order_ = 0;
  std::priority_queue<Pending> pending_;
  std::map<WorkerId, Task> tasks_;
  std::map<LeaseId, bool> recalled_;  // leases whose own report must not arrive any more
};

// A made-up learning curve with an optimum in learning_rate, noise that shrinks with steps, and
// divergence at rates that are too high: a pure function of (seed, trial, configuration, steps).
// One second a step.
[[nodiscard]] Training made_up_training(Seed seed);

}  // namespace stepladder::simulation
