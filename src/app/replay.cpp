#include "stepladder/app/replay.hpp"

#include <fmt/core.h>

#include "stepladder/report/explanation.hpp"
#include "stepladder/run/recorded_run.hpp"
#include "stepladder/trial/exit_code.hpp"

namespace stepladder::app {

int replay_run(const std::filesystem::path& run_directory) {
  run::RecordedRun run(run_directory);
  std::uint64_t commands = 0;
  std::uint64_t line = 1;
  std::uint64_t differs_at = 0;
  std::string difference;
  run.replay([&](const wire::Entry& entry, const schedule::Commands& derived) {
    ++line;
    commands += derived.size();
    if (differs_at != 0 || derived == entry.commands) return;
    differs_at = line;
    difference = fmt::format("journal:    {}\nthis program: {}\n", wire::to_line(entry, line),
                             wire::to_line({.event = entry.event, .commands = derived}, line));
  });
  if (differs_at != 0) {
    fmt::print(
        "{}:{}: first difference; this program decides otherwise than the one that wrote the "
        "journal\n{}",
        run.journal().string(), differs_at, difference);
    return kOurFault;
  }
  fmt::print("identical: {} events and {} commands, derived again from {}\n", line - 1, commands,
             run.journal().string());
  return kFinished;
}

int explain_trial(const std::filesystem::path& run_directory, std::uint32_t trial) {
  run::RecordedRun run(run_directory);
  report::Explanation explanation(TrialId{trial});
  run.replay([&](const wire::Entry& entry, const schedule::Commands&) {
    explanation.add(entry, run.scheduler());
  });
  if (!run.scheduler().has_begun(TrialId{trial}))
    throw InputError(explanation.text(run.scheduler()));
  fmt::print("{}", explanation.text(run.scheduler()));
  return kFinished;
}

}  // namespace stepladder::app
