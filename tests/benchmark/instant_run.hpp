// A whole run on workers that do nothing, every result at once: events as fast as the scheduler
// takes them.
#pragma once

#include <cstdint>
#include <deque>

#include "stepladder/schedule/hyperband.hpp"
#include "stepladder/trial/random.hpp"

namespace stepladder::schedule {

inline SearchSpace benchmark_space() {
  return {{{"learning_rate", Range{.min = 1e-4, .max = 1, .scale = Scale::log}},
           {"decay_rate", Range{.min = 0.5, .max = 1}}}};
}

// Calls visit(event, commands) after each; returns how many there were.
template <class Visit>
std::uint64_t run_at_once(Hyperband& scheduler, std::uint32_t workers, const Visit& visit) {
  const RandomStream random(Seed{1}, Purpose::simulation);
  std::deque<Event> arrivals;
  std::uint64_t events = 0;
  for (std::uint32_t i = 0; i < workers; ++i)
    arrivals.push_back({.at = 0, .what = WorkerJoined{WorkerId{i}}});
  while (!arrivals.empty()) {
    const Event event = std::move(arrivals.front());
    arrivals.pop_front();
    ++events;
    const Commands commands = scheduler.handle(event);
    for (const Command& command : commands) {
      const auto* assign = std::get_if<Assign>(&command);
      if (assign == nullptr) continue;
      const Score score{random.uniform(assign->assignment.lease.value), 1};
      arrivals.push_back({.at = 0, .what = Reported{assign->assignment.lease, score, {}}});
    }
    visit(event, commands);
  }
  return events;
}

}  // namespace stepladder::schedule
