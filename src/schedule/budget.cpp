#include "stepladder/schedule/budget.hpp"

namespace stepladder::schedule {

Budget::Budget(const Plan& plan)
    : total_(plan.total_steps),
      max_steps_(plan.max_steps),
      last_cooldown_(cooldown_of(plan, plan.max_steps)),
      finishes_(plan.finish_winner),
      begins_anew_(plan.rung_score == RungScore::restart && plan.horizon_bound) {}

void Budget::grow(const Plan& plan) {
  total_ = plan.total_steps;
  max_steps_ = plan.max_steps;
  last_cooldown_ = cooldown_of(plan, plan.max_steps);
}

bool Budget::is_left() const { return total_ == 0 || committed_ + steps_to_finish() < total_; }

bool Budget::may_finish(Steps steps) const {
  return total_ == 0 || committed_ + steps <= std::max(total_, admitted_);
}

void Budget::admit() { admitted_ = committed_ + steps_to_finish(); }

void Budget::move(Steps from, Steps to) {
  if (from == to) return;
  if (to > 0) ++standing_at_[to];
  if (from == 0) return;
  const auto level = standing_at_.find(from);
  if (--level->second == 0) standing_at_.erase(level);
}

// What carrying the highest trial on to max_steps would take now.
Steps Budget::steps_to_finish() const {
  if (!finishes_) return 0;
  if (highest() == max_steps_) return 0;
  return max_steps_ - (begins_anew_ ? 0 : highest()) + last_cooldown_;
}

}  // namespace stepladder::schedule
