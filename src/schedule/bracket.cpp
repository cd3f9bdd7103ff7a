#include "stepladder/schedule/bracket.hpp"

#include <algorithm>

namespace stepladder::schedule {

Bracket::Bracket(const std::vector<Steps>& levels, Rule rule, std::int64_t eta, std::int64_t trials,
                 std::int64_t keep)
    : rule_(rule), eta_(eta), open_(levels.size()), ready_(levels.size()) {
  for (const Steps level : levels)
    rungs_.emplace_back(level, eta, rule == Rule::stopping ? 1U : 0U);
  if (rule == Rule::progressive) open_ = std::min<std::size_t>(2, levels.size());
  if (rule != Rule::synchronous) return;
  for (std::size_t rung = 0; rung < levels.size(); ++rung)
    keep_.push_back(keep > 0 ? keep : kept(trials, eta, rung + 1));
  expected_.assign(levels.size(), 0);
  expected_[0] = static_cast<std::size_t>(trials);
}

void Bracket::complete(std::size_t rung, const Standing& standing) {
  rungs_[rung].add(standing);
  if (rule_ == Rule::progressive) ranking_.add(rung, standing);
  judge(rung);
}

void Bracket::judge(std::size_t rung) {
  const bool is_last = rung + 1 == rungs_.size();
  if (rule_ == Rule::stopping && !is_last) {
    const Rung::Entry& entry = rungs_[rung].entries().back();
    if (!entry.in_top || entry.standing.failed) return;
    rungs_[rung].promote(entry.standing.trial);
    ready_[rung].push_back(entry.standing.trial);
  } else if (rule_ == Rule::synchronous && !is_last) {
    if (rungs_[rung].entries().size() < expected_[rung]) return;
    const std::vector<TrialId> best =
        rungs_[rung].promote_best(static_cast<std::size_t>(keep_[rung]));
    ready_[rung].assign(best.begin(), best.end());
    expected_[rung + 1] = best.size();
  } else if (rule_ == Rule::progressive && rung + 1 == open_ && !is_last) {
    if (ranking_.is_stable()) return;
    ++open_;
    ranking_.open_next();
  }
}

bool Bracket::may_promote(std::size_t rung) const {
  if (rung + 1 >= open_ || !rungs_[rung].promotable()) return false;
  if (rule_ != Rule::delayed) return true;
  return rungs_[rung].promoted() < rungs_[rung].entries().size() / static_cast<std::size_t>(eta_);
}

bool Bracket::has_climb() const {
  const bool decided = rule_ == Rule::stopping || rule_ == Rule::synchronous;
  for (std::size_t rung = 0; rung + 1 < rungs_.size(); ++rung)
    if (decided ? !ready_[rung].empty() : may_promote(rung)) return true;
  return false;
}

std::optional<Climb> Bracket::take() {
  const bool decided = rule_ == Rule::stopping || rule_ == Rule::synchronous;
  for (std::size_t rung = rungs_.size() - 1; rung-- > 0;) {
    if (decided) {
      if (ready_[rung].empty()) continue;
      const TrialId trial = ready_[rung].front();
      ready_[rung].pop_front();
      return Climb{.trial = trial, .rung = rung + 1};
    }
    if (!may_promote(rung)) continue;
    const TrialId trial = *rungs_[rung].promotable();
    rungs_[rung].promote(trial);
    return Climb{.trial = trial, .rung = rung + 1};
  }
  return std::nullopt;
}

void Bracket::promote_out_of_turn(TrialId trial, std::size_t rung) {
  if (std::erase(ready_[rung], trial) == 0) rungs_[rung].promote(trial);
}

std::size_t Bracket::places(std::size_t rung) const {
  if (rule_ != Rule::synchronous) return rungs_[rung].top_size();
  return std::min(rungs_[rung].entries().size(), static_cast<std::size_t>(keep_[rung]));
}

bool Bracket::may_climb(TrialId trial, std::size_t rung) const {
  const std::deque<TrialId>& ready = ready_[rung];
  if (std::find(ready.begin(), ready.end(), trial) != ready.end()) return true;
  if (rule_ == Rule::stopping) return false;
  if (rule_ == Rule::synchronous) return rungs_[rung].entries().size() < expected_[rung];
  return rung + 1 < rungs_.size();
}

}  // namespace stepladder::schedule
