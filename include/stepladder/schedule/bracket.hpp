// One bracket: a ladder of rungs, and the rule by which trials climb it. The rules differ in when a
// rung is judged and how many it lets go; everything else is the same for all of them.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "stepladder/schedule/plan.hpp"
#include "stepladder/schedule/ranking.hpp"
#include "stepladder/schedule/rung.hpp"

namespace stepladder::schedule {

enum class PromotionRule {
  eager,  // promote whoever is among the best floor(n/eta) of the n entries (Li et al., MLSys 2020,
          // algorithm 2)
  delayed,      // the same, while fewer than floor(n/eta) were promoted (Li et al., VLDB 2022,
                // section 4.3)
  progressive,  // eager, but only into open rungs; the next opens when the order of the top two is
                // not stable (PASHA)
  stopping,     // a trial goes on iff it is within the best max(1, floor(n/eta)) when it enters,
                // itself counted
  synchronous,  // when all entries of a rung are there its best go on
};

struct Climb {
  TrialId trial;
  std::size_t rung = 0;  // where to
};

class Bracket {
 public:
  // trials, keep: for the synchronous rule only: how many trials begin in it, and how many each
  // rung lets go; 0 for floor(n0/eta^k).
  Bracket(const std::vector<Steps>& levels, PromotionRule rule, std::int64_t eta,
          std::int64_t trials = 0, std::int64_t keep = 0);

  // A trial that was started here, or climbed, has completed a rung, well or badly.
  void complete(std::size_t rung, const Standing& standing);

  // Whether take() has something; O(number of rungs).
  [[nodiscard]] bool has_climb() const;
  // The next trial that may climb, highest rung first, best first. It is marked as promoted before
  // anybody hears of it.
  [[nodiscard]] std::optional<Climb> take();

  // Carries a trial to the last rung that no rule promotes, or that take() has not given out yet:
  // the winner, at the end. `rung`: where it is an entry.
  void carry_on(TrialId trial, std::size_t rung);

  // Puts further rungs on top: the run grows. What is at the top until now is judged by the rule;
  // by the synchronous rule nobody goes on from there, whose next bracket has the new rungs.
  void add_rungs(const std::vector<Steps>& levels);

  // How many of the entries that a rung has now it may let go by its rule.
  [[nodiscard]] std::size_t places(std::size_t rung) const;

  // Whether a trial that completed this rung and is not at work may still climb.
  [[nodiscard]] bool may_climb(TrialId trial, std::size_t rung) const;

  [[nodiscard]] PromotionRule rule() const noexcept { return rule_; }
  [[nodiscard]] const std::vector<Rung>& rungs() const noexcept { return rungs_; }  // lowest first
  [[nodiscard]] std::size_t open() const noexcept { return open_; }  // rungs that may be entered

 private:
  [[nodiscard]] bool is_decided() const noexcept {
    return rule_ == PromotionRule::stopping || rule_ == PromotionRule::synchronous;
  }
  [[nodiscard]] bool may_promote(std::size_t rung) const;
  void judge(std::size_t rung);

  PromotionRule rule_;
  std::int64_t eta_;
  std::vector<Rung> rungs_;
  Ranking ranking_;  // progressive
  std::size_t open_;
  std::vector<std::int64_t> keep_;          // synchronous: how many each rung lets go
  std::vector<std::size_t> expected_;       // synchronous: how many entries each rung gets
  std::vector<std::deque<TrialId>> ready_;  // decided on, not taken yet; by the rung they stand in
};

}  // namespace stepladder::schedule
