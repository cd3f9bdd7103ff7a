// PASHA's question (Bohdal et al., ICLR 2023, section 4): does more training still change the order
// of the trials? Two trials may change places if their scores are within epsilon, and epsilon is
// learnt from the noise of the run itself.
//
// The trials of the highest open rung, ordered by their scores there and by their scores one rung
// below: stable iff, place by place, the trial above is one whose score below was within epsilon of
// the score of the trial that stood there below. Epsilon is the 90th percentile of the score
// differences above between pairs that changed their order and changed it back on the way up (of
// the best 100 trials); 0 while there is no such pair. Scores are the first figure of a standing.
//
// An entry costs two insertions into flat lists and a look at the places between the two; the whole
// order is looked at again only when epsilon falls, for which the entry must be one of the best
// 100.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "stepladder/trial/outcome.hpp"

namespace stepladder::schedule {

class Ranking {
 public:
  // A trial has completed a rung, the one below it before. Rungs above the highest open one do not
  // count, nor does a trial that skipped one.
  void add(std::size_t rung, const Standing& standing);

  // The next rung opens; nobody has completed it yet. At the beginning the highest is rung 1.
  void open_next();

  [[nodiscard]] bool is_stable() const noexcept { return is_stable_; }
  [[nodiscard]] double epsilon() const noexcept { return epsilon_; }

 private:
  using Index = std::uint32_t;  // a trial's number
  void enter(Index trial);
  void learn_noise(std::size_t place);
  void compare(std::size_t first, std::size_t last);
  [[nodiscard]] const Standing& at_top(Index trial) const { return climbs_[trial][top_]; }
  [[nodiscard]] std::vector<double> noise_of(Index trial, Index left_out) const;

  std::size_t top_ = 1;
  std::vector<std::vector<Standing>> climbs_;  // [trial][rung]
  // The trials with a score at the top, best first; their scores below in that order; and sorted.
  std::vector<Index> order_;
  std::vector<double> below_in_order_;
  std::vector<double> below_sorted_;
  std::vector<double> noise_;  // the differences that epsilon is learnt from, sorted
  double epsilon_ = 0;
  bool is_stable_ = true;
};

}  // namespace stepladder::schedule
