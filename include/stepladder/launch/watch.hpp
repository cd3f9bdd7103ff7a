// Watching one start of a run: when to ask mpirun to stop, when to end it and when to kill it. A
// pure function of what was seen so far: no clock, process or file.
#pragma once

#include <string>

namespace stepladder::launch {

using Seconds = double;

struct Limits {
  Seconds silence = 60;     // without a heartbeat, after which rank 0 is taken for wedged
  Seconds beginning = 600;  // until the first heartbeat: data may be large
  Seconds stop = 60;        // from the request to stop to the end
  Seconds leave = 5;        // from the run's own end to mpirun's
  Seconds orphaned = 0.5;   // from rank 0's death to the others' end, ordered by us
  Seconds terminate = 5;    // from the order to end to the kill
};

enum class Request { go_on, stop, end_now };  // the person's, or Slurm's

// What there is to be seen at a moment.
struct Seen {
  Seconds now = 0;
  bool is_over = false;          // mpirun has ended
  bool beats = false;            // the heartbeat has moved since the last look
  bool is_rank_0_gone = false;   // it ran on this machine, and does no more
  bool is_rank_missing = false;  // one that mpirun started on this machine runs no more
  bool has_ended = false;        // the end record of this start is there
  Request request = Request::go_on;
};

enum class Action {
  nothing,
  ask_to_stop,  // USR1, which mpirun forwards: ranks save what they have
  terminate,
  kill,
  collect,  // mpirun is gone: see that everything else is
};

enum class Reason {
  by_itself,
  never_began,
  silent,
  rank_0_died,
  rank_died_early,  // before the run had begun: the others wait for it in MPI for ever
  left_hanging,     // the run's end is on record, mpirun does not end
  stopping_too_long,
  stopped_early,  // the request to stop came before the run had begun
  at_once,        // the second request to stop
};

class Watch {
 public:
  Watch(const Limits& limits, Seconds now) : limits_(limits), start_(now), last_beat_(now) {}

  [[nodiscard]] Action look(const Seen& seen);

  [[nodiscard]] bool has_begun() const noexcept { return has_begun_; }
  // Why mpirun was told to end; by_itself where it was not.
  [[nodiscard]] Reason reason() const noexcept { return reason_; }

 private:
  [[nodiscard]] Reason reason_to_end(const Seen& seen);

  Limits limits_;
  Seconds start_;
  Seconds last_beat_;
  bool has_begun_ = false;
  // When these were first so; negative: not yet.
  Seconds left_ = -1;
  Seconds orphaned_ = -1;
  Seconds incomplete_ = -1;
  Seconds asked_ = -1;
  Seconds terminated_ = -1;
  Reason reason_ = Reason::by_itself;
};

// In words, to go on after "mpirun was ended: ".
[[nodiscard]] std::string words_for(Reason reason, const Limits& limits);

}  // namespace stepladder::launch
