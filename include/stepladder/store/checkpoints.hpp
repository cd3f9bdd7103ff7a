// The checkpoints of a run: a folder with at most one file for each trial and step, written
// atomically and checksummed. A checkpoint is never the only way to a state: training is
// deterministic, so one that is missing or damaged costs time, nothing else.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "stepladder/training/engine.hpp"
#include "stepladder/trial/ids.hpp"

namespace stepladder::store {

// One state as a file, replaced atomically. Throws StorageError.
void write_state(const std::filesystem::path& path, const training::State& state);
// Nothing where there is none, or where it is damaged or cannot be read.
[[nodiscard]] std::optional<training::State> state_in(const std::filesystem::path& path);

class Checkpoints {
 public:
  // The folder must exist.
  explicit Checkpoints(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // Saves, then removes the trial's earlier checkpoints. Throws StorageError.
  void save(TrialId trial, const training::State& state) const;

  // The trial's latest undamaged checkpoint after step `after`, and at or before step `to`, of a
  // training planned for `horizon` steps, wherever it was saved. Throws StorageError where the
  // folder cannot be read.
  [[nodiscard]] std::optional<training::State> latest(TrialId trial, Steps to, Steps horizon = 0,
                                                      Steps after = 0) const;

  struct Saved {
    TrialId trial;
    Steps step = 0;
    std::int64_t bytes = 0;
    friend auto operator<=>(const Saved&, const Saved&) = default;
  };
  // Every checkpoint there is, by trial and step; not looked into. Throws StorageError.
  [[nodiscard]] std::vector<Saved> all() const;

  // No error where it is gone already. Throws StorageError.
  void remove(TrialId trial, Steps step) const;

  [[nodiscard]] std::filesystem::path path_of(TrialId trial, Steps step) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace stepladder::store
