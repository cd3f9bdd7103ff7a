// The promotion rules of all modes, read a second time: from the stream of events and commands
// alone, with whole lists sorted anew for every question. Complements oracle.hpp, which knows one
// mode but all of a run's end.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "stepladder/schedule/messages.hpp"
#include "stepladder/schedule/plan.hpp"
#include "stepladder/wire/journal_line.hpp"

namespace stepladder::schedule {

class ModeOracle {
 public:
  explicit ModeOracle(const Plan& plan) : plan_(plan), kinds_(bracket_plans(plan)), order_(kinds_) {
    if (is_synchronous()) return;
    for (const BracketPlan& kind : kinds_) begin(kind, 0);
  }

  // One sentence for each thing wrong with this entry.
  std::vector<std::string> check(const wire::Entry& entry) {
    wrong_.clear();
    std::visit([this](const auto& event) { on(event); }, entry.event.what);
    for (const Command& command : entry.commands) {
      if (const auto* assign = std::get_if<Assign>(&command))
        on(assign->assignment, assign->worker);
      if (const auto* retire = std::get_if<Retire>(&command)) workers_.erase(retire->worker);
    }
    for (const auto& [worker, lease] : workers_)
      if (!lease && !concluding_ && waiting_.empty() && may_climb_at_all())
        expect(false, "a worker is idle while a trial may climb");
    return std::move(wrong_);
  }

  [[nodiscard]] Steps steps() const { return steps_; }  // trained, and of the leases out
  // What steps() may come to: the budget and the work that was out when the last trial was sent up
  // or started.
  [[nodiscard]] Steps steps_max() const { return plan_.total_steps + out_at_last_ - 1; }
  [[nodiscard]] std::size_t promoted(std::size_t bracket, std::size_t rung) const {
    return brackets_[bracket].rungs[rung].promoted;
  }

 private:
  struct Entry {
    TrialId trial;
    std::optional<Score> score;
    bool promoted = false;
  };
  struct Rung {
    std::vector<Entry> entries;
    std::set<TrialId> sent;  // stopping, synchronous: those that were let go and are still here
    std::size_t expected = 0;
    std::size_t promoted = 0;
    bool judged = false;
  };
  struct Bracket {
    std::vector<Steps> levels;
    std::vector<Rung> rungs;
    std::size_t open = 0;
    std::int64_t trials = 0;
    std::int64_t started = 0;
  };
  struct Place {
    std::size_t bracket = 0;
    Steps trained = 0;
    bool scored = false;
    bool dead = false;
    int crashes = 0;
  };

  void expect(bool claim, const std::string& otherwise) {
    if (!claim) wrong_.push_back(otherwise);
  }
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

  [[nodiscard]] bool better(const Entry& a, const Entry& b) const {
    if (a.score.has_value() != b.score.has_value()) return a.score.has_value();
    if (a.score && plan_.metric == Metric::accuracy && a.score->accuracy != b.score->accuracy)
      return a.score->accuracy > b.score->accuracy;
    if (a.score && a.score->loss != b.score->loss) return a.score->loss < b.score->loss;
    return a.trial < b.trial;
  }
  [[nodiscard]] std::vector<Entry> sorted(const Rung& rung) const {
    std::vector<Entry> result = rung.entries;
    std::sort(result.begin(), result.end(), [this](auto& a, auto& b) { return better(a, b); });
    return result;
  }

  // The trials of a rung that may be sent up now; of those rules that rank, only the best.
  [[nodiscard]] std::set<TrialId> climbers(const Bracket& bracket, std::size_t k) const {
    const Rung& rung = bracket.rungs[k];
    if (k + 1 >= bracket.open) return {};
    if (is_synchronous() || plan_.mode == Mode::asha_stopping) return rung.sent;
    const std::size_t share = rung.entries.size() / eta();
    if (plan_.promotion == Promotion::delayed && plan_.mode != Mode::pasha &&
        rung.promoted + 1 > share)
      return {};
    const std::vector<Entry> ranking = sorted(rung);
    for (std::size_t i = 0; i < share; ++i)
      if (!ranking[i].promoted && ranking[i].score) return {ranking[i].trial};
    return {};
  }
  [[nodiscard]] bool may_climb_at_all() const {
    if (stopping_ || !budget_is_left()) return false;
    for (const Bracket& bracket : brackets_)
      for (std::size_t k = 0; k + 1 < bracket.rungs.size(); ++k)
        if (!climbers(bracket, k).empty()) return true;
    return false;
  }

  void release(WorkerId worker) {
    const auto found = workers_.find(worker);
    if (found == workers_.end() || !found->second) return;
    waiting_.insert(leases_.at(*found->second).trial);
    leases_.erase(*found->second);
    found->second.reset();
  }
  void on(const WorkerJoined& event) {
    release(event.worker);
    workers_[event.worker].reset();
  }
  void on(const WorkerLost& event) {
    release(event.worker);
    workers_.erase(event.worker);
  }
  void on(const StopRequested&) { stopping_ = true; }
  void on(const Restarted&) {
    stopping_ = false;
    for (const auto& [lease, assignment] : leases_) waiting_.insert(assignment.trial);
    leases_.clear();
    workers_.clear();
  }
  void on(const Reported& event) {
    const auto found = leases_.find(event.lease);
    if (found == leases_.end()) return;
    const Assignment done = found->second;
    leases_.erase(found);
    for (auto& [worker, lease] : workers_)
      if (lease == event.lease) lease.reset();
    if (done.part != Part::prune) {
      if (std::holds_alternative<Interrupted>(event.outcome)) waiting_.insert(done.trial);
      return;
    }
    Place& place = places_.at(done.trial.value);
    const bool crashed = std::holds_alternative<Crashed>(event.outcome);
    if (std::holds_alternative<Interrupted>(event.outcome) || (crashed && ++place.crashes < 3)) {
      waiting_.insert(done.trial);
      return;
    }
    Entry entry{.trial = done.trial};
    const auto* score = std::get_if<Score>(&event.outcome);
    if (score != nullptr && std::isfinite(score->accuracy) && std::isfinite(score->loss))
      entry.score = *score;
    place.dead = !entry.score;
    place.scored = entry.score.has_value();
    if (place.dead) concluding_ = false;
    place.trained = done.to;
    if (const auto* diverged = std::get_if<Diverged>(&event.outcome)) {
      place.trained = std::clamp(diverged->at, done.from, done.to);
      steps_ -= done.to - place.trained;
    }
    enter(brackets_[place.bracket], done.to, entry);
  }

  void enter(Bracket& bracket, Steps level, const Entry& entry) {
    const auto at = std::find(bracket.levels.begin(), bracket.levels.end(), level);
    if (at == bracket.levels.end()) return expect(false, "an assignment ends between two levels");
    const auto k = static_cast<std::size_t>(at - bracket.levels.begin());
    Rung& rung = bracket.rungs[k];
    rung.entries.push_back(entry);
    if (k + 1 == bracket.rungs.size()) return;
    if (plan_.mode == Mode::asha_stopping && entry.score) {
      const std::vector<Entry> ranking = sorted(rung);
      const std::size_t share = std::max<std::size_t>(1, ranking.size() / eta());
      for (std::size_t i = 0; i < share; ++i)
        if (ranking[i].trial == entry.trial) rung.sent.insert(entry.trial);
    }
    if (is_synchronous() && rung.entries.size() == rung.expected) judge(bracket, k);
    if (plan_.mode == Mode::pasha && k + 1 == bracket.open && !is_stable(bracket, k))
      ++bracket.open;
  }

  void judge(Bracket& bracket, std::size_t k) {
    Rung& rung = bracket.rungs[k];
    expect(!rung.judged, "a rung is judged twice");
    rung.judged = true;
    const std::int64_t keep =
        plan_.mode == Mode::top_k ? plan_.top_k : kept(bracket.trials, plan_.eta, k + 1);
    const std::vector<Entry> ranking = sorted(rung);
    for (std::size_t i = 0; i < std::min(ranking.size(), static_cast<std::size_t>(keep)); ++i)
      if (ranking[i].score && !ranking[i].promoted) rung.sent.insert(ranking[i].trial);
    bracket.rungs[k + 1].expected = rung.sent.size();
  }

  [[nodiscard]] double figure(const Score& score) const {
    return plan_.metric == Metric::accuracy ? -score.accuracy : score.loss;
  }
  [[nodiscard]] const Entry& entry_of(const Rung& rung, TrialId trial) const {
    return *std::find_if(rung.entries.begin(), rung.entries.end(),
                         [trial](const Entry& e) { return e.trial == trial; });
  }
  // Bohdal et al., ICLR 2023, section 4: place by place, the difference below is within epsilon.
  [[nodiscard]] bool is_stable(const Bracket& bracket, std::size_t top) const {
    std::vector<Entry> above = sorted(bracket.rungs[top]);
    std::erase_if(above, [](const Entry& e) { return !e.score; });
    std::vector<Entry> below;
    for (const Entry& entry : above) below.push_back(entry_of(bracket.rungs[top - 1], entry.trial));
    std::vector<Entry> ranking = below;
    std::sort(ranking.begin(), ranking.end(), [this](auto& a, auto& b) { return better(a, b); });
    const double epsilon = noise(bracket, top, above);
    for (std::size_t i = 0; i < above.size(); ++i)
      if (std::abs(figure(*below[i].score) - figure(*ranking[i].score)) > epsilon) return false;
    return true;
  }
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
        if (order.size() >= 3)
          noisy.push_back(std::abs(figure(*above[a].score) - figure(*above[b].score)));
      }
    if (noisy.empty()) return 0;
    std::sort(noisy.begin(), noisy.end());
    return noisy[static_cast<std::size_t>(0.9 * static_cast<double>(noisy.size() - 1))];
  }

  void on(const Assignment& a, WorkerId worker) {
    leases_[a.lease] = a;
    workers_[worker] = a.lease;
    if (waiting_.erase(a.trial) > 0) return;
    expect(waiting_.empty(), "work that was put back must wait");
    if (a.part != Part::prune) {
      concluding_ = true;
      return;
    }
    if (a.trial.value == places_.size()) {
      start(a);
    } else {
      climb(a);
    }
  }

  void start(const Assignment& a) {
    expect(plan_.trials == 0 || a.trial.value < plan_.trials, "more trials than the plan has");
    expect(!may_climb_at_all(), "a trial is started while another may climb");
    if (is_synchronous() &&
        (brackets_.empty() || brackets_.back().started == brackets_.back().trials)) {
      const BracketPlan& next = kinds_[brackets_.size() % kinds_.size()];
      const std::int64_t left = plan_.trials - static_cast<std::int64_t>(a.trial.value);
      begin(next, plan_.trials > 0 ? std::min(next.trials, left) : next.trials);
    }
    const std::size_t bracket =
        is_synchronous() ? brackets_.size() - 1 : order_.bracket_of(a.trial);
    ++brackets_[bracket].started;
    places_.push_back({.bracket = bracket});
    expect(a.from == 0 && a.to == brackets_[bracket].levels.front(), "a trial starts elsewhere");
    admit(a);
  }

  void climb(const Assignment& a) {
    Place& place = places_.at(a.trial.value);
    expect(a.from == place.trained, "training does not start where it ended");
    expect(!place.dead, "a failed trial is trained");
    Bracket& bracket = brackets_[place.bracket];
    const auto at = std::find(bracket.levels.begin(), bracket.levels.end(), a.from);
    if (at == bracket.levels.end()) return expect(false, "training starts between two levels");
    const auto k = static_cast<std::size_t>(at - bracket.levels.begin());
    Rung& rung = bracket.rungs[k];
    const bool by_rule = climbers(bracket, k).contains(a.trial) && a.to == bracket.levels[k + 1];
    // Nothing is out but this: the winner is carried on.
    const bool finishing = leases_.size() == 1 && plan_.finish_winner && a.to == plan_.max_steps;
    expect(by_rule || finishing, "trial " + std::to_string(a.trial.value) + " may not climb from " +
                                     std::to_string(a.from));
    if (by_rule && budget_is_left()) {
      for (std::size_t above = k + 1; above + 1 < bracket.rungs.size(); ++above)
        expect(climbers(bracket, above).empty(), "a higher rung comes first");
      admit(a);
    } else {
      steps_ += a.to - a.from;
    }
    for (Entry& entry : rung.entries)
      if (entry.trial == a.trial) entry.promoted = true;
    rung.sent.erase(a.trial);
    ++rung.promoted;
  }

  // Finishing the best that lives must still fit in.
  [[nodiscard]] bool budget_is_left() const {
    const bool is_first = places_.size() == 1 && steps_ == 0;
    if (plan_.total_steps == 0 || is_first) return true;
    Steps highest = 0;
    for (const Place& place : places_)
      if (place.scored && !place.dead) highest = std::max(highest, place.trained);
    const Steps reserve = plan_.finish_winner ? plan_.max_steps - highest : 0;
    return steps_ + reserve < plan_.total_steps;
  }
  void admit(const Assignment& a) {
    expect(budget_is_left(), "work beyond the budget");
    steps_ += a.to - a.from;
    out_at_last_ = 0;
    for (const auto& [lease, out] : leases_) out_at_last_ += out.to - out.from;
  }

  Plan plan_;
  std::vector<BracketPlan> kinds_;
  BracketOrder order_;
  std::vector<Bracket> brackets_;
  std::vector<Place> places_;
  std::map<LeaseId, Assignment> leases_;
  std::map<WorkerId, std::optional<LeaseId>> workers_;
  std::set<TrialId> waiting_;
  Steps steps_ = 0;
  Steps out_at_last_ = 0;
  bool stopping_ = false;
  bool concluding_ = false;
  std::vector<std::string> wrong_;
};

}  // namespace stepladder::schedule
