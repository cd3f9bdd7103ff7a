#include "stepladder/app/status.hpp"

#include <fmt/core.h>

#include "stepladder/report/run_status.hpp"
#include "stepladder/run/recorded_run.hpp"
#include "stepladder/store/heartbeat.hpp"
#include "stepladder/store/processes.hpp"
#include "stepladder/trial/exit_code.hpp"

namespace stepladder::app {

int show_status(const StatusOptions& options) {
  const store::RunDirectory directory(options.run_directory);
  report::RunStatus status{.run = options.run_directory.string(),
                           .holder = store::RunLock::holder(directory),
                           .latest = store::incumbent_of(directory),
                           .end = store::end_of(directory.end())};
  if (!status.holder && !directory.has_journal())
    throw InputError(status.run + ": no run there (it has no journal.jsonl); give a run directory");
  if (const auto beat = store::last_beat(directory))
    status.last_beat = static_cast<double>(*beat) / 1e9;
  status.now = store::since_1970();
  if (directory.has_journal()) {
    report::UnderWay under_way;
    run::RecordedRun run(options.run_directory);
    run.replay([&](const wire::Entry& entry, const schedule::Commands&) { under_way.add(entry); });
    status.is_finished = run.scheduler().finished();
    status.results = under_way.results();
    status.stopping = under_way.stopping();
    status.steps_to_repeat_max =
        under_way.steps_at_risk(store::Checkpoints(directory.checkpoints()).all());
  }
  fmt::print("{}", options.json ? report::to_json(status) : report::to_text(status));
  return kFinished;
}

}  // namespace stepladder::app
