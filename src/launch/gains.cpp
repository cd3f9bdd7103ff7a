#include "stepladder/launch/gains.hpp"

#include <algorithm>
#include <fstream>
#include <system_error>

#include "stepladder/store/journal.hpp"

namespace stepladder::launch {

Gains gains_of(const store::RunDirectory& run) {
  Gains gains;
  std::ifstream journal(run.journal());
  for (std::string line; std::getline(journal, line);)
    if (line.find("\"event\":\"reported\"") != std::string::npos) ++gains.results;
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(run.checkpoints(), error))
    if (file.path().extension() == ".checkpoint")
      gains.checkpoints.insert(file.path().filename().string());
  return gains;
}

bool has_got_on(const Gains& before, const Gains& after) {
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
