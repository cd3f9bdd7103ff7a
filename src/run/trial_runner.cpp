#include "stepladder/run/trial_runner.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <utility>

namespace stepladder::run {
namespace {

Seconds since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Of the final rows: enough to tell how much a score owes to the rows, few enough for a journal.
constexpr std::size_t kRowGroups = 32;

// Adds the time of a scope to a sum.
class Stopwatch {
 public:
  explicit Stopwatch(Seconds& sum) : sum_(sum) {}
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;
  ~Stopwatch() { sum_ += since(start_); }

 private:
  Seconds& sum_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

TrialRunner::TrialRunner(const Materials& materials, store::Checkpoints checkpoints)
    : materials_(materials),
      make_engine_(training::engine_maker(materials.experiment.model)),
      checkpoints_(std::move(checkpoints)) {}

fleet::Result TrialRunner::operator()(const Assignment& assignment,
                                      const fleet::KeepGoing& keep_going) {
  Effort effort;
  training::Trainer& trainer = bring(assignment, effort);
  const Steps start = trainer.steps();
  const training::Progress progress = train(assignment, keep_going, effort);
  const auto* diverged = std::get_if<Diverged>(&progress);
  const Steps end = diverged != nullptr ? diverged->at : trainer.steps();
  effort.steps = end - start;
  effort.recomputed = std::max<Steps>(0, std::min(assignment.from, end) - start);
  if (diverged != nullptr) {
    held_.reset();
    return {.outcome = *diverged, .effort = effort};
  }
  if (trainer.steps() > held_saved_) save(effort);
  if (const auto* interrupted = std::get_if<Interrupted>(&progress))
    return {.outcome = *interrupted, .effort = effort};

  if (assignment.cooldown > 0) return scored_after_cooldown(assignment, keep_going, effort);
  return scored(trainer, assignment, effort);
}

fleet::Result TrialRunner::scored(training::Trainer& trainer, const Assignment& assignment,
                                  Effort effort) const {
  training::Trainer::Scored scored = [&] {
    const Stopwatch watch(effort.scoring);
    return score(trainer, assignment.part);
  }();
  return {.outcome = std::move(scored.outcome),
          .effort = effort,
          .by_group = std::move(scored.by_group)};
}

training::State TrialRunner::state_after(const Assignment& assignment,
                                         const std::function<void()>& still_here) {
  Effort effort;
  training::Trainer& trainer = bring(assignment, effort);
  static_cast<void>(trainer.train_to(assignment.to, [&](Steps) {
    still_here();
    return true;
  }));
  if (assignment.cooldown > 0)
    static_cast<void>(trainer.cool_down(assignment.cooldown, [&](Steps) {
      still_here();
      return true;
    }));
  training::State state = trainer.scored_state();
  held_.reset();
  return state;
}

training::Progress TrialRunner::train(const Assignment& assignment,
                                      const fleet::KeepGoing& keep_going, Effort& effort) {
  const Seconds interval = materials_.experiment.run.checkpointing;
  const Seconds checkpointing = effort.checkpointing;
  held_saved_when_ = std::chrono::steady_clock::now();
  const auto keep_going_and_save = [&](Steps at) {
    const bool is_due = interval > 0 && at > held_saved_ && since(held_saved_when_) >= interval;
    if (is_due) save(effort);
    return keep_going(at);
  };
  training::Progress progress;
  {
    const Stopwatch watch(effort.training);
    progress = held_->train_to(assignment.to, keep_going_and_save);
  }
  effort.training -= effort.checkpointing - checkpointing;
  return progress;
}

void TrialRunner::save(Effort& effort) {
  const Stopwatch watch(effort.checkpointing);
  checkpoints_.save(held_trial_, held_->state());
  held_saved_ = held_->steps();
  held_saved_when_ = std::chrono::steady_clock::now();
}

// The trunk, which is saved, goes on from where it is; one that is interrupted here begins its
// cooldown anew.
fleet::Result TrialRunner::scored_after_cooldown(const Assignment& assignment,
                                                 const fleet::KeepGoing& keep_going,
                                                 Effort effort) {
  training::Trainer& trainer = *held_;
  const training::State trunk = trainer.state();
  const training::Progress progress = [&] {
    const Stopwatch watch(effort.training);
    return trainer.cool_down(assignment.cooldown, keep_going);
  }();
  if (const auto* diverged = std::get_if<Diverged>(&progress)) {
    effort.steps += diverged->at - trunk.step;
    held_.reset();
    return {.outcome = *diverged, .effort = effort};
  }
  effort.steps += trainer.steps() - trunk.step;
  fleet::Result result{.outcome = Interrupted{trunk.step}, .effort = effort};
  if (std::holds_alternative<training::Reached>(progress))
    result = scored(trainer, assignment, effort);
  trainer.restore(trunk);
  return result;
}

training::Trainer& TrialRunner::bring(const Assignment& assignment, Effort& effort) {
  const bool at_hand = held_ && held_trial_ == assignment.trial &&
                       held_horizon_ == assignment.horizon && held_->steps() <= assignment.to;
  if (!at_hand) {
    held_.reset();  // so that there is never room for two
    training::Recipe recipe = training::recipe_of(assignment.configuration, assignment.horizon);
    if (assignment.cooldown > 0) recipe = training::without_own_cooldown(recipe);
    held_ = std::make_unique<training::Trainer>(
        materials_.train, materials_.split.train, materials_.experiment.model, recipe,
        materials_.experiment.seed, assignment.drawn_as(), make_engine_, assignment.averages);
    held_trial_ = assignment.trial;
    held_horizon_ = assignment.horizon;
    held_saved_ = 0;
  }
  // Another worker may have come further since, and was lost.
  const Stopwatch watch(effort.checkpointing);
  if (const auto state = checkpoints_.latest(assignment.trial, assignment.to, assignment.horizon,
                                             held_->steps())) {
    held_->restore(*state);
    held_saved_ = state->step;
  }
  return *held_;
}

training::Trainer::Scored TrialRunner::score(training::Trainer& trainer, Part part) const {
  const data::Split& split = materials_.split;
  if (part == Part::final)
    return trainer.score_groups(
        materials_.train, data::random_groups(split.final, kRowGroups, materials_.experiment.seed));
  if (part == Part::test && split.test.empty()) {  // it is a file of its own
    std::vector<std::uint32_t> all(materials_.test.count());
    std::iota(all.begin(), all.end(), 0U);
    return {.outcome = trainer.score(materials_.test, all), .by_group = {}};
  }
  return {
      .outcome = trainer.score(materials_.train, part == Part::prune ? split.prune : split.test),
      .by_group = {}};
}

}  // namespace stepladder::run
