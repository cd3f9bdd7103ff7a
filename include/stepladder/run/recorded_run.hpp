// A run directory read back: its journal, replayed through a fresh scheduler. Writes nothing, so it
// may be used while the run goes on.
#pragma once

#include <filesystem>
#include <functional>

#include "stepladder/experiment/experiment.hpp"
#include "stepladder/schedule/hyperband.hpp"
#include "stepladder/store/journal.hpp"

namespace stepladder::report {
struct RunReport;
}

namespace stepladder::run {

// The experiment that a journal opens with. Throws InputError where another version of this program
// wrote what this one does not read.
[[nodiscard]] experiment::Experiment experiment_in(const wire::Opened& opened,
                                                   const std::filesystem::path& journal);

class RecordedRun {
 public:
  // Throws InputError where there is no run, store::StorageError where its journal is damaged.
  explicit RecordedRun(const std::filesystem::path& folder);

  // An entry, and what the scheduler answered to its event just now.
  using Visit = std::function<void(const wire::Entry&, const schedule::Commands&)>;
  // Once. With a progress bar on a terminal where it takes long.
  void replay(const Visit& visit);

  [[nodiscard]] const experiment::Experiment& experiment() const noexcept { return experiment_; }
  [[nodiscard]] const wire::Opened& opened() const noexcept { return reader_.opened(); }
  [[nodiscard]] const schedule::Hyperband& scheduler() const noexcept { return scheduler_; }
  [[nodiscard]] std::uint64_t lines() const noexcept { return reader_.lines(); }
  [[nodiscard]] const std::filesystem::path& journal() const noexcept { return journal_; }

 private:
  std::filesystem::path journal_;
  store::JournalReader reader_;
  experiment::Experiment experiment_;
  schedule::Hyperband scheduler_;
};

// The report of a run as its journal has it by now.
[[nodiscard]] report::RunReport report_of(RecordedRun& run);

}  // namespace stepladder::run
