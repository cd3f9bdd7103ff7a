// The promotion rules of all modes, read a second time and slowly: whole lists are sorted anew for
// every question. Knows rungs and who may climb; oracle.hpp knows the run around them. What an
// audited trial achieves where the rule has not let it in yet is kept aside, and enters when it
// would.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "stepladder/schedule/plan.hpp"
#include "stepladder/trial/outcome.hpp"
#include "trial/two_metrics.hpp"

namespace stepladder::schedule {

class LadderOracle {
 public:
  struct Entry {
    TrialId trial;
    std::optional<Score> score;  // none: failed
    bool promoted = false;
  };

  // `configurations`: how many different ones there are; nothing: no end of them.
  explicit LadderOracle(const Plan& plan, std::optional<std::int64_t> configurations = {})
      : plan_(plan), configurations_(configurations), kinds_(bracket_plans(plan)), order_(kinds_) {
    if (is_synchronous()) return;
    for (const BracketPlan& kind : kinds_) begin(kind, 0);
  }

  // So many trials in all.
  void allow(std::int64_t trials) { trials_max_ = trials; }

  // Begins the next trial; says in which bracket.
  std::size_t start(TrialId trial) {
    if (is_synchronous() &&
        (brackets_.empty() || brackets_.back().started == brackets_.back().trials)) {
      const BracketPlan& next = kinds_[brackets_.size() % kinds_.size()];
      const auto started = static_cast<std::int64_t>(trial.value);
      std::int64_t trials = next.trials;
      if (plan_.trials > 0) trials = std::min(trials, trials_max_ - started);
      if (configurations_) trials = std::min(trials, *configurations_ - started);
      begin(next, trials);
    }
    const std::size_t bracket = is_synchronous() ? brackets_.size() - 1 : order_.bracket_of(trial);
    ++brackets_[bracket].started;
    bracket_of_[trial] = bracket;
    return bracket;
  }

  // A trial completed a level. What is wrong with that, if anything.
  std::optional<std::string> enter(std::size_t bracket, Steps level, const Entry& entry,
                                   bool is_audited) {
    const auto k = rung_at(bracket, level);
    if (!k) return "an assignment ends between two levels";
    std::optional<std::string> wrong;
    if (is_audited) {
      audits_[entry.trial].at = *k;
      audits_[entry.trial].waits = entry.score && *k + 1 < levels(bracket).size();
    }
    if (is_audited && *k != audits_[entry.trial].admitted) {
      if (!audits_[entry.trial].aside.emplace(*k, entry).second)
        wrong = "an audited trial completed the same rung twice";
    } else {
      wrong = enter(bracket, *k, entry);
    }
    settle(bracket);
    return wrong;
  }

  // The audited trials that stand in a rung and may go on, whatever the rule.
  [[nodiscard]] std::set<TrialId> audits(std::size_t bracket, std::size_t k) const {
    std::set<TrialId> waiting;
    if (k + 1 >= brackets_[bracket].open) return waiting;
    for (const auto& [trial, audit] : audits_)
      if (audit.waits && audit.at == k && bracket_of(trial) == bracket) waiting.insert(trial);
    return waiting;
  }
  // One of them does.
  void go_ahead(std::size_t bracket, TrialId trial) {
    audits_.at(trial).waits = false;
    settle(bracket);
  }

  // The best that live, those first that are entries of a higher level.
  struct Leader {
    Entry entry;
    std::size_t bracket = 0;
    std::size_t rung = 0;
    Steps level = 0;
  };
  [[nodiscard]] std::vector<Leader> leaders(const std::set<TrialId>& dead) const {
    std::map<TrialId, Leader> highest;
    for (std::size_t bracket = 0; bracket < brackets_.size(); ++bracket)
      for (std::size_t k = 0; k < brackets_[bracket].rungs.size(); ++k)
        for (const Entry& entry : brackets_[bracket].rungs[k].entries)
          if (!dead.contains(entry.trial))
            highest[entry.trial] = {entry, bracket, k, levels(bracket)[k]};
    std::vector<Leader> best;
    for (const auto& [trial, leader] : highest) best.push_back(leader);
    std::sort(best.begin(), best.end(), [this](const Leader& a, const Leader& b) {
      return a.level != b.level ? a.level > b.level : better(a.entry, b.entry);
    });
    return best;
  }
  // What an audited trial has achieved in the last rung without being an entry of it.
  [[nodiscard]] std::optional<Entry> aside_at_the_end(const Leader& leader) const {
    const auto audit = audits_.find(leader.entry.trial);
    if (audit == audits_.end()) return std::nullopt;
    const auto found = audit->second.aside.find(levels(leader.bracket).size() - 1);
    if (found == audit->second.aside.end()) return std::nullopt;
    return found->second;
  }
  // It is carried there.
  void carry_on(const Leader& leader) {
    static_cast<void>(leave(leader.bracket, leader.rung, leader.entry.trial));
    const auto found = audits_.find(leader.entry.trial);
    if (found == audits_.end()) return;
    Audit& audit = found->second;
    const std::size_t last = levels(leader.bracket).size() - 1;
    audit.admitted = last;
    audit.waits = false;
    if (audit.aside.contains(last)) {
      const Entry entry = audit.aside.at(last);
      audit.aside.erase(last);
      enter(leader.bracket, last, entry);
    }
  }

  [[nodiscard]] Steps level_of_audited(std::size_t bracket, TrialId trial) const {
    Steps highest = 0;
    for (std::size_t k = 0; k < brackets_[bracket].rungs.size(); ++k)
      for (const Entry& entry : brackets_[bracket].rungs[k].entries)
        if (entry.trial == trial) highest = levels(bracket)[k];
    return highest;
  }

 private:
  struct Audit {
    std::size_t admitted = 0;  // the highest rung that the rule let it into
    std::size_t at = 0;        // completed last
    bool waits = false;        // there, to go on
    std::map<std::size_t, Entry> aside;
  };

  std::optional<std::string> enter(std::size_t bracket, std::size_t k, const Entry& entry) {
    Bracket& b = brackets_[bracket];
    Rung& rung = b.rungs[k];
    for (const Entry& other : rung.entries)
      if (other.trial == entry.trial) return "a trial completed the same rung twice";
    rung.entries.push_back(entry);
    if (k + 1 == b.rungs.size()) return std::nullopt;
    if (plan_.mode == Mode::asha_stopping && entry.score) {
      const std::vector<Entry> ranking = sorted(rung.entries);
      const std::size_t share = std::max<std::size_t>(1, ranking.size() / eta());
      for (std::size_t i = 0; i < share; ++i)
        if (ranking[i].trial == entry.trial) rung.sent.insert(entry.trial);
    }
    if (is_synchronous() && rung.entries.size() == rung.expected) judge(b, k);
    if (plan_.mode == Mode::pasha && k + 1 == b.open && !is_stable(b, k)) ++b.open;
    return std::nullopt;
  }

 public:
  // Those that the rule lets into a rung that they went to long ago.
  void settle(std::size_t bracket) {
    for (std::size_t k = brackets_[bracket].rungs.size() - 1; k-- > 0;)
      for (const TrialId trial : climbers(bracket, k)) {
        const auto audit = audits_.find(trial);
        if (audit == audits_.end() || (audit->second.waits && audit->second.at == k)) continue;
        leave(bracket, k, trial);
        audit->second.admitted = k + 1;
        if (const auto result = audit->second.aside.find(k + 1);
            result != audit->second.aside.end()) {
          const Entry entry = result->second;
          audit->second.aside.erase(result);
          enter(bracket, k + 1, entry);
        }
        return settle(bracket);
      }
  }
  [[nodiscard]] std::size_t bracket_of(TrialId trial) const { return bracket_of_.at(trial); }

  // The trials of a rung that may be sent up now; of those rules that rank, only the best.
  [[nodiscard]] std::set<TrialId> climbers(std::size_t bracket, std::size_t k) const {
    const Bracket& b = brackets_[bracket];
    const Rung& rung = b.rungs[k];
    if (k + 1 >= b.open) return {};
    if (is_synchronous() || plan_.mode == Mode::asha_stopping) return rung.sent;
    const std::size_t share = rung.entries.size() / eta();
    if (plan_.promotion == Promotion::delayed && plan_.mode != Mode::pasha &&
        rung.promoted + 1 > share)
      return {};
    const std::vector<Entry> ranking = sorted(rung.entries);
    for (std::size_t i = 0; i < share; ++i)
      if (!ranking[i].promoted && ranking[i].score) return {ranking[i].trial};
    return {};
  }
  [[nodiscard]] bool anyone_may_climb() const {
    for (std::size_t bracket = 0; bracket < brackets_.size(); ++bracket)
      for (std::size_t k = 0; k + 1 < brackets_[bracket].rungs.size(); ++k)
        if (!climbers(bracket, k).empty() || !audits(bracket, k).empty()) return true;
    return false;
  }

  // The trial leaves this rung for a higher one. False where it has done so before, or failed here.
  bool leave(std::size_t bracket, std::size_t k, TrialId trial) {
    if (const auto audit = audits_.find(trial); audit != audits_.end() && audit->second.at == k) {
      audit->second.waits = false;
      audit->second.admitted = k + 1;
    }
    Rung& rung = brackets_[bracket].rungs[k];
    rung.sent.erase(trial);
    for (Entry& entry : rung.entries) {
      if (entry.trial != trial || entry.promoted || !entry.score) continue;
      entry.promoted = true;
      ++rung.promoted;
      return true;
    }
    return false;
  }

  [[nodiscard]] const std::vector<Steps>& levels(std::size_t bracket) const {
    return brackets_[bracket].levels;
  }
  [[nodiscard]] std::optional<std::size_t> rung_at(std::size_t bracket, Steps level) const {
    const std::vector<Steps>& all = levels(bracket);
    const auto found = std::find(all.begin(), all.end(), level);
    if (found == all.end()) return std::nullopt;
    return static_cast<std::size_t>(found - all.begin());
  }

  // The total order: the metric that decides, then the other, then id; failures last.
  [[nodiscard]] bool better(const Entry& a, const Entry& b) const {
    if (a.score.has_value() != b.score.has_value()) return a.score.has_value();
    if (!a.score) return a.trial < b.trial;
    const Score& of_a = *a.score;
    const Score& of_b = *b.score;
    if (plan_.metrics == by_loss() && of_a[1] != of_b[1]) return of_a[1] < of_b[1];
    if (of_a[0] != of_b[0]) return of_a[0] > of_b[0];
    if (of_a[1] != of_b[1]) return of_a[1] < of_b[1];
    return a.trial < b.trial;
  }

 private:
  struct Rung {
    std::vector<Entry> entries;
    std::set<TrialId> sent;  // stopping, synchronous: those that were let go and are still here
    std::size_t expected = 0;
    std::size_t promoted = 0;
  };
  struct Bracket {
    std::vector<Steps> levels;
    std::vector<Rung> rungs;
    std::size_t open = 0;
    std::int64_t trials = 0;
    std::int64_t started = 0;
  };

  [[nodiscard]] bool is_synchronous() const {
    return plan_.mode == Mode::hyperband || plan_.mode == Mode::successive_halving ||
           plan_.mode == Mode::top_k;
  }
  [[nodiscard]] std::size_t eta() const { return static_cast<std::size_t>(plan_.eta); }

  void begin(const BracketPlan& kind, std::int64_t trials) {
    Bracket bracket{
        .levels = kind.levels, .rungs = {}, .open = kind.levels.size(), .trials = trials};
    bracket.rungs.resize(kind.levels.size());
    if (plan_.mode == Mode::pasha) bracket.open = std::min<std::size_t>(2, bracket.open);
    bracket.rungs[0].expected = static_cast<std::size_t>(trials);
    brackets_.push_back(bracket);
  }

  [[nodiscard]] std::vector<Entry> sorted(std::vector<Entry> entries) const {
    std::sort(entries.begin(), entries.end(), [this](auto& a, auto& b) { return better(a, b); });
    return entries;
  }

  void judge(Bracket& bracket, std::size_t k) const {
    Rung& rung = bracket.rungs[k];
    const std::int64_t keep =
        plan_.mode == Mode::top_k ? plan_.top_k : kept(bracket.trials, plan_.eta, k + 1);
    const std::vector<Entry> ranking = sorted(rung.entries);
    for (std::size_t i = 0; i < std::min(ranking.size(), static_cast<std::size_t>(keep)); ++i)
      if (ranking[i].score && !ranking[i].promoted) rung.sent.insert(ranking[i].trial);
    bracket.rungs[k + 1].expected = rung.sent.size();
  }

  [[nodiscard]] double figure(const Entry& entry) const {
    return plan_.metrics == by_loss() ? (*entry.score)[1] : -(*entry.score)[0];
  }
  static const Entry& entry_of(const Rung& rung, TrialId trial) {
    return *std::find_if(rung.entries.begin(), rung.entries.end(),
                         [trial](const Entry& e) { return e.trial == trial; });
  }
  // Bohdal et al., ICLR 2023, section 4: place by place, the difference below is within epsilon.
  [[nodiscard]] bool is_stable(const Bracket& bracket, std::size_t top) const {
    std::vector<Entry> above = sorted(bracket.rungs[top].entries);
    std::erase_if(above, [](const Entry& e) { return !e.score; });
    std::vector<Entry> below;
    for (const Entry& entry : above) below.push_back(entry_of(bracket.rungs[top - 1], entry.trial));
    const std::vector<Entry> ranking = sorted(below);
    const double epsilon = noise(bracket, top, above);
    for (std::size_t i = 0; i < above.size(); ++i)
      if (std::abs(figure(below[i]) - figure(ranking[i])) > epsilon) return false;
    return true;
  }
  // Of the pairs that changed their order and changed it back.
  [[nodiscard]] double noise(const Bracket& bracket, std::size_t top,
                             const std::vector<Entry>& above) const {
    std::vector<double> noisy;
    for (std::size_t a = 0; a < above.size(); ++a)
      for (std::size_t b = a + 1; b < above.size(); ++b) {
        std::string order;
        for (std::size_t k = 0; k <= top; ++k)
          order += better(entry_of(bracket.rungs[k], above[a].trial),
                          entry_of(bracket.rungs[k], above[b].trial))
                       ? '<'
                       : '>';
        order.erase(std::unique(order.begin(), order.end()), order.end());
        if (order.size() >= 3) noisy.push_back(std::abs(figure(above[a]) - figure(above[b])));
      }
    if (noisy.empty()) return 0;
    std::sort(noisy.begin(), noisy.end());
    return noisy[static_cast<std::size_t>(0.9 * static_cast<double>(noisy.size() - 1))];
  }

  Plan plan_;
  std::optional<std::int64_t> configurations_;
  std::int64_t trials_max_ = plan_.trials;
  std::vector<BracketPlan> kinds_;
  BracketOrder order_;
  std::vector<Bracket> brackets_;
  std::map<TrialId, std::size_t> bracket_of_;
  std::map<TrialId, Audit> audits_;
};

}  // namespace stepladder::schedule
