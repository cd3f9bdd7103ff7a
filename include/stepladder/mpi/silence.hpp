// How long somebody has been silent, as far as one was listening: whoever was stopped or held up
// himself, by a debugger, a slow disk or a suspended machine, does not take that for the silence of
// the others. Times are passed in, so that it can be tested without waiting.
#pragma once

#include <algorithm>

#include "stepladder/trial/ids.hpp"

namespace stepladder::mpi {

class Silence {
 public:
  // `limit` is the longest silence borne.
  Silence(Seconds limit, Seconds now) : limit_(limit), listening_since_(now), last_look_(now) {}

  // To be called at every look for messages. True where so much time has passed since the one
  // before that all silences are counted anew.
  bool look(Seconds now) noexcept {
    const bool was_away = now - last_look_ > limit_ / 4;
    if (was_away) listening_since_ = now;
    last_look_ = now;
    return was_away;
  }

  // Of somebody last heard then.
  [[nodiscard]] bool is_too_long(Seconds last_heard) const noexcept {
    return last_look_ - std::max(last_heard, listening_since_) > limit_;
  }

 private:
  Seconds limit_;
  Seconds listening_since_;
  Seconds last_look_;
};

}  // namespace stepladder::mpi
