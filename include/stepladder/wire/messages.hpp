// What rank 0 and a worker say to each other, and the bytes it becomes. Every message fits one
// small packet: the limit lies below Open MPI's eager limits, because a larger message to a rank
// that dies half-way can wedge its sender.
#pragma once

#include <cstddef>
#include <span>
#include <variant>
#include <vector>

#include "stepladder/schedule/messages.hpp"
#include "stepladder/trial/assignment.hpp"
#include "stepladder/wire/journal_line.hpp"

namespace stepladder::wire {

inline constexpr std::size_t kMessageBytesMax = 3800;

struct Hello {  // a worker is ready; also after it was taken for lost
  friend bool operator==(const Hello&, const Hello&) = default;
};
struct Pulse {  // still at it
  LeaseId lease;
  Steps at = 0;
  friend bool operator==(const Pulse&, const Pulse&) = default;
};
using ToScheduler = std::variant<Hello, schedule::Reported, Pulse>;

struct Start {
  Assignment assignment;
  friend bool operator==(const Start&, const Start&) = default;
};
struct GiveBack {  // save what you have and report Interrupted
  friend bool operator==(const GiveBack&, const GiveBack&) = default;
};
struct Leave {
  bool is_anyone_missing = false;  // some rank died: MPI cannot be ended in good order
  friend bool operator==(const Leave&, const Leave&) = default;
};
struct StillHere {  // the scheduler lives
  friend bool operator==(const StillHere&, const StillHere&) = default;
};
using ToWorker = std::variant<Start, GiveBack, Leave, StillHere>;

using Bytes = std::vector<std::byte>;

// Throw WireError where the message would be longer than kMessageBytesMax. A reason is cut to
// fit.
[[nodiscard]] Bytes encode(const ToScheduler& message);
[[nodiscard]] Bytes encode(const ToWorker& message);

// Throw WireError: another version, an unknown kind, too short, too long. Never allocate more than
// the bytes given.
[[nodiscard]] ToScheduler to_scheduler_from(std::span<const std::byte> bytes);
[[nodiscard]] ToWorker to_worker_from(std::span<const std::byte> bytes);

}  // namespace stepladder::wire
