// The end of a tuning run, taken seriously: the score that a configuration was picked for is the
// best of many and flatters it. So the best few configurations are trained again from step 0, each
// with the same fresh seeds, scored on rows that have decided nothing yet, and who is best on
// average wins. Replicate k of every finalist draws the same random numbers, so that finalists may
// be compared seed by seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "stepladder/trial/ids.hpp"
#include "stepladder/trial/outcome.hpp"

namespace stepladder::schedule {

class Confirmation {
 public:
  // `finalists`, best first, at least one; `seeds` at least 1. Replicates are the trials `first`,
  // first + 1, ...: the first seed of every finalist, then the second, and so on.
  Confirmation(std::vector<TrialId> finalists, std::int64_t seeds, TrialId first, Metrics metrics);

  [[nodiscard]] const std::vector<TrialId>& finalists() const noexcept { return finalists_; }
  [[nodiscard]] std::size_t seeds() const noexcept { return outcomes_.size() / finalists_.size(); }
  [[nodiscard]] std::size_t replicates() const noexcept { return outcomes_.size(); }
  [[nodiscard]] TrialId replicate(std::size_t place, std::size_t seed) const noexcept;
  // In order of their ids, from 0 to replicates() - 1.
  [[nodiscard]] TrialId replicate(std::size_t index) const noexcept;
  [[nodiscard]] bool is_replicate(TrialId trial) const noexcept {
    return first_ <= trial.value && index_of(trial) < replicates();
  }
  [[nodiscard]] std::size_t index_of(TrialId replicate) const noexcept {
    return replicate.value - first_;
  }
  // Among the finalists, of one of them.
  [[nodiscard]] std::size_t place_of(TrialId finalist) const;

  // Of a replicate: whose configuration it has, which of the seeds (from 0), and hence whose random
  // numbers.
  [[nodiscard]] TrialId finalist_of(TrialId replicate) const;
  [[nodiscard]] std::size_t seed_of(TrialId replicate) const;
  [[nodiscard]] TrialId draws_of(TrialId replicate) const;

  // A replicate has ended, well or badly; Interrupted is no end. At most once each.
  void complete(TrialId replicate, const Outcome& outcome);
  [[nodiscard]] bool is_complete() const noexcept { return completed_ == outcomes_.size(); }

  // Its score on `final`: nothing for one that failed or is not done yet.
  [[nodiscard]] std::optional<Score> score(std::size_t place, std::size_t seed) const;
  // Over the seeds that have a score.
  [[nodiscard]] std::optional<Score> mean(std::size_t place) const;
  [[nodiscard]] std::size_t failures(std::size_t place) const;

  struct Choice {
    TrialId finalist;
    TrialId model;  // its replicate with the best score; itself where all its replicates failed
  };
  // The finalist with the fewest failures, among those the best mean by the metrics, among those
  // who was better before. Needs is_complete().
  [[nodiscard]] Choice choice() const;

 private:
  std::vector<TrialId> finalists_;
  std::uint32_t first_;
  Metrics metrics_;
  std::vector<std::optional<Outcome>> outcomes_;  // by replicate
  std::size_t completed_ = 0;
};

}  // namespace stepladder::schedule
