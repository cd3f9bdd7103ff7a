#include "stepladder/launch/run_progress.hpp"

#include <algorithm>
#include <system_error>

#include "stepladder/store/journal.hpp"

namespace stepladder::launch {

RunProgress progress_of(const store::RunDirectory& run) {
  RunProgress progress;
  try {
    store::JournalReader journal(run.journal());
    while (const auto entry = journal.next())
      if (std::holds_alternative<schedule::Reported>(entry->event.what)) ++progress.results;
  } catch (const store::StorageError&) {  // no run yet, or damage that the run itself will tell of
  }
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(run.checkpoints(), error))
    if (file.path().extension() == ".checkpoint")
      progress.checkpoints.insert(file.path().filename().string());
  return progress;
}

bool has_progressed(const RunProgress& before, const RunProgress& after) {
  return after.results > before.results ||
         !std::includes(before.checkpoints.begin(), before.checkpoints.end(),
                        after.checkpoints.begin(), after.checkpoints.end());
}

std::vector<int> ranks_lost(const store::RunDirectory& run) {
  std::set<int> lost;
  try {
    store::JournalReader journal(run.journal());
    while (const auto entry = journal.next()) {
      const auto& what = entry->event.what;
      if (const auto* gone = std::get_if<schedule::WorkerLost>(&what))
        lost.insert(static_cast<int>(gone->worker.value) + 1);
      else if (const auto* back = std::get_if<schedule::WorkerJoined>(&what))
        lost.erase(static_cast<int>(back->worker.value) + 1);
      else if (std::holds_alternative<schedule::Restarted>(what))
        lost.clear();
    }
  } catch (const store::StorageError&) {
    return {};
  }
  return {lost.begin(), lost.end()};
}

}  // namespace stepladder::launch
