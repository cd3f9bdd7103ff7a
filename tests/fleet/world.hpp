// One way to put workers behind coordinate(), and training that costs nothing and is known
// beforehand.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>

#include "stepladder/fleet/fleet.hpp"
#include "stepladder/schedule/invariants.hpp"
#include "stepladder/trial/random.hpp"

namespace stepladder::fleet {

class World {
 public:
  virtual ~World() = default;
  // With coordinate() on rank 0; as a worker elsewhere. Returns once every worker has left.
  virtual void run(schedule::Hyperband& scheduler, const Record& record, const Train& train,
                   const CoordinateOptions& options) = 0;
  [[nodiscard]] virtual bool has_scheduler() const { return true; }
};

// The score of a trial at a step: known to all ranks, without training anything.
inline Score fake_score(const Assignment& a) {
  const RandomStream random(Seed{3}, Purpose::simulation, a.trial.value,
                            static_cast<std::uint64_t>(a.to));
  return {random.uniform(0), 1 + random.uniform(1)};
}

inline Result fake_train(const Assignment& a, const KeepGoing& keep_going) {
  for (Steps step = a.from; step < a.to; ++step)
    if (!keep_going(step)) return {Interrupted{step}, {.steps = step - a.from}};
  return {fake_score(a), {.steps = a.to - a.from}};
}

// As above, but each step takes a while, so that a recall meets work under way.
inline Result slow_train(const Assignment& a, const KeepGoing& keep_going) {
  return fake_train(a, [&](Steps at) {
    std::this_thread::sleep_for(std::chrono::microseconds(300));
    return keep_going(at);
  });
}

// A journal in memory, kept as lines, with a scheduler that goes on from it.
class Life {
 public:
  explicit Life(const schedule::Plan& plan) : plan_(plan) {}

  // Replays what was recorded so far, as a restart does, then runs.
  void live(World& world, const Train& train, CoordinateOptions options = {}) {
    schedule::Hyperband scheduler(plan_, search::Sampler(space(), Seed{1}));
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const wire::Entry entry = wire::entry_from(lines_[i], i + 2);
      ASSERT_EQ(scheduler.handle(entry.event), entry.commands) << lines_[i];
    }
    if (!lines_.empty()) {
      const schedule::Event restarted{.what = schedule::Restarted{}};
      record(std::vector{wire::Entry{restarted, scheduler.handle(restarted)}});
    }
    options.observe = [](const schedule::Hyperband& now, std::span<const wire::Entry>) {
      ASSERT_TRUE(schedule::broken_invariants(now).empty());
    };
    world.run(
        scheduler, [this](std::span<const wire::Entry> entries) { record(entries); }, train,
        options);
    finished_ = scheduler.finished();
    chosen_ = scheduler.chosen();
    if (!world.has_scheduler()) return;
    EXPECT_EQ(scheduler.workers(), 0U);
    EXPECT_TRUE(scheduler.leases().empty());
  }

  // Every trial's first rung and every promotion came out as it should, and exactly once.
  void expect_whole() const {
    ASSERT_TRUE(finished_);
    ASSERT_TRUE(chosen_);
    std::map<LeaseId, Assignment> leases;
    std::map<TrialId, std::set<Steps>> completed;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const wire::Entry entry = wire::entry_from(lines_[i], i + 2);
      if (const auto* report = std::get_if<schedule::Reported>(&entry.event.what)) {
        const Assignment& a = leases.at(report->lease);
        if (std::holds_alternative<Interrupted>(report->outcome)) continue;
        EXPECT_EQ(report->outcome, Outcome{fake_score(a)}) << lines_[i];
        if (a.part == Part::prune) {
          EXPECT_TRUE(completed[a.trial].insert(a.to).second) << lines_[i];
        }
      }
      for (const schedule::Command& command : entry.commands)
        if (const auto* assign = std::get_if<schedule::Assign>(&command))
          leases[assign->assignment.lease] = assign->assignment;
    }
    EXPECT_EQ(completed.size(), static_cast<std::size_t>(plan_.trials));
    for (const auto& [trial, levels] : completed) EXPECT_EQ(*levels.begin(), plan_.min_steps);
    EXPECT_TRUE(completed[*chosen_].contains(plan_.max_steps));
  }

  [[nodiscard]] bool finished() const { return finished_; }
  [[nodiscard]] std::size_t entries() const { return lines_.size(); }
  [[nodiscard]] wire::Entry entry(std::size_t i) const {
    return wire::entry_from(lines_[i], i + 2);
  }

 private:
  static SearchSpace space() {
    return {{{"learning_rate", Range{.min = 0.001, .max = 1, .scale = Scale::log}}}};
  }
  void record(std::span<const wire::Entry> entries) {
    for (const wire::Entry& entry : entries) lines_.push_back(to_line(entry, lines_.size() + 2));
  }

  schedule::Plan plan_;
  std::vector<std::string> lines_;
  bool finished_ = false;
  std::optional<TrialId> chosen_;
};

}  // namespace stepladder::fleet
