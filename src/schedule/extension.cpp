// The searched range may be widened when nothing is left to do in it. The scheduler only asks; what
// the scores say is for whoever drives it, and comes back as an event.
#include <algorithm>

#include "stepladder/schedule/hyperband.hpp"

namespace stepladder::schedule {

std::int64_t Hyperband::trials_max() const noexcept {
  std::int64_t trials = plan_.trials;
  for (const Extended& extended : extensions_) trials += extended.trials;
  return trials;
}

bool Hyperband::awaits_range() const {
  if (!plan_.extend_range || range_is_settled_ || stopping_ || finished_) return false;
  if (confirmation_ || final_score_ || chosen_) return false;  // the end has begun
  if (!leases_.empty() || !waiting_.empty() || !climbable_.empty()) return false;
  return static_cast<std::int64_t>(trials_.size()) == trials_max() && budget_is_left();
}

const Hyperband::Extended* Hyperband::extension_of(TrialId trial) const {
  for (const Extended& extended : extensions_)
    if (extended.first <= trial && trial.value - extended.first.value < extended.trials)
      return is_replicate(trial) ? nullptr : &extended;
  return nullptr;
}

bool Hyperband::may_extend(const search::Extension& extension) const {
  if (extension.name != kExtendedName || !sampler_.may_extend(extension)) return false;
  if (extension.trials > kTrialsMax - trials_max()) return false;
  constexpr double kRounding = 1.001;
  const Range& first =
      extensions_.empty() ? *sampler_.extendable(extension.name) : extensions_.front().from;
  const double most = plan_.extend_range_max * kRounding;
  return extension.min >= first.min / most && extension.max <= first.max * most;
}

void Hyperband::on(const RangeExtended& event, Commands&) {
  if (!awaits_range()) return;
  const search::Extension& extension = event.extension;
  if (!may_extend(extension)) {
    range_is_settled_ = true;  // there is no such range to go on in
    return;
  }
  const Range before = *sampler_.extendable(extension.name);
  const TrialId first{static_cast<std::uint32_t>(trials_.size())};
  sampler_.extend(extension, first);
  extensions_.push_back({.from = before,
                         .to = *sampler_.extendable(extension.name),
                         .first = first,
                         .trials = extension.trials});
}

void Hyperband::on(const RangeKept&, Commands&) {
  if (awaits_range()) range_is_settled_ = true;
}

}  // namespace stepladder::schedule
