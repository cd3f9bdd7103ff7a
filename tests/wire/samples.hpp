// One of everything that travels: every alternative of every variant, with the values that are
// hard to write down.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "stepladder/wire/journal_line.hpp"
#include "stepladder/wire/messages.hpp"

namespace stepladder::wire {

inline const std::string kOddText =
    "quote \" backslash \\ newline \n tab \t nul \0x end "
    "\xc3\xa4 \xe2\x86\x92 \xf0\x9f\xaa\x9c";

inline std::vector<double> odd_doubles() {
  using Limits = std::numeric_limits<double>;
  return {0.0,  -0.0,  0.1,   1.0 / 3,      0.1 + 0.2,         1.0,           -17.0,
          1e22, 1e-22, 1e300, 5e-324,       Limits::max(),     Limits::min(), Limits::lowest(),
          1e16, 1e15,  123.0, 2.0 / 3 * 10, 9007199254740993.0};
}

inline Assignment full_assignment() {
  Assignment a{.lease = LeaseId{std::numeric_limits<std::uint64_t>::max()},
               .trial = TrialId{std::numeric_limits<std::uint32_t>::max()},
               .configuration = {},
               .from = 100,
               .to = std::numeric_limits<Steps>::max(),
               .horizon = std::numeric_limits<Steps>::max(),
               .part = Part::final,
               .draws = TrialId{std::uint32_t{1} << 31U},
               .averages = true,
               .cooldown = 540,
               .is_watched = true};
  auto& settings = a.configuration.settings;
  settings.push_back({"yes", true});
  settings.push_back({"no", false});
  settings.push_back({"smallest", std::numeric_limits<std::int64_t>::min()});
  settings.push_back({"largest", std::numeric_limits<std::int64_t>::max()});
  settings.push_back({"text", kOddText});
  settings.push_back({"empty", std::string()});
  for (const double number : odd_doubles())
    settings.push_back({"double_" + std::to_string(settings.size()), number});
  return a;
}

inline std::vector<Outcome> all_outcomes() {
  std::vector<Outcome> result = {Diverged{std::numeric_limits<Steps>::max()},
                                 Crashed{kOddText},
                                 Crashed{""},
                                 Interrupted{0},
                                 StorageFailed{kOddText},
                                 Interrupted{123'456'789'012}};
  for (const double number : odd_doubles()) result.emplace_back(Score{number, -number});
  return result;
}

inline std::vector<decltype(schedule::Event::what)> all_events() {
  std::vector<decltype(schedule::Event::what)> result = {
      schedule::WorkerJoined{WorkerId{0}},
      schedule::WorkerJoined{WorkerId{std::numeric_limits<std::uint32_t>::max()}},
      schedule::WorkerLost{WorkerId{7}},
      schedule::WorkerLost{WorkerId{8}, 123'456'789'012},
      schedule::StopRequested{},
      schedule::StopRequested{kOddText},
      schedule::Restarted{},
      schedule::RangeKept{},
      schedule::RangeExtended{{.name = "learning_rate", .min = 1e-4, .max = 0.3, .trials = 7}},
      schedule::RangeExtended{{.name = kOddText,
                               .min = 5e-324,
                               .max = std::numeric_limits<double>::max(),
                               .trials = std::numeric_limits<std::int64_t>::max()}},
      schedule::Grown{{.trials = 80,
                       .total_steps = 0,
                       .finalists = 3,
                       .confirmation_seeds = 5,
                       .max_steps = std::numeric_limits<Steps>::max(),
                       .levels = {1, 3, std::numeric_limits<Steps>::max()}}},
      schedule::Grown{},
      schedule::RoundJudged{.rounds = 3, .dropped = {}},
      schedule::RoundJudged{
          .rounds = 4,
          .dropped = {TrialId{7}, TrialId{std::numeric_limits<std::uint32_t>::max()}}}};
  for (const Outcome& outcome : all_outcomes())
    result.emplace_back(schedule::Reported{
        .lease = LeaseId{std::numeric_limits<std::uint64_t>::max()},
        .outcome = outcome,
        .effort = {.steps = 17,
                   .recomputed = 4,
                   .training = 0.1 + 0.2,
                   .scoring = 1e-9,
                   .checkpointing = 3,
                   .waiting = 2.0 / 3},
        .by_group = result.size() % 2 == 0 ? std::vector<Score>{}
                                           : std::vector<Score>{{0.25, 1.0 / 3}, {1, 0}}});
  return result;
}

inline schedule::Commands all_commands() {
  Assignment small{.lease = LeaseId{1}, .trial = TrialId{0}, .to = 3, .horizon = 9};
  Assignment last = small;
  last.part = Part::test;
  return {schedule::Assign{WorkerId{3}, full_assignment()},
          schedule::Assign{WorkerId{0}, small},
          schedule::Assign{WorkerId{1}, last},
          schedule::Recall{WorkerId{std::numeric_limits<std::uint32_t>::max()}},
          schedule::Retire{WorkerId{0}},
          schedule::Choose{.trial = TrialId{41}, .model = TrialId{57}},
          schedule::GiveUp{TrialId{7}, kOddText}};
}

inline std::vector<Entry> all_entries() {
  std::vector<Entry> entries;
  double at = 0;
  for (const auto& event : all_events()) {
    entries.push_back({.event = {.at = at, .what = event}, .commands = {}});
    at += 0.1;
  }
  for (const schedule::Command& command : all_commands())
    entries.push_back(
        {.event = {.at = 1e9 + 1.0 / 3, .what = schedule::Restarted{}}, .commands = {command}});
  entries.push_back({.event = {.what = schedule::StopRequested{}}, .commands = all_commands()});
  return entries;
}

inline std::vector<ToScheduler> all_messages_to_scheduler() {
  std::vector<ToScheduler> result = {
      Hello{}, Pulse{LeaseId{std::numeric_limits<std::uint64_t>::max()}, 12}, Pulse{}};
  for (const auto& event : all_events())
    if (const auto* report = std::get_if<schedule::Reported>(&event)) result.emplace_back(*report);
  return result;
}

inline std::vector<ToWorker> all_messages_to_worker() {
  return {Start{full_assignment()},         Start{},    GiveBack{}, Leave{},
          Leave{.is_anyone_missing = true}, StillHere{}};
}

}  // namespace stepladder::wire
