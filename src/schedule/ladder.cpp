#include "stepladder/schedule/ladder.hpp"

#include <algorithm>
#include <utility>

#include "stepladder/trial/random.hpp"

namespace stepladder::schedule {
namespace {

PromotionRule rule_of(const Plan& plan) {
  if (is_synchronous(plan.mode)) return PromotionRule::synchronous;
  if (plan.mode == Mode::asha_stopping) return PromotionRule::stopping;
  if (plan.mode == Mode::pasha) return PromotionRule::progressive;
  return plan.promotion == Promotion::delayed ? PromotionRule::delayed : PromotionRule::eager;
}

const Plan& checked(const Plan& plan, const search::Sampler& sampler) {
  check(plan);
  if (plan.extend_range && sampler.extendable(kExtendedName) == nullptr)
    throw PlanError(
        "extend_range",
        "extend_range widens a range of learning_rate that is searched on a logarithmic "
        "scale and depends on no other hyperparameter; give one, for example "
        "learning_rate = { min = 0.001, max = 1.0, scale = \"log\" }");
  return plan;
}

// How many trials it begins, where few diverge early and configurations do not run out.
std::int64_t trials_wanted(const Plan& plan) {
  return plan.trials > 0 ? plan.trials : plan.total_steps / plan.min_steps;
}

}  // namespace

Ladder::Ladder(const Plan& plan, search::Sampler sampler)
    : plan_(checked(plan, sampler)),
      sampler_(std::move(sampler)),
      bracket_plans_(bracket_plans(plan_)),
      bracket_order_(bracket_plans_),
      budget_(plan_) {
  const auto configurations = sampler_.configurations();
  if (configurations && *configurations < static_cast<std::uint64_t>(trials_wanted(plan_)))
    configurations_ = static_cast<std::int64_t>(*configurations);
  if (is_synchronous(plan_.mode)) return;  // these begin a bracket when they have trials for it
  for (const BracketPlan& bracket : bracket_plans_)
    brackets_.emplace_back(bracket.levels, rule_of(plan_), plan_.eta);
}

// get_job of algorithm 2 of Li et al. (MLSys 2020).
std::optional<Task> Ladder::next() {
  // check(Plan): the first trial fits in.
  if (!trials_.empty() && !budget_.is_left()) return std::nullopt;
  const std::optional<Task> task = climbable_.empty() ? new_trial() : climb();
  if (!task) return std::nullopt;
  budget_.commit(span_of(*task).steps());
  budget_.admit();
  return task;
}

Task Ladder::climb() {
  const std::size_t bracket = *climbable_.begin();
  const std::optional<Climb> climb = brackets_[bracket].take();
  refresh(bracket);
  return {.trial = climb->trial,
          .cause = climb->is_audit ? Cause::audited : Cause::promoted,
          .rung = climb->rung};
}

std::optional<Task> Ladder::new_trial() {
  const std::optional<std::size_t> bracket = bracket_for_new_trial();
  if (!bracket) return std::nullopt;
  const TrialId trial{static_cast<std::uint32_t>(trials_.size())};
  trials_.push_back(
      {.bracket = static_cast<std::uint32_t>(*bracket), .begins_anew = begins_anew(trial)});
  return Task{.trial = trial, .cause = Cause::fresh};
}

std::optional<std::size_t> Ladder::bracket_for_new_trial() {
  const auto started = static_cast<std::int64_t>(trials_.size());
  if (!is_synchronous(plan_.mode)) {
    if (trials_there_are(1) == 0) return std::nullopt;
    return bracket_order_.bracket_of(TrialId{static_cast<std::uint32_t>(started)});
  }
  if (places_left_ == 0) {
    const BracketPlan& next = bracket_plans_[brackets_.size() % bracket_plans_.size()];
    places_left_ = trials_there_are(next.trials);
    if (places_left_ == 0) return std::nullopt;
    brackets_.emplace_back(next.levels, PromotionRule::synchronous, plan_.eta, places_left_,
                           plan_.mode == Mode::top_k ? plan_.top_k : 0);
  }
  --places_left_;
  return brackets_.size() - 1;
}

// So many more may be started, of so many that are wanted.
std::int64_t Ladder::trials_there_are(std::int64_t wanted) {
  const auto started = static_cast<std::int64_t>(trials_.size());
  if (trials_max() > 0) wanted = std::min(wanted, trials_max() - started);
  const std::int64_t settled = sampler_.settle(started + wanted);
  if (settled < started + wanted) {
    configurations_ = settled;
    if (!extensions_.empty()) extensions_.back().trials = settled - extensions_.back().first.value;
  }
  return settled - started;
}

void Ladder::end(const Task& task, const Outcome& outcome) {
  Trial& trial = trials_[task.trial.value];
  const Standing standing = standing_of(outcome, task.trial, plan_.metrics);
  const Span span = span_of(task);
  const Steps trained_before = trial.score ? trial.trained : 0;
  trial.rung = static_cast<std::uint8_t>(task.rung);
  trial.trained = span.to;
  if (!standing.failed) {
    trial.score = std::get<Score>(outcome);
  } else {
    trial.fate =
        std::holds_alternative<Crashed>(outcome) ? Trial::Fate::crashed : Trial::Fate::diverged;
    if (const auto* diverged = std::get_if<Diverged>(&outcome)) {
      const Steps end = span.to + span.cooldown;
      budget_.give_back(end - std::clamp(diverged->at, span.from, end));
      trial.trained = std::clamp(diverged->at, span.from, span.to);
    }
  }
  brackets_[trial.bracket].complete(task.rung, standing, is_audited(task.trial));
  refresh(trial.bracket);
  if (is_audited(task.trial)) {
    const Steps counted = standing.failed ? 0 : place_of(task.trial)->level;
    budget_.move(std::exchange(audited_at_[task.trial], counted), counted);
  } else {
    budget_.move(trained_before, standing.failed ? 0 : span.to);
  }
}

void Ladder::refresh(std::size_t bracket) {
  if (brackets_[bracket].has_climb()) {
    climbable_.insert(bracket);
  } else {
    climbable_.erase(bracket);
  }
}

std::vector<Leader> Ladder::leaders(std::size_t count) const {
  std::vector<Leader> best;
  for (std::size_t i = 0; i < trials_.size(); ++i)
    if (const auto place = place_of(TrialId{static_cast<std::uint32_t>(i)})) best.push_back(*place);
  const auto end = best.begin() + static_cast<std::ptrdiff_t>(std::min(count, best.size()));
  std::partial_sort(best.begin(), end, best.end(), [](const Leader& a, const Leader& b) {
    return a.level != b.level ? a.level > b.level : a.standing < b.standing;
  });
  best.erase(end, best.end());
  return best;
}

// Where the rule has brought a living trial; nothing for one without a score.
std::optional<Leader> Ladder::place_of(TrialId id) const {
  const Trial& trial = trials_[id.value];
  if (trial.fate != Trial::Fate::alive || !trial.score) return std::nullopt;
  if (!is_audited(id))
    return Leader{
        .trial = id, .rung = trial.rung, .level = trial.trained, .standing = standing(id)};
  const Bracket& bracket = brackets_[trial.bracket];
  const Bracket::AuditedEntry& place = bracket.audited_entry(id);
  return Leader{.trial = id,
                .rung = place.rung,
                .level = bracket.rungs()[place.rung].level(),
                .standing = place.standing};
}

bool Ladder::is_to_be_finished(const Leader& best) const {
  const Trial& trial = trials_[best.trial.value];
  const std::size_t last = brackets_[trial.bracket].rungs().size() - 1;
  if (!plan_.finish_winner || best.rung == last) return false;
  return trial.trained == plan_.max_steps ||
         budget_.may_finish(span_of({.trial = best.trial, .rung = last}).steps());
}

std::optional<Task> Ladder::finish(const Leader& best) {
  Bracket& bracket = brackets_[trials_[best.trial.value].bracket];
  carried_on_.push_back(best.trial);
  if (!bracket.carry_on(best.trial, best.rung)) return std::nullopt;
  const Task task{
      .trial = best.trial, .cause = Cause::finishing, .rung = bracket.rungs().size() - 1};
  budget_.commit(span_of(task).steps());
  return task;
}

bool Ladder::admit_better(const Leader& best) {
  if (best.level < plan_.max_steps) return false;
  bool is_any_better = false;
  for (const auto& [id, counted_at] : audited_at_) {
    const Trial& trial = trials_[id.value];
    if (trial.trained < plan_.max_steps || trial.fate != Trial::Fate::alive) continue;
    const std::optional<Leader> place = place_of(id);
    if (place->level == plan_.max_steps || !(standing(id) < best.standing)) continue;
    static_cast<void>(brackets_[trial.bracket].carry_on(id, place->rung));
    carried_on_.push_back(id);
    is_any_better = true;
  }
  return is_any_better;
}

bool Ladder::is_audited(TrialId id) const {
  if (plan_.audit_fraction <= 0 || id.value >= trials_.size()) return false;
  if (brackets_[trials_[id.value].bracket].rungs().size() < 2) return false;
  return RandomStream(sampler_.seed(), Purpose::audit, id.value).uniform(0) < plan_.audit_fraction;
}

bool Ladder::may_climb(TrialId id) const {
  const Trial& trial = trials_[id.value];
  return brackets_[trial.bracket].may_climb(id, trial.rung);
}

Standing Ladder::standing(TrialId id) const {
  const Trial& trial = trials_.at(id.value);
  if (trial.fate != Trial::Fate::alive || !trial.score)
    return Standing{.trial = id, .failed = true};
  return standing_of(*trial.score, id, plan_.metrics);
}

// ---- what a task trains

Span Ladder::span_of(const Task& task) const {
  const Trial& trial = trials_[task.trial.value];
  return span(task.trial, trial.trained, brackets_[trial.bracket].rungs()[task.rung].level());
}

Span Ladder::span(TrialId trial, Steps from, Steps to) const {
  const bool is_anew = trials_[trial.value].begins_anew && from < to;
  return {.from = is_anew ? 0 : from,
          .to = to,
          .cooldown = cooldown_of(plan_, to),
          .horizon = horizon_at(trial, to)};
}

Steps Ladder::horizon_at(TrialId trial, Steps level) const {
  return trials_[trial.value].begins_anew ? level : plan_.max_steps;
}

bool Ladder::begins_anew(TrialId trial) const {
  if (plan_.rung_score != RungScore::restart || !plan_.horizon_bound) return false;
  const Condition& bound = *plan_.horizon_bound;
  const Configuration configuration = sampler_.configuration_of(trial);
  const Value* value = configuration.find(bound.name);
  return value != nullptr &&
         std::find(bound.values.begin(), bound.values.end(), *value) != bound.values.end();
}

// ---- more trials in a wider range

std::int64_t Ladder::trials_max() const noexcept {
  std::int64_t trials = plan_.trials;
  for (const Extended& extended : extensions_) trials += extended.trials;
  if (!configurations_) return trials;
  return trials > 0 ? std::min(trials, *configurations_) : *configurations_;
}

bool Ladder::is_exhausted() const noexcept {
  return configurations_ == static_cast<std::int64_t>(trials_.size());
}

bool Ladder::has_room_for_more() const {
  return climbable_.empty() && static_cast<std::int64_t>(trials_.size()) == trials_max() &&
         budget_.is_left();
}

const Extended* Ladder::extension_of(TrialId trial) const {
  if (trial.value >= trials_.size()) return nullptr;
  const auto found = std::find_if(extensions_.rbegin(), extensions_.rend(),
                                  [trial](const auto& each) { return each.first <= trial; });
  return found == extensions_.rend() ? nullptr : &*found;
}

bool Ladder::may_extend(const search::Extension& extension) const {
  if (extension.name != kExtendedName || !sampler_.may_extend(extension)) return false;
  if (extension.trials > kTrialsMax - trials_max()) return false;
  constexpr double kRounding = 1.001;
  const Range& first =
      extensions_.empty() ? *sampler_.extendable(extension.name) : extensions_.front().from;
  const double most = plan_.extend_range_max * kRounding;
  return extension.min >= first.min / most && extension.max <= first.max * most;
}

bool Ladder::extend(const search::Extension& extension) {
  if (!may_extend(extension)) return false;
  const Range before = *sampler_.extendable(extension.name);
  const TrialId first{static_cast<std::uint32_t>(trials_.size())};
  sampler_.extend(extension, first);
  if (configurations_) configurations_ = first.value + extension.trials;
  extensions_.push_back({.from = before,
                         .to = *sampler_.extendable(extension.name),
                         .first = first,
                         .trials = extension.trials});
  return true;
}

}  // namespace stepladder::schedule
