// The end of a tuning run, taken seriously: the score that a configuration was picked for is the
// best of many and flatters it. So the best few configurations are trained again from step 0, each
// with the same fresh seeds, scored on rows that have decided nothing yet, and who is best on
// average wins. The replicates of one seed draw the same random numbers, so that finalists may be
// compared seed by seed.
//
// It is a race: after each complete round (one seed of every finalist left) whoever is behind for
// sure may be dropped, and gets no further seeds; with one left it is over. Only complete rounds
// count, so that neither the order of results nor the number of workers decides anything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "stepladder/schedule/trial.hpp"
#include "stepladder/trial/ids.hpp"
#include "stepladder/trial/outcome.hpp"

namespace stepladder::schedule {

class Confirmation {
 public:
  // Nobody is dropped before so many rounds.
  static constexpr std::int64_t kRoundsMin = 3;

  struct Replicate {
    TrialId finalist;
    std::size_t seed = 0;  // from 0
    Trial state;
    std::optional<Outcome> outcome;  // of its last training
    bool is_under_way = false;
  };

  explicit Confirmation(Metrics metrics) : metrics_(std::move(metrics)) {}

  // `finalists`, best first, at least one; `seeds` at least 1; all are trained to `level`.
  // Replicates that are there already count, and are trained on where they are below it.
  void begin(std::vector<TrialId> finalists, std::int64_t seeds, Steps level);
  // The next replicate to be trained, which has begun: seed by seed, of each the best finalist
  // first. Nothing where all are under way or done.
  [[nodiscard]] std::optional<TrialId> next();
  // Likewise before begin(), of trials that are sure to be finalists: of so many seeds, and no more
  // than kRoundsMin, which nobody is dropped before.
  [[nodiscard]] std::optional<TrialId> next_of(std::span<const TrialId> sure, std::int64_t seeds,
                                               Steps level);
  // A replicate that was to be trained to `level` has ended, well or badly.
  void complete(TrialId replicate, Steps level, const Outcome& outcome);
  // It is not wanted any more, and is not under way.
  void forget(TrialId replicate);
  void forget_all_under_way();

  // The number of rounds after which somebody may be dropped, once they are complete and not judged
  // yet. Not asked after the last one, nor where one finalist is left.
  [[nodiscard]] std::optional<std::int64_t> round_to_judge() const;
  // The answer. A finalist that is none, or that is the only one left, is not dropped.
  void judge(std::span<const TrialId> dropped);

  // Whether every replicate that the choice needs has ended.
  [[nodiscard]] bool is_complete() const;
  // Whether the choice needs it.
  [[nodiscard]] bool is_wanted(TrialId replicate) const;
  // How many the choice needs, as far as is known now, and how many of them have ended.
  [[nodiscard]] std::size_t wanted() const;
  [[nodiscard]] std::size_t ended() const;

  [[nodiscard]] bool has_begun() const noexcept { return !finalists_.empty(); }
  [[nodiscard]] const std::vector<TrialId>& finalists() const noexcept { return finalists_; }
  // Among the finalists, of one of them.
  [[nodiscard]] std::size_t place_of(TrialId finalist) const;
  // After how many rounds a finalist was dropped; none: it was not.
  [[nodiscard]] std::optional<std::int64_t> dropped_after(std::size_t place) const {
    return dropped_after_[place];
  }
  // Of a finalist that is not dropped.
  [[nodiscard]] std::int64_t seeds_max() const noexcept { return seeds_; }
  // How many seeds of a finalist count.
  [[nodiscard]] std::size_t seeds(std::size_t place) const;

  // In the order they were begun: replicate i has the id kFirstReplicate + i.
  [[nodiscard]] const std::vector<Replicate>& replicates() const noexcept { return replicates_; }
  [[nodiscard]] const Replicate& of(TrialId replicate) const;
  // Whose random numbers a replicate draws: those of no trial.
  [[nodiscard]] TrialId draws_of(TrialId replicate) const;
  // The replicate of a finalist and a seed, where it was begun.
  [[nodiscard]] std::optional<TrialId> find(TrialId finalist, std::size_t seed) const;

  // Its score on `final`, of a seed that counts: nothing for one that failed or is not done yet.
  [[nodiscard]] std::optional<Score> score(std::size_t place, std::size_t seed) const;
  // Over the seeds that count and have a score.
  [[nodiscard]] std::optional<Score> mean(std::size_t place) const;
  [[nodiscard]] std::size_t failures(std::size_t place) const;

  struct Choice {
    TrialId finalist;
    TrialId model;  // its replicate with the best score; itself where all its replicates failed
  };
  // Of those left, the finalist with the fewest failures, among those the best mean by the metrics,
  // among those who was better before. Needs has_begun().
  [[nodiscard]] Choice choice() const;

 private:
  using Key = std::pair<TrialId, std::size_t>;  // finalist, seed
  [[nodiscard]] std::optional<TrialId> begin_one(TrialId finalist, std::size_t seed, Steps level);
  [[nodiscard]] bool has_ended(TrialId finalist, std::size_t seed) const;
  [[nodiscard]] std::size_t left() const;
  [[nodiscard]] std::int64_t rounds() const;

  Metrics metrics_;
  std::vector<Replicate> replicates_;
  std::map<Key, std::uint32_t> numbers_;
  std::vector<TrialId> finalists_;
  std::vector<std::optional<std::int64_t>> dropped_after_;  // by place
  std::int64_t seeds_ = 0;
  Steps level_ = 0;
  std::int64_t judged_ = 0;  // rounds
};

}  // namespace stepladder::schedule
