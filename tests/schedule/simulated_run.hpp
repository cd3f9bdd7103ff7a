// A whole run in virtual time, watched: after every event the invariants and the oracle are asked.
// Everything about it (plan, workers, disturbances, outcomes) is drawn from one seed.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schedule/oracle.hpp"
#include "stepladder/schedule/hyperband.hpp"
#include "stepladder/schedule/invariants.hpp"
#include "stepladder/simulation/simulated_fleet.hpp"
#include "stepladder/trial/random.hpp"
#include "trial/two_metrics.hpp"

namespace stepladder::schedule {

// Of three different configurations for each rate.
inline SearchSpace small_space(std::int64_t rates) {
  const std::vector<Value> linear = {Value{std::string("linear")}};
  Choices rate;
  for (std::int64_t i = 1; i <= rates; ++i) rate.values.emplace_back(0.01 * static_cast<double>(i));
  return {{{"learning_rate", rate},
           {"policy", Choices{{Value{std::string("constant")}, linear.front()}}},
           {"staircase", Choices{{true, false}}, Condition{"policy", linear}}}};
}

// At most `trials_max` trials; some plans are limited by a total of steps as well, or by that
// alone.
inline Plan random_plan(Mode mode, Promotion promotion, const RandomStream& random,
                        std::uint64_t trials_max) {
  Plan plan{.mode = mode, .promotion = promotion};
  plan.eta = 2 + static_cast<std::int64_t>(random.below(1, 3));
  plan.min_steps = 1 + static_cast<Steps>(random.below(2, 20));
  plan.max_steps = plan.min_steps * (1 + static_cast<Steps>(random.below(3, 100)));
  plan.trials = 1 + static_cast<std::int64_t>(random.below(4, trials_max));
  plan.metrics = random.uniform(5) < 0.5 ? by_share() : by_loss();
  plan.finish_winner = random.uniform(6) < 0.8;
  plan.top_k = 1 + static_cast<std::int64_t>(random.below(40, 6));
  const auto levels = rung_levels(plan.min_steps, plan.max_steps, plan.eta).size();
  plan.brackets = static_cast<std::int64_t>(random.below(41, levels + 1));
  if (random.uniform(45) < 0.4) {
    plan.finalists = 1 + static_cast<std::int64_t>(random.below(46, 4));
    plan.confirmation_seeds = 1 + static_cast<std::int64_t>(random.below(47, 7));
  }
  if (random.uniform(48) < 0.4) plan.audit_fraction = random.uniform(49) < 0.2 ? 1 : 0.3;
  plan.extend_range = random.uniform(50) < 0.4;
  plan.rung_score = static_cast<RungScore>(random.below(51, 4));
  plan.cooldown_fraction = 0.01 + 0.99 * random.uniform(52);
  if (random.uniform(53) < 0.8)
    plan.horizon_bound = Condition{"policy", {Value{std::string("linear")}}};
  if (random.uniform(42) >= 0.3) return plan;
  const auto spread = static_cast<std::uint64_t>(6 * plan.max_steps);
  plan.total_steps = plan.max_steps + std::min(static_cast<Steps>(random.below(44, spread)),
                                               static_cast<Steps>(trials_max) * plan.min_steps);
  if (random.uniform(43) < 0.5 && mode != Mode::top_k) plan.trials = 0;
  if (plan.trials == 0) plan.extend_range = false;
  return plan;
}

inline simulation::Disturbances random_disturbances(const RandomStream& random) {
  const auto sometimes = [&](std::uint64_t index, double most) {
    return random.uniform(index) < 0.5 ? 0.0 : most * random.uniform(index + 1);
  };
  return {.straggling = sometimes(20, 3),
          .loss = sometimes(22, 0.4),
          .late_report = sometimes(24, 1),
          .duplicate = sometimes(26, 1),
          .report_delay = sometimes(28, 5),
          .away = 50 * random.uniform(30)};
}

// Scores are coarse, so that ties are many. What happens to (trial, level) does not depend on the
// lease, except that a crash may be a passing one.
inline simulation::Training random_workload(Seed seed) {
  return [seed](const Assignment& a) -> simulation::Trained {
    const RandomStream random(
        seed, Purpose::simulation, a.trial.value,
        static_cast<std::uint64_t>(a.to) * 4 + static_cast<std::uint64_t>(a.part));
    const RandomStream passing(seed, Purpose::simulation, a.lease.value, 1);
    const Seconds duration = 0.1 + static_cast<Seconds>(a.steps()) * random.uniform(0);
    // A worker that began anew may have seen it before the assignment's start.
    Steps at = random.uniform(4) < 0.2 ? a.from / 2 : a.from + 1;
    if (a.cooldown > 0 && random.uniform(5) < 0.3) at = a.to + 1;
    if (random.uniform(1) < 0.08) return {Diverged{at}, duration / 2};
    if (random.uniform(1) < 0.12 || passing.uniform(0) < 0.05) return {Crashed{"no luck"}, 0.1};
    if (passing.uniform(1) < 0.02) return {StorageFailed{"no room"}, 0.1};
    if (random.uniform(1) < 0.15)
      return {Score{0.5, std::numeric_limits<double>::quiet_NaN()}, duration};
    return {Score{static_cast<double>(random.below(2, 12)) / 12,
                  static_cast<double>(random.below(3, 5))},
            duration};
  };
}

// What is said to the question after `extensions` of them: mostly something sensible.
inline Answer random_range(Seed seed, std::size_t extensions) {
  const RandomStream random(seed, Purpose::simulation, 91, extensions);
  if (random.uniform(0) < 0.3) return RangeKept{};
  const double factor = random.uniform(1) < 0.5 ? 3 : 10;
  const double reached = std::pow(factor, static_cast<double>(extensions));
  search::Extension extension{.name = "learning_rate",
                              .min = 0.001 / reached,
                              .max = 1 * reached,
                              .trials = 1 + static_cast<std::int64_t>(random.below(2, 9))};
  if (random.uniform(3) < 0.7) extension.min /= factor;
  if (random.uniform(4) < 0.7) extension.max *= factor;
  if (random.uniform(5) < 0.05) extension.name = "momentum";
  if (random.uniform(6) < 0.05) extension.min = 0;
  if (random.uniform(7) < 0.05) extension.trials = 0;
  return RangeExtended{extension};
}

// Who is said to be behind: anybody, now and then all, somebody unknown, or of another round.
inline RoundJudged random_round(const RandomStream& random, std::int64_t rounds,
                                const std::vector<TrialId>& finalists) {
  RoundJudged judged{.rounds = rounds, .dropped = {}};
  const double share = random.uniform(0) < 0.1 ? 1 : 0.3;
  for (std::size_t i = 0; i < finalists.size(); ++i)
    if (random.uniform(10 + i) < share) judged.dropped.push_back(finalists[i]);
  if (random.uniform(1) < 0.1) judged.dropped.push_back(TrialId{12'345});
  if (random.uniform(2) < 0.1) judged.rounds += random.uniform(3) < 0.5 ? 1 : -1;
  return judged;
}

// More of some of it; now and then nothing that would fit.
inline Growth random_growth(const RandomStream& random, const Plan& from) {
  Plan to = from;
  const auto more = [&](std::uint64_t index, std::uint64_t most) {
    return random.uniform(index) < 0.4 ? static_cast<std::int64_t>(random.below(index + 1, most))
                                       : 0;
  };
  if (to.trials > 0) to.trials += more(0, 15);
  if (to.total_steps > 0) to.total_steps += more(2, static_cast<std::uint64_t>(3 * to.max_steps));
  if (to.total_steps > 0 && to.trials > 0 && random.uniform(4) < 0.1) to.total_steps = 0;
  to.finalists += more(6, 3);
  to.confirmation_seeds += more(8, 4);
  const Plan without = to;
  if (random.uniform(10) < 0.5)
    to.max_steps += static_cast<Steps>(
        random.below(11, static_cast<std::uint64_t>(to.max_steps * (to.eta * to.eta - 1))));
  if (random.uniform(12) < 0.1) {
    Growth growth{.trials = to.trials,
                  .total_steps = to.total_steps,
                  .finalists = to.finalists - 1,
                  .confirmation_seeds = to.confirmation_seeds,
                  .max_steps = to.max_steps,
                  .levels = levels_of(from)};
    return growth;
  }
  for (const Plan& plan : {to, without}) try {
      if (const auto growth = growth_to(from, plan)) return *growth;
    } catch (const PlanError&) {  // a policy was planned for the old length
    }
  return {};
}

class SimulatedRun {
 public:
  SimulatedRun(const Plan& plan, Seed seed)
      : SimulatedRun(plan, search::Sampler(rate_space(), seed), std::nullopt) {}
  // Of a space with so many different configurations.
  SimulatedRun(const Plan& plan, const search::Sampler& sampler,
               std::optional<std::int64_t> configurations)
      : plan_(plan),
        sampler_(sampler),
        scheduler_(plan, sampler),
        oracle_(plan, sampler, configurations) {}

  // One event, watched. False once anything was wrong.
  bool feed(const Event& event) {
    wire::Entry entry{.event = event, .commands = scheduler_.handle(event)};
    for (const std::string& broken : broken_invariants(scheduler_)) complain(broken);
    for (const std::string& broken : oracle_.check(entry)) complain(broken);
    if (scheduler_.finished() != oracle_.finished()) complain("finished() is wrong");
    if (scheduler_.awaits_range() != oracle_.awaits_range()) complain("awaits_range() is wrong");
    if (scheduler_.awaits_round() != oracle_.awaits_round()) complain("awaits_round() is wrong");
    if (!broken_) compare();
    entries_.push_back(std::move(entry));
    return !broken_;
  }

  // Questions are left to the caller.
  void answer_nothing() { answers_ = false; }

  // Until every worker is retired, or `events` more events and those of the same moment are
  // handled.
  void drive(fleet::Fleet& fleet, std::size_t events = 20'000) {
    const std::size_t enough = entries_.size() + events;
    while (entries_.size() < enough && !is_over()) {
      const fleet::Arrivals arrivals = scheduler_.awaits_answer() && answers_
                                           ? fleet::Arrivals{answer(fleet.now())}
                                           : fleet.next();
      if (arrivals.empty() && scheduler_.awaits_answer()) return;
      if (arrivals.empty()) return complain("nothing will ever happen again");
      const std::size_t first = entries_.size();
      for (const Event& event : arrivals)
        if (!feed(event)) return;
      for (std::size_t i = first; i < entries_.size(); ++i)
        for (const Command& command : entries_[i].commands) fleet.carry_out(command);
    }
  }

  // One event, and what comes of it.
  void feed_and_carry_out(const Event& event, fleet::Fleet& fleet) {
    if (!feed(event)) return;
    const Commands commands = entries_.back().commands;
    for (const Command& command : commands) fleet.carry_out(command);
  }

  // An answer to the question about the range, whether it is asked or not.
  [[nodiscard]] Event range(Seconds at) const {
    return event_of(random_range(sampler_.seed(), scheduler_.extensions().size()), at);
  }
  // To the question that is asked.
  [[nodiscard]] Event answer(Seconds at) const {
    const auto rounds = scheduler_.awaits_round();
    if (!rounds) return range(at);
    const RandomStream random(sampler_.seed(), Purpose::simulation, 92, entries_.size());
    return event_of(random_round(random, *rounds, scheduler_.confirmation()->finalists()), at);
  }

  // The next start of the run gives it more. False once anything was wrong.
  bool grow(const Growth& growth, Seconds at = 0) {
    return feed({.at = at, .what = Grown{growth}}) && feed({.at = at, .what = Restarted{}});
  }

  // What must hold at the end of a run.
  void expect_ended() const {
    ASSERT_FALSE(broken_);
    ASSERT_TRUE(scheduler_.finished());
    ASSERT_EQ(scheduler_.workers(), 0U);
    ASSERT_FALSE(oracle_.anything_under_way()) << "work was lost";
    ASSERT_EQ(scheduler_.trials().size(), oracle_.trials());
    ASSERT_EQ(scheduler_.chosen(), oracle_.chosen());
    ASSERT_EQ(scheduler_.model(), oracle_.model());
    ASSERT_EQ(scheduler_.times_tested(), oracle_.times_tested());
    const Plan& plan = scheduler_.plan();
    ASSERT_EQ(plan, oracle_.plan());
    if (oracle_.anyone_alive()) {
      ASSERT_TRUE(scheduler_.chosen());
    }
    if (plan.total_steps == 0) {
      ASSERT_EQ(oracle_.trials(), oracle_.trials_max());
    } else {
      ASSERT_LE(oracle_.steps(), oracle_.steps_max()) << "the budget is overrun";
    }
    if (!scheduler_.chosen()) return;
    if (scheduler_.trial(*scheduler_.model()).fate == Trial::Fate::alive) {
      ASSERT_EQ(scheduler_.status(*scheduler_.model()), TrialStatus::finished);
    }
    if (!oracle_.anyone_alive()) return;
    const Steps left = oracle_.left();
    if (!plan.finish_winner || left == 0) return;
    ASSERT_GT(plan.total_steps, 0) << "the winner was not finished";
    ASSERT_GT(oracle_.steps() + left, plan.total_steps) << "the winner could have been finished";
  }

  // A fresh scheduler fed the same events gives the same commands.
  void expect_replays() const {
    Hyperband again(plan_, sampler_);
    for (std::size_t i = 0; i < entries_.size(); ++i)
      ASSERT_EQ(again.handle(entries_[i].event), entries_[i].commands) << "entry " << i;
    ASSERT_EQ(again.finished(), scheduler_.finished());
  }

  [[nodiscard]] const Hyperband& scheduler() const { return scheduler_; }
  [[nodiscard]] const std::vector<wire::Entry>& entries() const { return entries_; }
  [[nodiscard]] bool broken() const { return broken_; }
  // Whether a trial was given up, which may be an accident of its workers.
  [[nodiscard]] bool has_given_up() const {
    for (const wire::Entry& entry : entries_)
      for (const Command& command : entry.commands)
        if (std::holds_alternative<GiveUp>(command)) return true;
    return false;
  }

 private:
  [[nodiscard]] bool is_over() const {
    return !entries_.empty() && scheduler_.workers() == 0 &&
           (scheduler_.finished() || scheduler_.stopping());
  }
  // What is known of the trials and rungs, against the second reading.
  void compare() {
    const LadderOracle& ladder = oracle_.ladder();
    if (scheduler_.brackets().size() != ladder.brackets()) return complain("other brackets");
    for (std::size_t b = 0; b < ladder.brackets(); ++b) {
      const std::vector<Rung>& rungs = scheduler_.brackets()[b].rungs();
      if (rungs.size() != ladder.levels(b).size()) return complain("other rungs");
      for (std::size_t k = 0; k < rungs.size(); ++k) {
        if (rungs[k].level() != ladder.levels(b)[k]) return complain("another level");
        if (scheduler_.beside(b, k) != ladder.beside(b, k)) complain("beside() is wrong");
        const auto& entries = ladder.entries(b, k);
        if (rungs[k].entries().size() != entries.size()) return complain("other entries");
        for (std::size_t i = 0; i < entries.size(); ++i)
          if (rungs[k].entries()[i].standing.trial != entries[i].trial)
            return complain("another entry in bracket " + std::to_string(b));
      }
    }
    const ConfirmationOracle& confirmation = oracle_.confirmation();
    if ((scheduler_.confirmation() != nullptr) != confirmation.has_begun())
      return complain("the finalists are known, or not");
    if (confirmation.has_begun() &&
        scheduler_.confirmation()->finalists() != confirmation.finalists())
      complain("the finalists are others");
    if (scheduler_.begun().size() != oracle_.trials() + confirmation.replicates().size())
      complain("other replicates were begun");
  }
  void complain(const std::string& what) {
    broken_ = true;
    ADD_FAILURE() << "entry " << entries_.size() << ": " << what;
  }

  Plan plan_;
  search::Sampler sampler_;
  Hyperband scheduler_;
  Oracle oracle_;
  std::vector<wire::Entry> entries_;
  bool broken_ = false;
  bool answers_ = true;
};

}  // namespace stepladder::schedule
