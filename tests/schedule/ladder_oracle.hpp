// The promotion rules of all modes, read a second time and slowly: whole lists are sorted anew for
// every question. Knows rungs, who may climb, and what audits have brought; oracle.hpp knows the
// run around them.
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
    bool is_ranked = false;  // pasha: it came here rung by rung, while the rung was open
  };
  struct Climb {
    TrialId trial;
    std::size_t rung = 0;  // where to
  };
  struct Leader {
    Entry entry;  // where it stands
    std::size_t bracket = 0;
    std::size_t rung = 0;  // the highest that the rule let it into
    Steps level = 0;
  };

  // `configurations`: how many different ones there are; nothing: no end of them.
  explicit LadderOracle(const Plan& plan, std::optional<std::int64_t> configurations = {})
      : plan_(plan), configurations_(configurations), kinds_(bracket_plans(plan)), order_(kinds_) {
    if (is_synchronous()) return;
    for (const BracketPlan& kind : kinds_) begin(kind, 0);
  }

  // So many trials in all.
  void allow(std::int64_t trials) { trials_max_ = trials; }

  // The run goes on by a plan with more of something; `trials_max` with the extensions.
  void grow(const Plan& plan, std::int64_t trials_max) {
    const Steps top = plan_.max_steps;
    plan_ = plan;
    trials_max_ = trials_max;
    kinds_ = bracket_plans(plan);
    first_of_round_ = brackets_.size();
    if (plan.max_steps == top) return;
    for (Bracket& bracket : brackets_) put_on_top(bracket, top);
  }

  // Begins the next trial; says in which bracket.
  std::size_t start(TrialId trial) {
    if (is_synchronous() &&
        (brackets_.empty() || brackets_.back().started == brackets_.back().trials)) {
      const BracketPlan& next = kinds_[(brackets_.size() - first_of_round_) % kinds_.size()];
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

  // The trial that the rule sends up now, and has to be trained for it: brackets in their order, in
  // each the rungs from the top down. One whose audit has been there enters on the way; one whose
  // audit is on its way there is awaited.
  std::optional<Climb> next_climb() {
    for (std::size_t bracket = 0; bracket < brackets_.size(); ++bracket)
      while (const auto climb = best_climb(bracket)) {
        leave(bracket, climb->rung - 1, climb->trial);
        if (const auto entry = take_aside(climb->trial, climb->rung)) {
          enter(climb->trial, climb->rung, *entry);
        } else if (audits_out_.contains(climb->trial)) {
          awaited_.insert(climb->trial);
        } else {
          return climb;
        }
      }
    return std::nullopt;
  }
  [[nodiscard]] bool anyone_may_climb() const {
    for (std::size_t bracket = 0; bracket < brackets_.size(); ++bracket)
      if (best_climb(bracket)) return true;
    return false;
  }

  // A trial completed a rung that the rule let it into.
  void enter(TrialId trial, std::size_t k, Entry entry) {
    Bracket& b = brackets_[bracket_of(trial)];
    Rung& rung = b.rungs[k];
    if (find(rung, trial) != nullptr) return complain("a trial completed the same rung twice");
    entry.promoted = false;
    entry.is_ranked = k < b.open;
    for (std::size_t below = 0; below < k; ++below) {
      const Entry* there = find(b.rungs[below], trial);
      entry.is_ranked = entry.is_ranked && there != nullptr && there->is_ranked;
    }
    rung.entries.push_back(entry);
    if (k + 1 == b.rungs.size()) return;
    if (plan_.mode == Mode::asha_stopping) judge_newest(rung);
    if (is_synchronous() && rung.entries.size() == rung.expected) judge(b, k);
    if (plan_.mode == Mode::pasha && k + 1 == b.open && !is_stable(b, k)) ++b.open;
  }

  // ---- audits: one rung further than the furthest

  [[nodiscard]] std::size_t furthest(TrialId trial) const {
    std::size_t k = rung_of(trial).value_or(0);
    const auto found = aside_.find(trial);
    if (found != aside_.end())
      for (const auto& [rung, entry] : found->second) k = std::max(k, rung);
    return k;
  }
  [[nodiscard]] bool has_rungs_left(TrialId trial) const {
    return furthest(trial) + 1 < levels(bracket_of(trial)).size();
  }
  std::size_t begin_audit(TrialId trial) {
    audits_out_.insert(trial);
    return furthest(trial) + 1;
  }
  void end_audit(TrialId trial, std::size_t k, const Entry& entry) {
    audits_out_.erase(trial);
    if (awaited_.erase(trial) > 0) return enter(trial, k, entry);
    if (!aside_[trial].emplace(k, entry).second) complain("a rung was audited twice");
  }
  [[nodiscard]] bool is_audit_out(TrialId trial) const { return audits_out_.contains(trial); }
  // Whether the rule waits for one of them.
  [[nodiscard]] bool awaits_an_audit() const { return !awaited_.empty(); }
  [[nodiscard]] bool is_awaited(TrialId trial) const { return awaited_.contains(trial); }
  // How many results of this rung are kept aside.
  [[nodiscard]] std::size_t beside(std::size_t bracket, std::size_t k) const {
    std::size_t count = 0;
    for (const auto& [trial, results] : aside_) {
      const std::optional<std::size_t> rung = rung_of(trial);
      if (bracket_of(trial) == bracket && results.contains(k) && rung && *rung < k) ++count;
    }
    return count;
  }

  // ---- who leads

  // The best that live, those first that stand higher.
  [[nodiscard]] std::vector<Leader> leaders(const std::set<TrialId>& dead) const {
    std::vector<Leader> all;
    std::optional<Entry> last;  // the worst that the rule brought to max_steps
    for (const auto& [trial, bracket] : bracket_of_) {
      const std::optional<std::size_t> k = rung_of(trial);
      if (dead.contains(trial) || !k) continue;
      const Entry& entry = *find(brackets_[bracket].rungs[*k], trial);
      all.push_back({entry, bracket, *k, levels(bracket)[*k]});
      if (all.back().level == plan_.max_steps && (!last || better(*last, entry))) last = entry;
    }
    for (Leader& leader : all) {
      const auto aside = at_the_end(leader.entry.trial);
      if (!aside || !last || !better(*aside, *last)) continue;
      leader.entry = *aside;
      leader.level = plan_.max_steps;
    }
    std::sort(all.begin(), all.end(), [this](const Leader& a, const Leader& b) {
      return a.level != b.level ? a.level > b.level : better(a.entry, b.entry);
    });
    return all;
  }
  // What an audit achieved at max_steps, where the rule has not come to it.
  [[nodiscard]] std::optional<Entry> at_the_end(TrialId trial) const {
    const auto found = aside_.find(trial);
    if (found == aside_.end()) return std::nullopt;
    for (const auto& [k, entry] : found->second)
      if (levels(bracket_of(trial))[k] == plan_.max_steps) return entry;
    return std::nullopt;
  }
  // The level where the rule has brought a trial; 0: nowhere yet.
  [[nodiscard]] Steps level_by_rule(TrialId trial) const {
    const std::optional<std::size_t> k = rung_of(trial);
    return k ? levels(bracket_of(trial))[*k] : 0;
  }
  // It is carried on to the last rung of its bracket. True where an audit has been there: it is in.
  bool carry_on(TrialId trial) {
    const std::size_t bracket = bracket_of(trial);
    const std::size_t last = levels(bracket).size() - 1;
    if (!leave(bracket, *rung_of(trial), trial)) complain("carried on twice, or without a score");
    const std::optional<Entry> entry = take_aside(trial, last);
    if (entry) enter(trial, last, *entry);
    return entry.has_value();
  }

  // ---- rungs

  [[nodiscard]] std::size_t bracket_of(TrialId trial) const { return bracket_of_.at(trial); }
  [[nodiscard]] const std::vector<Steps>& levels(std::size_t bracket) const {
    return brackets_[bracket].levels;
  }
  [[nodiscard]] std::size_t brackets() const { return brackets_.size(); }
  [[nodiscard]] const std::vector<Entry>& entries(std::size_t bracket, std::size_t k) const {
    return brackets_[bracket].rungs[k].entries;
  }
  // The highest rung of which it is an entry.
  [[nodiscard]] std::optional<std::size_t> rung_of(TrialId trial) const {
    const Bracket& b = brackets_[bracket_of(trial)];
    for (std::size_t k = b.rungs.size(); k-- > 0;)
      if (find(b.rungs[k], trial) != nullptr) return k;
    return std::nullopt;
  }
  // What was wrong with what it was told.
  [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  struct Rung {
    std::vector<Entry> entries;
    std::vector<TrialId> sent;  // stopping, synchronous: those let go that are still here
    std::size_t expected = 0;   // synchronous
  };
  struct Bracket {
    std::vector<Steps> levels;
    std::vector<Rung> rungs;
    std::size_t open = 0;
    std::int64_t trials = 0;
    std::int64_t started = 0;
    std::size_t judged = 0;  // synchronous: below this rung somebody may be let go
  };

  void complain(const std::string& what) { complaints_.push_back(what); }
  [[nodiscard]] bool is_synchronous() const {
    return plan_.mode == Mode::hyperband || plan_.mode == Mode::successive_halving ||
           plan_.mode == Mode::top_k;
  }
  [[nodiscard]] std::size_t share(const Rung& rung) const {
    // Of random search all go on.
    const std::size_t eta = plan_.mode == Mode::random ? 1 : static_cast<std::size_t>(plan_.eta);
    return rung.entries.size() / eta;
  }

  void begin(const BracketPlan& kind, std::int64_t trials) {
    Bracket bracket{.levels = kind.levels,
                    .rungs = {},
                    .open = kind.levels.size(),
                    .trials = trials,
                    .judged = kind.levels.size() - 1};
    bracket.rungs.resize(kind.levels.size());
    if (plan_.mode == Mode::pasha) bracket.open = std::min<std::size_t>(2, bracket.open);
    bracket.rungs[0].expected = static_cast<std::size_t>(trials);
    brackets_.push_back(bracket);
  }
  void put_on_top(Bracket& bracket, Steps top) const {
    const bool are_all_open = bracket.open == bracket.rungs.size();
    Rung& old_top = bracket.rungs.back();
    if (plan_.mode == Mode::asha_stopping)
      for (const Entry& entry : std::exchange(old_top.entries, {})) {
        old_top.entries.push_back(entry);
        judge_newest(old_top);
      }
    for (const Steps level : plan_.levels)
      if (level > top) bracket.levels.push_back(level);
    bracket.rungs.resize(bracket.levels.size());
    if (are_all_open) bracket.open = bracket.rungs.size();
  }

  [[nodiscard]] static const Entry* find(const Rung& rung, TrialId trial) {
    for (const Entry& entry : rung.entries)
      if (entry.trial == trial) return &entry;
    return nullptr;
  }
  // What was kept aside for this rung; what lies below it is of no use any more.
  std::optional<Entry> take_aside(TrialId trial, std::size_t k) {
    const auto found = aside_.find(trial);
    if (found == aside_.end() || !found->second.contains(k)) return std::nullopt;
    const Entry entry = found->second.at(k);
    found->second.erase(k);
    return entry;
  }

  // The highest rung from which somebody may go, and who goes first.
  [[nodiscard]] std::optional<Climb> best_climb(std::size_t bracket) const {
    const Bracket& b = brackets_[bracket];
    for (std::size_t k = b.rungs.size() - 1; k-- > 0;)
      if (const auto trial = first_of(b, k)) return Climb{.trial = *trial, .rung = k + 1};
    return std::nullopt;
  }
  [[nodiscard]] std::optional<TrialId> first_of(const Bracket& b, std::size_t k) const {
    const Rung& rung = b.rungs[k];
    if (k + 1 >= b.open) return std::nullopt;
    if (is_synchronous() || plan_.mode == Mode::asha_stopping)
      return rung.sent.empty() ? std::nullopt : std::optional(rung.sent.front());
    const auto promoted = static_cast<std::size_t>(std::count_if(
        rung.entries.begin(), rung.entries.end(), [](const Entry& e) { return e.promoted; }));
    if (plan_.promotion == Promotion::delayed && plan_.mode != Mode::pasha &&
        promoted + 1 > share(rung))
      return std::nullopt;
    const std::vector<Entry> ranking = sorted(rung.entries);
    for (std::size_t i = 0; i < share(rung); ++i)
      if (!ranking[i].promoted && ranking[i].score) return ranking[i].trial;
    return std::nullopt;
  }
  // The trial leaves this rung for a higher one. False where it has done so before, or failed here.
  bool leave(std::size_t bracket, std::size_t k, TrialId trial) {
    Rung& rung = brackets_[bracket].rungs[k];
    std::erase(rung.sent, trial);
    for (Entry& entry : rung.entries) {
      if (entry.trial != trial || entry.promoted || !entry.score) continue;
      entry.promoted = true;
      return true;
    }
    return false;
  }

  // Stopping: the newest goes on where it is among the best.
  void judge_newest(Rung& rung) const {
    const Entry newest = rung.entries.back();
    if (!newest.score) return;
    const std::vector<Entry> ranking = sorted(rung.entries);
    for (std::size_t i = 0; i < std::max<std::size_t>(1, share(rung)); ++i)
      if (ranking[i].trial == newest.trial) rung.sent.push_back(newest.trial);
  }
  void judge(Bracket& bracket, std::size_t k) const {
    if (k >= bracket.judged) return;
    Rung& rung = bracket.rungs[k];
    const std::int64_t keep =
        plan_.mode == Mode::top_k ? plan_.top_k : kept(bracket.trials, plan_.eta, k + 1);
    const std::vector<Entry> ranking = sorted(rung.entries);
    for (std::size_t i = 0; i < std::min(ranking.size(), static_cast<std::size_t>(keep)); ++i)
      if (ranking[i].score && !ranking[i].promoted) rung.sent.push_back(ranking[i].trial);
    bracket.rungs[k + 1].expected = rung.sent.size();
  }
  [[nodiscard]] std::vector<Entry> sorted(std::vector<Entry> entries) const {
    std::sort(entries.begin(), entries.end(), [this](auto& a, auto& b) { return better(a, b); });
    return entries;
  }

 public:
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
  [[nodiscard]] double figure(const Entry& entry) const {
    return plan_.metrics == by_loss() ? (*entry.score)[1] : -(*entry.score)[0];
  }
  static const Entry& entry_of(const Rung& rung, TrialId trial) { return *find(rung, trial); }
  // Bohdal et al., ICLR 2023, section 4: place by place, the difference below is within epsilon.
  [[nodiscard]] bool is_stable(const Bracket& bracket, std::size_t top) const {
    std::vector<Entry> above = sorted(bracket.rungs[top].entries);
    std::erase_if(above, [](const Entry& e) { return !e.score || !e.is_ranked; });
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
  std::size_t first_of_round_ = 0;  // synchronous: the first bracket since the run has grown
  std::map<TrialId, std::size_t> bracket_of_;
  std::map<TrialId, std::map<std::size_t, Entry>> aside_;  // by rung
  std::set<TrialId> audits_out_;
  std::set<TrialId> awaited_;  // of them, where the rule came to the rung
  std::vector<std::string> complaints_;
};

}  // namespace stepladder::schedule
