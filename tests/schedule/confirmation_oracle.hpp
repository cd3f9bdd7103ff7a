// The confirmation, read a second time and slowly: which replicate is begun next, when it is asked
// who is behind, which replicates are wanted, and who is chosen. Everything is counted anew for
// every question.
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

class ConfirmationOracle {
 public:
  struct Replicate {
    TrialId finalist;
    std::int64_t seed = 0;
    Steps trained = 0;
    bool is_out = false;
    bool is_scored = false;  // at `trained`
    bool has_failed = false;
    Score score;
  };
  struct Choice {
    TrialId trial;
    TrialId model;
  };

  explicit ConfirmationOracle(const Plan& plan) : plan_(plan) {}

  // ---- what happens

  void grow(const Plan& plan) {
    plan_ = plan;
    for (Replicate& replicate : replicates_) replicate.is_out = false;
  }
  // The finalists are known, best first.
  void begin(const std::vector<TrialId>& finalists) {
    finalists_ = finalists;
    has_begun_ = true;
    left_ = {finalists.begin(), finalists.end()};
    dropped_after_.clear();
    judged_ = 0;
  }
  // The replicate ends with this score, or it failed.
  void end(TrialId id, Steps trained, const std::optional<Score>& score) {
    Replicate& replicate = at(id);
    replicate.is_out = false;
    replicate.trained = trained;
    replicate.is_scored = score.has_value();
    replicate.has_failed = !score;
    replicate.score = score.value_or(Score{});
  }
  // It comes to nothing.
  void drop(TrialId id) { at(id).is_out = false; }
  void judge(std::int64_t rounds, const std::vector<TrialId>& dropped) {
    judged_ = rounds;
    for (const TrialId trial : dropped) {
      if (!left_.contains(trial) || left_.size() == 1) continue;
      left_.erase(trial);
      dropped_after_[trial] = rounds;
    }
  }

  // ---- what should be done

  // Begins the first of these trials' replicates that is to be trained; seed by seed.
  std::optional<TrialId> begin_one(const std::vector<TrialId>& trials, std::int64_t seeds) {
    for (std::int64_t seed = 0; seed < seeds; ++seed)
      for (const TrialId trial : trials) {
        if (!find(trial, seed)) replicates_.push_back({.finalist = trial, .seed = seed});
        Replicate& replicate = at(*find(trial, seed));
        if (replicate.is_out || has_ended(trial, seed)) continue;
        replicate.is_out = true;
        return find(trial, seed);
      }
    return std::nullopt;
  }
  std::optional<TrialId> next() { return begin_one(those_left(), rounds_wanted()); }

  // After how many rounds it is to be said who is behind.
  [[nodiscard]] std::optional<std::int64_t> asks() const {
    const std::int64_t round = judged_ < 3 ? 3 : judged_ + 1;
    if (round >= plan_.confirmation_seeds || left_.size() < 2) return std::nullopt;
    for (const TrialId trial : left_)
      for (std::int64_t seed = 0; seed < round; ++seed)
        if (!has_ended(trial, seed)) return std::nullopt;
    return round;
  }
  [[nodiscard]] bool is_complete() const {
    for (const TrialId trial : left_)
      for (std::int64_t seed = 0; seed < rounds_wanted(); ++seed)
        if (!has_ended(trial, seed)) return false;
    return !asks();
  }
  [[nodiscard]] bool is_wanted(TrialId id) const {
    const Replicate& replicate = replicates_.at(id.value - kFirstReplicate);
    return left_.contains(replicate.finalist) && replicate.seed < rounds_wanted();
  }
  [[nodiscard]] Choice choice() const {
    std::optional<Choice> best;
    std::size_t fewest = 0;
    std::vector<double> best_figures;
    for (const TrialId trial : those_left()) {
      std::size_t failures = 0;
      std::vector<double> sum{0, 0};
      std::int64_t scored = 0;
      Choice candidate{trial, trial};
      std::vector<double> of_model;
      for (std::int64_t seed = 0; seed < rounds_wanted(); ++seed) {
        const Replicate& replicate = replicates_.at(find(trial, seed)->value - kFirstReplicate);
        if (replicate.has_failed) {
          ++failures;
          continue;
        }
        ++scored;
        sum = {sum[0] + replicate.score[0], sum[1] + replicate.score[1]};
        const std::vector<double> figures = figures_of(replicate.score);
        if (!of_model.empty() && !(figures < of_model)) continue;
        of_model = figures;
        candidate.model = *find(trial, seed);
      }
      const auto count = static_cast<double>(scored);
      const std::vector<double> figures =
          scored == 0 ? std::vector<double>{} : figures_of({sum[0] / count, sum[1] / count});
      if (best && (failures > fewest || (failures == fewest && !(figures < best_figures))))
        continue;
      best = candidate;
      fewest = failures;
      best_figures = figures;
    }
    return *best;
  }

  [[nodiscard]] bool has_begun() const { return has_begun_; }
  [[nodiscard]] const std::vector<TrialId>& finalists() const { return finalists_; }
  [[nodiscard]] const std::vector<Replicate>& replicates() const { return replicates_; }
  [[nodiscard]] Replicate& at(TrialId id) { return replicates_.at(id.value - kFirstReplicate); }
  [[nodiscard]] const Replicate& at(TrialId id) const {
    return replicates_.at(id.value - kFirstReplicate);
  }

 private:
  [[nodiscard]] std::optional<TrialId> find(TrialId trial, std::int64_t seed) const {
    for (std::uint32_t i = 0; i < replicates_.size(); ++i)
      if (replicates_[i].finalist == trial && replicates_[i].seed == seed)
        return TrialId{kFirstReplicate + i};
    return std::nullopt;
  }
  [[nodiscard]] bool has_ended(TrialId trial, std::int64_t seed) const {
    const auto id = find(trial, seed);
    if (!id || at(*id).is_out) return false;
    return at(*id).has_failed || (at(*id).is_scored && at(*id).trained == plan_.max_steps);
  }
  // Best first.
  [[nodiscard]] std::vector<TrialId> those_left() const {
    std::vector<TrialId> trials;
    for (const TrialId trial : finalists_)
      if (left_.contains(trial)) trials.push_back(trial);
    return trials;
  }
  // With one left of several it is over, and the judged rounds count.
  [[nodiscard]] std::int64_t rounds_wanted() const {
    return left_.size() == 1 && finalists_.size() > 1 ? judged_ : plan_.confirmation_seeds;
  }
  // Smaller is better.
  [[nodiscard]] std::vector<double> figures_of(const Score& score) const {
    if (plan_.metrics == by_loss()) return {score[1], -score[0]};
    return {-score[0], score[1]};
  }

  Plan plan_;
  bool has_begun_ = false;
  std::vector<Replicate> replicates_;  // in the order they were begun
  std::vector<TrialId> finalists_;
  std::set<TrialId> left_;
  std::map<TrialId, std::int64_t> dropped_after_;
  std::int64_t judged_ = 0;
};

}  // namespace stepladder::schedule
