// What the deaths of a trial's workers say about the trial. Training is deterministic: a trial that
// kills its worker does so at the same step whoever trains it, while one whose worker died by
// accident gets past that step the next time.
//
// So losses are counted at one place, which is the furthest step heard of at any of them: one
// further on starts the count anew, one before it was an accident. The trial is given up after
// kLossesAtOnePlace there; or after kLossesInAll wherever they were, because what kills a worker
// may be less deterministic than training. Completing a rung clears the record.
#pragma once

#include <cstdint>

#include "stepladder/trial/assignment.hpp"

namespace stepladder::schedule {

inline constexpr int kLossesAtOnePlace = 3;
inline constexpr int kLossesInAll = 10;

class Losses {
 public:
  // One more worker was lost, last heard of at this step.
  void add(Steps heard_at) noexcept {
    ++in_all_;
    if (at_place_ == 0 || heard_at > place_ + kStepsBetweenQuestions) {
      at_place_ = 1;
      place_ = heard_at;
    } else if (heard_at + kStepsBetweenQuestions >= place_) {
      ++at_place_;
      if (heard_at > place_) place_ = heard_at;
    }
  }

  [[nodiscard]] bool any() const noexcept { return in_all_ > 0; }
  [[nodiscard]] bool are_too_many() const noexcept {
    return at_place_ >= kLossesAtOnePlace || in_all_ >= kLossesInAll;
  }
  [[nodiscard]] int in_all() const noexcept { return in_all_; }

 private:
  Steps place_ = 0;
  std::uint8_t at_place_ = 0;
  std::uint8_t in_all_ = 0;
};

}  // namespace stepladder::schedule
