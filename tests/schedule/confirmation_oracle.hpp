// The confirmation, read a second time from the stream of events and commands alone: which
// replicates the finalists should have, and who should be chosen.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stepladder/schedule/messages.hpp"
#include "stepladder/schedule/plan.hpp"
#include "stepladder/wire/journal_line.hpp"
#include "trial/two_metrics.hpp"

namespace stepladder::schedule {

class ConfirmationOracle {
 public:
  // `finalists`: who they should be, best first.
  ConfirmationOracle(const Plan& plan, std::vector<TrialId> finalists)
      : plan_(plan), finalists_(std::move(finalists)) {}

  // One sentence for each thing wrong with a run that is over.
  std::vector<std::string> check(const std::vector<wire::Entry>& entries) {
    for (const wire::Entry& entry : entries) {
      lost_.reset();
      std::visit([this](const auto& event) { on(event); }, entry.event.what);
      for (const Command& command : entry.commands)
        std::visit([this](const auto& order) { carry_out(order); }, command);
    }
    if (plan_.confirmation_seeds == 0) {
      expect(results_.empty(), "replicates without a confirmation");
    } else if (chosen_) {
      expect(results_.size() == finalists_.size() * seeds(), "a replicate is missing");
    }
    return wrong_;
  }

 private:
  void expect(bool claim, const std::string& otherwise) {
    if (!claim) wrong_.push_back(otherwise);
  }
  [[nodiscard]] std::size_t seeds() const {
    return static_cast<std::size_t>(plan_.confirmation_seeds);
  }
  // Smaller is better.
  [[nodiscard]] std::pair<double, double> figure(const Score& score) const {
    if (plan_.metrics == by_loss()) return {score[1], -score[0]};
    return {-score[0], score[1]};
  }
  static std::optional<Score> score_in(const Outcome& outcome) {
    const auto* score = std::get_if<Score>(&outcome);
    if (score == nullptr || !std::isfinite((*score)[0]) || !std::isfinite((*score)[1]))
      return std::nullopt;
    return *score;
  }

  void on(const WorkerJoined& event) { leases_.erase(event.worker); }
  void on(const WorkerLost& event) {
    if (const auto held = leases_.find(event.worker); held != leases_.end()) lost_ = held->second;
    leases_.erase(event.worker);
  }
  void on(const StopRequested&) {}
  void on(const RangeExtended&) {}
  void on(const RangeKept&) {}
  void on(const Restarted&) { leases_.clear(); }
  void on(const Reported& event) {
    const auto found = std::find_if(leases_.begin(), leases_.end(), [&](const auto& held) {
      return held.second.lease == event.lease;
    });
    if (found == leases_.end()) return;
    const Assignment done = found->second;
    leases_.erase(found);
    if (std::holds_alternative<Interrupted>(event.outcome) ||
        std::holds_alternative<StorageFailed>(event.outcome) || done.from == done.to)
      return;
    if (std::holds_alternative<Crashed>(event.outcome) && ++crashes_[done.trial] < 3) return;
    complete(done, score_in(event.outcome));
  }

  void complete(const Assignment& done, const std::optional<Score>& score) {
    if (done.draws) {
      expect(results_.emplace(done.trial, score).second, "a replicate is scored twice");
      return;
    }
    configurations_[done.trial] = done.configuration;
  }

  void carry_out(const Assign& order) {
    const Assignment& a = order.assignment;
    leases_[order.worker] = a;
    if (!a.draws) {
      expect(!is_begun_ || a.part == Part::test, "the search goes on after its end");
      return;
    }
    if (!is_begun_) begin();
    if (a.part == Part::test) return expect(chosen_ == a.trial, "another model is tested");
    const std::size_t index = a.trial.value - configurations_.size();
    if (index >= finalists_.size() * seeds()) return expect(false, "a replicate too many");
    expect(a.configuration == configurations_.at(finalists_[index % finalists_.size()]),
           "a replicate has another configuration");
    expect(a.draws->value == (1U << 31U) + index / finalists_.size(), "seeds are not paired");
    expect(a.from == 0 && a.to == plan_.max_steps && a.part == Part::final,
           "a replicate is not trained from the start to the end");
    expect(!chosen_, "a replicate after the choice");
  }

  void begin() {
    expect(leases_.size() == 1, "the confirmation began while trials were running");
    is_begun_ = true;
  }

  void carry_out(const Choose& order) {
    if (plan_.confirmation_seeds == 0) return expect(order.trial == order.model, "another model");
    std::optional<std::size_t> best;
    std::vector<std::size_t> failures(finalists_.size());
    std::vector<std::pair<double, double>> figures(finalists_.size());
    for (std::size_t i = 0; i < finalists_.size(); ++i) {
      std::pair<double, double> sum;
      for (const auto& [trial, score] : results_) {
        if ((trial.value - configurations_.size()) % finalists_.size() != i) continue;
        if (!score) ++failures[i];
        if (score) sum = {sum.first + (*score)[0], sum.second + (*score)[1]};
      }
      const auto scored = static_cast<double>(seeds() - failures[i]);
      figures[i] = figure({sum.first / scored, sum.second / scored});
      const bool fewer = best && failures[i] < failures[*best];
      const bool better =
          best && failures[i] == failures[*best] && scored > 0 && figures[i] < figures[*best];
      if (!best || fewer || better) best = i;
    }
    expect(best && order.trial == finalists_[*best], "another finalist should be chosen");
    TrialId model = order.trial;
    std::optional<std::pair<double, double>> of_model;
    for (const auto& [trial, score] : results_) {
      if (!score || (trial.value - configurations_.size()) % finalists_.size() != *best) continue;
      if (of_model && !(figure(*score) < *of_model)) continue;
      model = trial;
      of_model = figure(*score);
    }
    expect(order.model == model, "another replicate should be the model");
    chosen_ = order.model;
  }
  void carry_out(const Recall&) {}
  // For the deaths of its workers; oracle.hpp knows when that is right.
  void carry_out(const GiveUp& order) {
    if (lost_ && lost_->trial == order.trial) complete(*lost_, std::nullopt);
  }
  void carry_out(const Retire& order) { leases_.erase(order.worker); }

  Plan plan_;
  std::vector<TrialId> finalists_;
  std::map<WorkerId, Assignment> leases_;
  std::optional<Assignment> lost_;  // with the worker of this entry
  std::map<TrialId, int> crashes_;
  std::map<TrialId, Configuration> configurations_;  // of the trials of the search
  bool is_begun_ = false;
  std::map<TrialId, std::optional<Score>> results_;  // by replicate
  std::optional<TrialId> chosen_;                    // the model
  std::vector<std::string> wrong_;
};

}  // namespace stepladder::schedule
