// How an assignment ended, and the one total order on endings that every decision, table and report
// uses.
#pragma once

#include <array>
#include <compare>
#include <string>
#include <string_view>
#include <variant>

#include "stepladder/trial/ids.hpp"

namespace stepladder {

struct Score {          // on the part of the data the assignment named
  double accuracy = 0;  // share of rows whose most likely class is their label, in [0, 1]
  double loss = 0;      // mean softmax cross-entropy in nats
  friend bool operator==(const Score&, const Score&) = default;
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

enum class Metric { accuracy, loss };
inline constexpr std::array kMetrics = {Metric::accuracy, Metric::loss};
inline constexpr std::array<std::string_view, 2> kMetricWords = {"accuracy", "loss"};
[[nodiscard]] constexpr std::string_view name_of(Metric metric) noexcept {
  return kMetricWords[static_cast<std::size_t>(metric)];
}
[[nodiscard]] constexpr double value_of(const Score& score, Metric metric) noexcept {
  return metric == Metric::accuracy ? score.accuracy : score.loss;
}

// A trial's place in the total order: better < worse. By accuracy: higher accuracy, then lower
// loss, then lower trial id. By loss: lower loss, then lower trial id. A trial without a finite
// score stands behind every score; among such, the lower id is first. NaN never enters a
// comparison: standing_of() turns it into a failure.
struct Standing {
  bool failed = false;
  double first = 0;   // smaller is better
  double second = 0;  // smaller is better
  TrialId trial;

  friend std::strong_ordering operator<=>(const Standing& a, const Standing& b) noexcept {
    if (a.failed != b.failed)
      return a.failed ? std::strong_ordering::greater : std::strong_ordering::less;
    if (a.first != b.first)
      return a.first < b.first ? std::strong_ordering::less : std::strong_ordering::greater;
    if (a.second != b.second)
      return a.second < b.second ? std::strong_ordering::less : std::strong_ordering::greater;
    return a.trial <=> b.trial;
  }
  friend bool operator==(const Standing& a, const Standing& b) noexcept { return (a <=> b) == 0; }
};

[[nodiscard]] Standing standing_of(const Outcome& outcome, TrialId trial, Metric metric) noexcept;

}  // namespace stepladder
