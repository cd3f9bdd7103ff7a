// Strong identifiers and units: the words every room speaks. A TrialId is no int and no LeaseId, so
// a swapped argument does not compile. Ids order by value, and that order breaks every tie in the
// scheduler.
#pragma once

#include <compare>
#include <cstdint>

namespace stepladder {

template <class Tag, class Number>
struct Id {
  Number value{};
  friend auto operator<=>(const Id&, const Id&) = default;
};

using TrialId =
    Id<struct TrialTag, std::uint32_t>;  // 0, 1, 2, ... in the order trials are first started
using WorkerId =
    Id<struct WorkerTag, std::uint32_t>;  // a rank or a thread; 0-based, the scheduler is not one
using LeaseId =
    Id<struct LeaseTag, std::uint64_t>;  // one per assignment ever made; never reused in a run
using Seed = Id<struct SeedTag, std::uint64_t>;

// The replicates of the finalists are numbered from here on, so that a run may begin further trials
// beneath them at any time.
inline constexpr std::uint32_t kFirstReplicate = std::uint32_t{1} << 31U;
[[nodiscard]] constexpr bool is_replicate(TrialId trial) noexcept {
  return trial.value >= kFirstReplicate;
}

using Steps = std::int64_t;  // optimizer steps; a "step" is never anything else here
using Seconds = double;      // since the run was first opened, time spent stopped not counted

}  // namespace stepladder
