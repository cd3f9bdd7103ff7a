// How an assignment ended, and the one total order on endings that every decision, table and report
// uses.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <variant>

#include "stepladder/trial/ids.hpp"
#include "stepladder/trial/metrics.hpp"

namespace stepladder {

// On the part of the data that the assignment named: a value for each of the run's metrics, in
// their order.
class Score {
 public:
  Score() = default;
  // std::length_error for more than kMetricsMax.
  Score(std::initializer_list<double> values) : Score(std::span(values.begin(), values.size())) {}
  explicit Score(std::span<const double> values);

  [[nodiscard]] double operator[](std::size_t metric) const noexcept { return values_[metric]; }
  [[nodiscard]] std::span<const double> values() const noexcept { return {values_.data(), count_}; }
  friend bool operator==(const Score&, const Score&) = default;

 private:
  std::array<double, kMetricsMax> values_{};  // 0 beyond count_
  std::uint8_t count_ = 0;
};
struct Diverged {  // the training loss was not finite, or exploded, by this step
  Steps at = 0;
  friend bool operator==(const Diverged&, const Diverged&) = default;
};
struct Crashed {  // the trainer failed for a reason of its own
  std::string reason;
  friend bool operator==(const Crashed&, const Crashed&) = default;
};
struct Interrupted {  // recalled by the scheduler; a checkpoint at this step exists
  Steps at = 0;
  friend bool operator==(const Interrupted&, const Interrupted&) = default;
};
struct StorageFailed {  // the worker's disk: no fault of the trial, which is to be gone on with
                        // later
  std::string reason;
  friend bool operator==(const StorageFailed&, const StorageFailed&) = default;
};
using Outcome = std::variant<Score, Diverged, Crashed, Interrupted, StorageFailed>;

// What an assignment cost its worker. Recorded for the accounts; no decision depends on it.
struct Effort {
  Steps steps = 0;  // optimizer steps run, recomputed ones included
  Steps recomputed =
      0;  // of these, below the assignment's start: a checkpoint was missing or damaged
  Seconds training = 0;
  Seconds scoring = 0;
  Seconds checkpointing = 0;  // reading and writing
  Seconds waiting = 0;        // for it: since the worker began to report, or was ready
  friend bool operator==(const Effort&, const Effort&) = default;
};

// A trial's place in the total order: better < worse. By the metric that decides, then by the
// others in their order, then the lower trial id is first. A trial without a finite score stands
// behind every score; among such, the lower id is first. NaN never enters a comparison:
// standing_of() turns it into a failure.
struct Standing {
  std::array<double, kMetricsMax> keys{};  // smaller is better; the deciding metric's is first
  TrialId trial;
  bool failed = false;

  friend std::strong_ordering operator<=>(const Standing& a, const Standing& b) noexcept {
    if (a.failed != b.failed)
      return a.failed ? std::strong_ordering::greater : std::strong_ordering::less;
    for (std::size_t i = 0; i < a.keys.size(); ++i)
      if (a.keys[i] != b.keys[i])
        return a.keys[i] < b.keys[i] ? std::strong_ordering::less : std::strong_ordering::greater;
    return a.trial <=> b.trial;
  }
  friend bool operator==(const Standing& a, const Standing& b) noexcept { return (a <=> b) == 0; }
};

[[nodiscard]] Standing standing_of(const Outcome& outcome, TrialId trial,
                                   const Metrics& metrics) noexcept;

}  // namespace stepladder
