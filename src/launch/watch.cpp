#include "stepladder/launch/watch.hpp"

#include <fmt/core.h>

namespace stepladder::launch {
namespace {

// How long it has been so that `is_so`; -1 while it is not.
Seconds lasting(Seconds& since, bool is_so, Seconds now) {
  if (!is_so) return -1;
  if (since < 0) since = now;
  return now - since;
}

}  // namespace

Reason Watch::reason_to_end(const Seen& seen) {
  if (seen.request == Request::end_now) return Reason::at_once;
  // There is nothing to save yet, and the ranks may not be listening.
  if (seen.request == Request::stop && !has_begun_ && !seen.has_ended) return Reason::stopped_early;
  if (lasting(left_, seen.has_ended, seen.now) > limits_.leave) return Reason::left_hanging;
  if (lasting(orphaned_, seen.is_rank_0_gone && !seen.has_ended, seen.now) > limits_.orphaned)
    return Reason::rank_0_died;
  // A rank that complains may end a moment before rank 0's word is there.
  if (lasting(incomplete_, seen.is_rank_missing && !has_begun_ && !seen.has_ended, seen.now) >
      limits_.leave)
    return Reason::rank_died_early;
  if (asked_ >= 0 && seen.now - asked_ > limits_.stop) return Reason::stopping_too_long;
  if (seen.has_ended) return Reason::by_itself;  // it needs no heartbeat any more
  if (has_begun_ && seen.now - last_beat_ > limits_.silence) return Reason::silent;
  if (!has_begun_ && seen.now - start_ > limits_.beginning) return Reason::never_began;
  return Reason::by_itself;
}

Action Watch::look(const Seen& seen) {
  if (seen.beats) {
    has_begun_ = true;
    last_beat_ = seen.now;
  }
  if (seen.is_over) return Action::collect;
  if (terminated_ >= 0)
    return seen.now - terminated_ > limits_.terminate ? Action::kill : Action::nothing;
  reason_ = reason_to_end(seen);
  if (reason_ != Reason::by_itself) {
    terminated_ = seen.now;
    return Action::terminate;
  }
  if (seen.request == Request::stop && asked_ < 0) {
    asked_ = seen.now;
    return Action::ask_to_stop;
  }
  return Action::nothing;
}

std::string words_for(Reason reason, const Limits& limits) {
  switch (reason) {
    case Reason::by_itself:
      return "it ended by itself";
    case Reason::never_began:
      return fmt::format("the run had not begun after {:.0f} s", limits.beginning);
    case Reason::silent:
      return fmt::format("rank 0 had given no sign of life for {:.0f} s", limits.silence);
    case Reason::rank_0_died:
      return "rank 0 had died";
    case Reason::rank_died_early:
      return "a rank had died before the run began";
    case Reason::left_hanging:
      return "the run was over and mpirun did not end";
    case Reason::stopping_too_long:
      return fmt::format("it had not stopped {:.0f} s after it was asked to", limits.stop);
    case Reason::stopped_early:
      return "asked to stop before the run began";
    case Reason::at_once:
      return "asked to stop at once";
  }
  return "";
}

}  // namespace stepladder::launch
