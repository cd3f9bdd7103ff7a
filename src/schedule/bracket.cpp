#include "stepladder/schedule/bracket.hpp"

#include <algorithm>

namespace stepladder::schedule {

Bracket::Bracket(const std::vector<Steps>& levels, PromotionRule rule, std::int64_t eta,
                 std::int64_t trials, std::int64_t keep)
    : rule_(rule),
      eta_(eta),
      open_(levels.size()),
      ready_(levels.size()),
      audit_ready_(levels.size()),
      beside_(levels.size()) {
  for (const Steps level : levels)
    rungs_.emplace_back(level, eta, rule == PromotionRule::stopping ? 1U : 0U);
  if (rule == PromotionRule::progressive) open_ = std::min<std::size_t>(2, levels.size());
  if (rule != PromotionRule::synchronous) return;
  for (std::size_t rung = 0; rung < levels.size(); ++rung)
    keep_.push_back(keep > 0 ? keep : kept(trials, eta, rung + 1));
  expected_.assign(levels.size(), 0);
  expected_[0] = static_cast<std::size_t>(trials);
}

void Bracket::complete(std::size_t rung, const Standing& standing, bool is_audited) {
  if (!is_audited) {
    enter(rung, standing);
  } else {
    Audited& audited = audited_[standing.trial];
    if (rung + 1 < rungs_.size() && !standing.failed) audit_ready_[rung].push_back(standing.trial);
    if (rung == audited.admitted) {
      enter(rung, standing);
    } else {
      audited.ahead.emplace(rung, standing);
      ++beside_[rung];
    }
  }
  settle();
}

void Bracket::enter(std::size_t rung, const Standing& standing) {
  if (const auto audited = audited_.find(standing.trial); audited != audited_.end())
    audited->second.place = {.rung = rung, .standing = standing};
  rungs_[rung].add(standing);
  // Once all rungs are open the ranking decides nothing, and finish_winner may skip rungs.
  if (rule_ == PromotionRule::progressive && open_ < rungs_.size()) ranking_.add(rung, standing);
  judge(rung);
}

void Bracket::judge(std::size_t rung) {
  const bool is_last = rung + 1 == rungs_.size();
  if (rule_ == PromotionRule::stopping && !is_last) {
    const Rung::Entry& entry = rungs_[rung].entries().back();
    if (!entry.in_top || entry.standing.failed) return;
    const TrialId trial = entry.standing.trial;
    rungs_[rung].promote(trial);
    let_go(trial, rung);
  } else if (rule_ == PromotionRule::synchronous && !is_last) {
    if (rungs_[rung].entries().size() < expected_[rung]) return;
    const std::vector<TrialId> best =
        rungs_[rung].promote_best(static_cast<std::size_t>(keep_[rung]));
    expected_[rung + 1] = best.size();
    for (const TrialId trial : best) let_go(trial, rung);
  } else if (rule_ == PromotionRule::progressive && rung + 1 == open_ && !is_last) {
    if (ranking_.is_stable()) return;
    ++open_;
    ranking_.open_next();
  }
}

void Bracket::let_go(TrialId trial, std::size_t rung) {
  if (admit(trial, rung + 1)) ready_[rung].push_back(trial);
}

// The rule lets a trial into a rung. False where it is on its way there already, or beyond.
bool Bracket::admit(TrialId trial, std::size_t rung) {
  const auto found = audited_.find(trial);
  if (found == audited_.end()) return true;
  Audited& audited = found->second;
  audited.admitted = rung;
  if (std::erase(audit_ready_[rung - 1], trial) > 0) return true;
  const auto result = audited.ahead.find(rung);
  if (result == audited.ahead.end()) return false;
  const Standing standing = result->second;
  audited.ahead.erase(result);
  --beside_[rung];
  enter(rung, standing);
  return false;
}

// Promotes those that went ahead of the rule, where it has come to them: that takes no work.
void Bracket::settle() {
  if (audited_.empty() || is_decided()) return;
  for (std::size_t rung = rungs_.size() - 1; rung-- > 0;) {
    if (!may_promote(rung)) continue;
    const TrialId trial = *rungs_[rung].promotable();
    const std::deque<TrialId>& here = audit_ready_[rung];
    if (!audited_.contains(trial) || std::find(here.begin(), here.end(), trial) != here.end())
      continue;
    rungs_[rung].promote(trial);
    static_cast<void>(admit(trial, rung + 1));
    rung = rungs_.size() - 1;  // from the top again
  }
}

bool Bracket::may_promote(std::size_t rung) const {
  if (rung + 1 >= open_ || !rungs_[rung].promotable()) return false;
  if (rule_ != PromotionRule::delayed) return true;
  return rungs_[rung].promoted() < rungs_[rung].entries().size() / static_cast<std::size_t>(eta_);
}

bool Bracket::has_climb() const {
  for (std::size_t rung = 0; rung + 1 < rungs_.size(); ++rung) {
    if (is_decided() ? !ready_[rung].empty() : may_promote(rung)) return true;
    if (rung + 1 < open_ && !audit_ready_[rung].empty()) return true;
  }
  return false;
}

std::optional<Climb> Bracket::take() {
  const auto first_of = [](std::deque<TrialId>& waiting) {
    const TrialId trial = waiting.front();
    waiting.pop_front();
    return trial;
  };
  for (std::size_t rung = rungs_.size() - 1; rung-- > 0;) {
    if (is_decided() && !ready_[rung].empty())
      return Climb{.trial = first_of(ready_[rung]), .rung = rung + 1};
    if (!is_decided() && may_promote(rung)) {
      const TrialId trial = *rungs_[rung].promotable();
      rungs_[rung].promote(trial);
      static_cast<void>(admit(trial, rung + 1));  // settle() has left nobody who is gone
      settle();
      return Climb{.trial = trial, .rung = rung + 1};
    }
    if (rung + 1 < open_ && !audit_ready_[rung].empty())
      return Climb{.trial = first_of(audit_ready_[rung]), .rung = rung + 1, .is_audit = true};
  }
  return std::nullopt;
}

bool Bracket::carry_on(TrialId trial, std::size_t rung) {
  if (std::erase(ready_[rung], trial) == 0) rungs_[rung].promote(trial);
  const std::size_t last = rungs_.size() - 1;
  const auto found = audited_.find(trial);
  if (found == audited_.end()) return true;
  for (std::deque<TrialId>& waiting : audit_ready_) std::erase(waiting, trial);
  found->second.admitted = last;
  const auto result = found->second.ahead.find(last);
  if (result == found->second.ahead.end()) return true;
  const Standing standing = result->second;
  found->second.ahead.erase(result);
  --beside_[last];
  enter(last, standing);
  return false;
}

const Bracket::AuditedEntry& Bracket::audited_entry(TrialId trial) const {
  return audited_.at(trial).place;
}

std::size_t Bracket::places(std::size_t rung) const {
  if (rule_ != PromotionRule::synchronous) return rungs_[rung].top_size();
  return std::min(rungs_[rung].entries().size(), static_cast<std::size_t>(keep_[rung]));
}

bool Bracket::may_climb(TrialId trial, std::size_t rung) const {
  if (audited_.contains(trial)) return rung + 1 < rungs_.size();
  const std::deque<TrialId>& ready = ready_[rung];
  if (std::find(ready.begin(), ready.end(), trial) != ready.end()) return true;
  if (rule_ == PromotionRule::stopping) return false;
  if (rule_ == PromotionRule::synchronous) return rungs_[rung].entries().size() < expected_[rung];
  return rung + 1 < rungs_.size();
}

}  // namespace stepladder::schedule
