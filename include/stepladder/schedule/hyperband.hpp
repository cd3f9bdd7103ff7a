// The scheduler: a deterministic state machine from events to commands. It has no clock, file, log,
// thread or network; fed the same events it gives the same commands, which is what makes a parallel
// run replayable, a crash harmless and a simulation honest. Successive halving with the promotion
// rule (Li et al., MLSys 2020) and random search are settings of it, not classes.
//
// It is composed of three parts, and routes events among them: Leases (who holds what), Ladder (who
// climbs next), Conclusion (the phase of the run, and its end).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "stepladder/schedule/conclusion.hpp"
#include "stepladder/schedule/ladder.hpp"
#include "stepladder/schedule/leases.hpp"
#include "stepladder/schedule/messages.hpp"

namespace stepladder::schedule {

class Hyperband {
 public:
  // Throws PlanError where the plan cannot be carried out, alone or with this sampler.
  Hyperband(const Plan& plan, search::Sampler sampler)
      : ladder_(plan, std::move(sampler)), conclusion_(plan) {}

  // The only mutator. Accepts every event at any time.
  [[nodiscard]] Commands handle(const Event& event);

  [[nodiscard]] Phase phase() const noexcept { return conclusion_.phase(); }
  // The choice is made and tested (or no trial ever got a score): only retirements are left.
  [[nodiscard]] bool finished() const noexcept { return phase() == Phase::over; }
  [[nodiscard]] bool stopping() const noexcept { return stopping_; }
  // Whether nothing is left but the end, and nobody has said yet whether the range stays. Until
  // RangeExtended or RangeKept is handled nothing goes on. After RangeKept it is not asked again.
  [[nodiscard]] bool awaits_range() const noexcept {
    return phase() == Phase::asking && !stopping_;
  }
  // After how many rounds of seeds it is to be said which finalists are behind for sure; none: it
  // is not asked. Until RoundJudged is handled no further replicate begins.
  [[nodiscard]] std::optional<std::int64_t> awaits_round() const {
    return stopping_ ? std::nullopt : conclusion_.round_to_judge();
  }

  [[nodiscard]] bool awaits_answer() const { return awaits_range() || awaits_round(); }

  // ---- the search
  [[nodiscard]] const Plan& plan() const noexcept { return ladder_.plan(); }
  [[nodiscard]] const search::Sampler& sampler() const noexcept { return ladder_.sampler(); }
  [[nodiscard]] const std::vector<Bracket>& brackets() const noexcept { return ladder_.brackets(); }
  // The trials of the search, by id.
  [[nodiscard]] const std::vector<Trial>& trials() const noexcept { return ladder_.trials(); }
  [[nodiscard]] std::int64_t trials_max() const noexcept { return ladder_.trials_max(); }
  [[nodiscard]] bool is_exhausted() const noexcept { return ladder_.is_exhausted(); }
  [[nodiscard]] const std::vector<Extended>& extensions() const noexcept {
    return ladder_.extensions();
  }
  [[nodiscard]] const Extended* extension_of(TrialId trial) const {
    return ladder_.extension_of(trial);
  }
  [[nodiscard]] bool is_audited(TrialId trial) const { return ladder_.is_audited(trial); }
  [[nodiscard]] std::vector<Leader> leaders(std::size_t count) const {
    return ladder_.leaders(count);
  }
  [[nodiscard]] const std::vector<TrialId>& carried_on() const noexcept {
    return ladder_.carried_on();
  }
  // How many trials have completed a rung by an audit, without being an entry of it.
  [[nodiscard]] std::size_t beside(std::size_t bracket, std::size_t rung) const {
    return ladder_.beside(bracket, rung);
  }

  // ---- the end
  // From when the finalists are known; nullptr before, and where the plan has no
  // confirmation_seeds.
  [[nodiscard]] const Confirmation* confirmation() const noexcept {
    return replicates().has_begun() ? &replicates() : nullptr;
  }
  // The replicates begun, also those begun before all finalists are known.
  [[nodiscard]] const Confirmation& replicates() const noexcept {
    return conclusion_.confirmation();
  }
  [[nodiscard]] std::optional<TrialId> chosen() const noexcept { return conclusion_.chosen(); }
  [[nodiscard]] std::optional<TrialId> model() const noexcept { return conclusion_.model(); }
  [[nodiscard]] const std::optional<Score>& final_score() const noexcept {
    return conclusion_.final_score();
  }
  [[nodiscard]] const std::optional<Score>& test_score() const noexcept {
    return conclusion_.test_score();
  }
  // How often `test` was scored: once, and once more for another model of a run that has grown.
  [[nodiscard]] int times_tested() const noexcept { return conclusion_.times_tested(); }

  // ---- any trial: of the search, or a replicate
  // Those of the search, then the replicates.
  [[nodiscard]] std::vector<TrialId> begun() const;
  [[nodiscard]] bool has_begun(TrialId trial) const noexcept;
  [[nodiscard]] const Trial& trial(TrialId trial) const;
  [[nodiscard]] TrialStatus status(TrialId trial) const;
  // A replicate has its finalist's.
  [[nodiscard]] Configuration configuration(TrialId trial) const;
  // The run length that the policy of a training of this trial to `level` is planned for.
  [[nodiscard]] Steps horizon_at(TrialId trial, Steps level) const;
  // Where a trial stands by its last outcome; a trial without one stands as a failed one.
  [[nodiscard]] Standing standing(TrialId trial) const;

  // ---- the workers
  [[nodiscard]] std::size_t workers() const noexcept { return leases_.workers(); }
  [[nodiscard]] const std::map<LeaseId, Lease>& leases() const noexcept { return leases_.all(); }

 private:
  void on(const WorkerJoined& event, Commands& commands);
  void on(const Reported& event, Commands& commands);
  void on(const WorkerLost& event, Commands& commands);
  void on(const StopRequested& event, Commands& commands);
  void on(const Restarted& event, Commands& commands);
  void on(const RangeExtended& event, Commands& commands);
  void on(const RangeKept& event, Commands& commands);
  void on(const Grown& event, Commands& commands);
  void on(const RoundJudged& event, Commands& commands);

  void lose(const Task& task, Steps heard_at, Commands& commands);
  void end(const Task& task, const Outcome& outcome);
  void put_back(const Task& task);
  void drop(const Task& task);
  void stop(Commands& commands);
  void give_work(Commands& commands);
  [[nodiscard]] std::optional<Task> next_task(Commands& commands);
  [[nodiscard]] UnderWay under_way() const;
  [[nodiscard]] Assign assign(WorkerId worker, const Task& task);
  [[nodiscard]] Span span_of(const Task& task) const;
  // Whose configuration a trial has.
  [[nodiscard]] TrialId configured_as(TrialId trial) const;

  Leases leases_;
  Ladder ladder_;
  Conclusion conclusion_;
  bool stopping_ = false;
};

}  // namespace stepladder::schedule
