#include "stepladder/record/history.hpp"

#include <algorithm>

namespace stepladder::record {

Account& Account::operator+=(const Account& other) noexcept {
  training += other.training;
  evaluating += other.evaluating;
  checkpointing += other.checkpointing;
  waiting += other.waiting;
  lost += other.lost;
  under_way += other.under_way;
  return *this;
}

void History::add(const wire::Entry& entry) {
  if (std::holds_alternative<schedule::RangeKept>(entry.event.what)) is_range_kept_ = true;
  for (const schedule::Stretch& stretch : ledger_.add(entry.event, entry.commands)) on(stretch);
  for (const schedule::Command& command : entry.commands)
    if (const auto* assign = std::get_if<schedule::Assign>(&command)) {
      Steps& aim = aims_[assign->assignment.trial];
      aim = std::max(aim, assign->assignment.to);
    }
}

void History::on(const schedule::Stretch& stretch) {
  const Seconds length = stretch.to - stretch.from;
  present_ += length;
  if (stretch.work) busy_ += length;
  Account& account = accounts_[stretch.worker];
  if (!stretch.work) {
    account.waiting += length;
  } else if (stretch.report == nullptr) {
    account.lost += length;
  } else {
    on_report(stretch);
  }
}

void History::on_report(const schedule::Stretch& stretch) {
  const schedule::Work& work = *stretch.work;
  const Effort& effort = stretch.report->effort;
  ++reports_;
  steps_spent_ += effort.steps;
  steps_recomputed_ += effort.recomputed;
  const Seconds at_work = effort.training + effort.scoring + effort.checkpointing;
  accounts_[stretch.worker] += {.training = effort.training,
                                .evaluating = effort.scoring,
                                .checkpointing = effort.checkpointing,
                                .waiting = std::max(0.0, stretch.to - stretch.from - at_work)};
  if (work.part == Part::final) by_group_[work.trial] = stretch.report->by_group;
  if (work.part != Part::prune) return;
  const Outcome& outcome = stretch.report->outcome;
  if (const auto* score = std::get_if<Score>(&outcome))
    points_.push_back({.trial = work.trial, .steps = work.to, .score = *score});
  if (const auto* diverged = std::get_if<Diverged>(&outcome))
    divergences_.push_back({.trial = work.trial, .steps = work.to, .at = diverged->at});
}

std::map<TrialId, Seconds> History::under_way() const {
  std::map<TrialId, Seconds> since;
  for (const schedule::Stretch& stretch : ledger_.under_way())
    if (stretch.work) since[stretch.work->trial] = stretch.to - stretch.from;
  return since;
}

std::optional<Pace> History::pace() const {
  if (steps_spent_ == 0) return std::nullopt;
  Account sum;
  for (const auto& [worker, account] : accounts_) sum += account;
  return Pace{.per_step = sum.training / static_cast<double>(steps_spent_),
              .per_report = (sum.evaluating + sum.checkpointing) / static_cast<double>(reports_)};
}

std::map<WorkerId, Account> History::accounts() const {
  std::map<WorkerId, Account> accounts = accounts_;
  for (const schedule::Stretch& stretch : ledger_.under_way()) {
    Account& account = accounts[stretch.worker];
    (stretch.work ? account.under_way : account.waiting) += stretch.to - stretch.from;
  }
  return accounts;
}

const std::vector<Score>& History::by_group(TrialId replicate) const {
  static const std::vector<Score> kNone;
  const auto found = by_group_.find(replicate);
  return found == by_group_.end() ? kNone : found->second;
}

Steps History::aim(TrialId trial) const {
  const auto found = aims_.find(trial);
  return found == aims_.end() ? 0 : found->second;
}

double History::utilisation() const {
  Seconds present = present_;
  Seconds busy = busy_;
  for (const schedule::Stretch& stretch : ledger_.under_way()) {
    present += stretch.to - stretch.from;
    if (stretch.work) busy += stretch.to - stretch.from;
  }
  return present > 0 ? busy / present : 0.0;
}

}  // namespace stepladder::record
