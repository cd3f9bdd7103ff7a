// The limit on the steps of a search, total_steps: what is spent, what is under way, and what
// carrying the winner on to max_steps will take. Which trials are trained is not its business.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>

#include "stepladder/schedule/plan.hpp"

namespace stepladder::schedule {

class Budget {
 public:
  explicit Budget(const Plan& plan);

  // The plan's numbers are others now.
  void grow(const Plan& plan);

  // Whether another task of the search may begin: what is committed, and what finishing the winner
  // will take, must leave room.
  [[nodiscard]] bool is_left() const;
  // Whether the winner may be carried on for so many steps. One that fails on the way has used what
  // was set aside for it; the next one may have what the last task that was let in left, no more.
  [[nodiscard]] bool may_finish(Steps steps) const;

  void commit(Steps steps) noexcept { committed_ += steps; }
  // The last commit was a task of the search.
  void admit();
  // Steps that were committed and never trained.
  void give_back(Steps steps) noexcept { committed_ -= steps; }

  // A living trial's last score is of a level, and of another one than before. 0: none.
  void move(Steps from, Steps to);
  // Of those levels; 0: there is none.
  [[nodiscard]] Steps highest() const noexcept {
    return standing_at_.empty() ? 0 : standing_at_.rbegin()->first;
  }

 private:
  [[nodiscard]] Steps steps_to_finish() const;

  Steps total_ = 0;  // 0: no limit
  Steps max_steps_ = 0;
  Steps last_cooldown_ = 0;  // of a run of max_steps
  bool finishes_ = true;
  bool begins_anew_ = false;  // the winner is trained again from step 0
  Steps committed_ = 0;       // by every task ever begun, retries not counted
  Steps admitted_ = 0;        // with finishing the winner, when the last task was let in
  std::map<Steps, std::int64_t> standing_at_;  // how many living trials, by level
};

}  // namespace stepladder::schedule
