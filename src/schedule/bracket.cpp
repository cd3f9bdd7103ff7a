#include "stepladder/schedule/bracket.hpp"

#include <algorithm>

namespace stepladder::schedule {

Bracket::Bracket(const std::vector<Steps>& levels, PromotionRule rule, std::int64_t eta,
                 std::int64_t trials, std::int64_t keep)
    : rule_(rule), eta_(eta), open_(levels.size()), ready_(levels.size()) {
  for (const Steps level : levels)
    rungs_.emplace_back(level, eta, rule == PromotionRule::stopping ? 1U : 0U);
  if (rule == PromotionRule::progressive) open_ = std::min<std::size_t>(2, levels.size());
  if (rule != PromotionRule::synchronous) return;
  for (std::size_t rung = 0; rung < levels.size(); ++rung)
    keep_.push_back(keep > 0 ? keep : kept(trials, eta, rung + 1));
  expected_.assign(levels.size(), 0);
  expected_[0] = static_cast<std::size_t>(trials);
}

void Bracket::complete(std::size_t rung, const Standing& standing) {
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
    ready_[rung].push_back(trial);
  } else if (rule_ == PromotionRule::synchronous && !is_last) {
    if (rungs_[rung].entries().size() < expected_[rung]) return;
    const std::vector<TrialId> best =
        rungs_[rung].promote_best(static_cast<std::size_t>(keep_[rung]));
    expected_[rung + 1] = best.size();
    ready_[rung].insert(ready_[rung].end(), best.begin(), best.end());
  } else if (rule_ == PromotionRule::progressive && rung + 1 == open_ && !is_last) {
    if (ranking_.is_stable()) return;
    ++open_;
    ranking_.open_next();
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
  }
  return false;
}

std::optional<Climb> Bracket::take() {
  for (std::size_t rung = rungs_.size() - 1; rung-- > 0;) {
    if (is_decided() && !ready_[rung].empty()) {
      const TrialId trial = ready_[rung].front();
      ready_[rung].pop_front();
      return Climb{.trial = trial, .rung = rung + 1};
    }
    if (!is_decided() && may_promote(rung)) {
      const TrialId trial = *rungs_[rung].promotable();
      rungs_[rung].promote(trial);
      return Climb{.trial = trial, .rung = rung + 1};
    }
  }
  return std::nullopt;
}

void Bracket::carry_on(TrialId trial, std::size_t rung) {
  if (std::erase(ready_[rung], trial) == 0) rungs_[rung].promote(trial);
}

void Bracket::add_rungs(const std::vector<Steps>& levels) {
  const std::size_t top = rungs_.size() - 1;
  const bool were_all_open = open_ == rungs_.size();
  const std::size_t top_min = rule_ == PromotionRule::stopping ? 1 : 0;
  for (const Steps level : levels) rungs_.emplace_back(level, eta_, top_min);
  ready_.resize(rungs_.size());
  if (were_all_open) open_ = rungs_.size();
  if (rule_ == PromotionRule::synchronous) {
    keep_[top] = 0;
    keep_.resize(rungs_.size());
    expected_.resize(rungs_.size());
  }
  if (rule_ != PromotionRule::stopping) return;
  // As each would have been judged when it entered.
  Rung again(rungs_[top].level(), eta_, top_min);
  for (std::size_t i = 0; i < rungs_[top].entries().size(); ++i) {
    const Standing standing = rungs_[top].entries()[i].standing;
    again.add(standing);
    if (standing.failed || !again.entries()[i].in_top) continue;
    rungs_[top].promote(standing.trial);
    ready_[top].push_back(standing.trial);
  }
}

std::size_t Bracket::places(std::size_t rung) const {
  if (rule_ != PromotionRule::synchronous) return rungs_[rung].top_size();
  return std::min(rungs_[rung].entries().size(), static_cast<std::size_t>(keep_[rung]));
}

bool Bracket::may_climb(TrialId trial, std::size_t rung) const {
  const std::deque<TrialId>& ready = ready_[rung];
  if (std::find(ready.begin(), ready.end(), trial) != ready.end()) return true;
  if (rule_ == PromotionRule::stopping) return false;
  if (rule_ == PromotionRule::synchronous)
    return keep_[rung] > 0 && rungs_[rung].entries().size() < expected_[rung];
  return rung + 1 < rungs_.size();
}

}  // namespace stepladder::schedule
