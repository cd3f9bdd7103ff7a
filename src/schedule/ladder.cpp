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
  Ladder::check(plan, sampler);
  return plan;
}

// How many trials it begins, where few diverge early and configurations do not run out.
std::int64_t trials_wanted(const Plan& plan) {
  return plan.trials > 0 ? plan.trials : plan.total_steps / plan.min_steps;
}

}  // namespace

void Ladder::check(const Plan& plan, const search::Sampler& sampler) {
  schedule::check(plan);
  if (plan.extend_range && sampler.extendable(kExtendedName) == nullptr)
    throw PlanError(
        "extend_range",
        "extend_range widens a range of learning_rate that is searched on a logarithmic "
        "scale and depends on no other hyperparameter; give one, for example "
        "learning_rate = { min = 0.001, max = 1.0, scale = \"log\" }");
}

Ladder::Ladder(const Plan& plan, search::Sampler sampler)
    : plan_(checked(plan, sampler)),
      sampler_(std::move(sampler)),
      bracket_plans_(bracket_plans(plan_)),
      bracket_order_(bracket_plans_),
      budget_(plan_) {
  count_configurations();
  if (is_synchronous(plan_.mode)) return;  // these begin a bracket when they have trials for it
  // Of random search every rung lets all go on; it has several only where it has grown.
  const std::int64_t eta = plan_.mode == Mode::random ? 1 : plan_.eta;
  for (const BracketPlan& bracket : bracket_plans_)
    brackets_.emplace_back(bracket.levels, rule_of(plan_), eta);
}

// Of a range that was extended it is found out when they are used up.
void Ladder::count_configurations() {
  configurations_.reset();
  const auto configurations = sampler_.configurations();
  if (extensions_.empty() && configurations &&
      *configurations < static_cast<std::uint64_t>(trials_wanted(plan_)))
    configurations_ = static_cast<std::int64_t>(*configurations);
}

// get_job of algorithm 2 of Li et al. (MLSys 2020).
std::optional<Task> Ladder::next() {
  // check(Plan): the first trial fits in.
  if (!trials_.empty() && !budget_.is_left()) return std::nullopt;
  std::optional<Task> task = climb();
  if (!task) task = new_trial();
  if (!task) return std::nullopt;
  budget_.commit(span_of(*task).steps());
  budget_.admit();
  return task;
}

// What an audit has brought already enters at once, what is on the way as soon as it is there.
std::optional<Task> Ladder::climb() {
  while (!climbable_.empty()) {
    const std::size_t bracket = *climbable_.begin();
    const Climb climb = *brackets_[bracket].take();
    refresh(bracket);
    const auto found = beyond_.find(climb.trial);
    if (found != beyond_.end() && found->second.beyond.contains(climb.rung)) {
      enter(climb.trial, climb.rung, found->second.beyond.extract(climb.rung).mapped());
    } else if (audits_under_way_.contains(climb.trial)) {
      found->second.is_awaited = true;
    } else {
      audits_.erase({trials_[climb.trial.value].trained, climb.trial});
      return Task{.trial = climb.trial, .cause = Cause::promoted, .rung = climb.rung};
    }
  }
  return std::nullopt;
}

std::optional<Task> Ladder::next_audit() {
  if (audits_.empty()) return std::nullopt;
  const TrialId id = audits_.extract(audits_.begin()).value().second;
  audits_under_way_.insert(id);
  const Trial& trial = trials_[id.value];
  Beyond& aside = beyond_.try_emplace(id, Beyond{.at_rule = standing(id)}).first->second;
  return Task{.trial = id, .cause = Cause::audited, .rung = trial.rung + aside.beyond.size() + 1};
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
    const BracketPlan& next = bracket_plans_[(brackets_.size() - round_) % bracket_plans_.size()];
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
    if (!extensions_.empty())
      extensions_.back().trials =
          std::min(extensions_.back().trials, settled - extensions_.back().first.value);
  }
  return settled - started;
}

void Ladder::end(const Task& task, const Outcome& outcome) {
  Trial& trial = trials_[task.trial.value];
  const Standing standing = standing_of(outcome, task.trial, plan_.metrics);
  const Span span = span_of(task);
  trial.trained = span.to;
  if (!standing.failed) {
    trial.score = std::get<Score>(outcome);
  } else {
    trial.fate =
        std::holds_alternative<Crashed>(outcome) ? Trial::Fate::crashed : Trial::Fate::diverged;
    if (const auto* diverged = std::get_if<Diverged>(&outcome)) {
      const Steps end = span.to + span.cooldown;
      if (task.cause != Cause::audited)
        budget_.give_back(end - std::clamp(diverged->at, span.from, end));
      trial.trained = std::clamp(diverged->at, span.from, span.to);
    }
  }
  if (task.cause == Cause::audited)
    keep_aside(task.trial, task.rung, standing);
  else
    enter(task.trial, task.rung, standing);
  await_audit(task.trial);
}

// A trial is an entry of a rung: the rule has let it in, and it has completed it.
void Ladder::enter(TrialId id, std::size_t rung, const Standing& standing) {
  Trial& trial = trials_[id.value];
  Bracket& bracket = brackets_[trial.bracket];
  trial.rung = static_cast<std::uint8_t>(rung);
  if (const auto aside = beyond_.find(id); aside != beyond_.end()) {
    aside->second.at_rule = standing;
    // Whoever is carried on skips the rungs below.
    std::erase_if(aside->second.beyond, [rung](const auto& kept) { return kept.first <= rung; });
  }
  bracket.complete(rung, standing);
  refresh(trial.bracket);
  count_at(id, trial.fate == Trial::Fate::alive ? bracket.rungs()[rung].level() : 0);
}

void Ladder::keep_aside(TrialId id, std::size_t rung, const Standing& standing) {
  audits_under_way_.erase(id);
  Beyond& aside = beyond_.at(id);
  if (std::exchange(aside.is_awaited, false)) return enter(id, rung, standing);
  aside.beyond.emplace(rung, standing);
  if (standing.failed) count_at(id, 0);
}

// In the budget a living trial counts at the last rung that the rule let it into.
void Ladder::count_at(TrialId id, Steps level) {
  budget_.move(std::exchange(trials_[id.value].counted_at, level), level);
}

// Whatever the rule says: where it is audited, lives, and has rungs left.
void Ladder::await_audit(TrialId id) {
  const Trial& trial = trials_[id.value];
  const auto& rungs = brackets_[trial.bracket].rungs();
  if (trial.fate != Trial::Fate::alive || !trial.score || !is_audited(id)) return;
  if (trial.trained < rungs.back().level()) audits_.emplace(trial.trained, id);
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
  std::optional<Standing> last;  // of those that the rule brought to max_steps
  for (std::size_t i = 0; i < trials_.size(); ++i) {
    const auto place = place_of(TrialId{static_cast<std::uint32_t>(i)});
    if (!place) continue;
    best.push_back(*place);
    if (place->level == plan_.max_steps && (!last || *last < place->standing))
      last = place->standing;
  }
  if (last && !beyond_.empty())
    for (Leader& leader : best) {
      const Trial& trial = trials_[leader.trial.value];
      if (trial.trained < plan_.max_steps || !(standing(leader.trial) < *last)) continue;
      leader.level = plan_.max_steps;
      leader.standing = standing(leader.trial);
    }
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
  const auto aside = beyond_.find(id);
  return Leader{.trial = id,
                .rung = trial.rung,
                .level = brackets_[trial.bracket].rungs()[trial.rung].level(),
                .standing = aside == beyond_.end() ? standing(id) : aside->second.at_rule};
}

bool Ladder::is_to_be_finished(const Leader& best) const {
  if (!may_finish() || audits_under_way_.contains(best.trial)) return false;
  const Trial& trial = trials_[best.trial.value];
  const std::size_t last = brackets_[trial.bracket].rungs().size() - 1;
  return trial.trained == plan_.max_steps ||
         budget_.may_finish(span_of({.trial = best.trial, .rung = last}).steps());
}

std::optional<Task> Ladder::finish(const Leader& best) {
  Bracket& bracket = brackets_[trials_[best.trial.value].bracket];
  const std::size_t last = bracket.rungs().size() - 1;
  carried_on_.push_back(best.trial);
  audits_.erase({trials_[best.trial.value].trained, best.trial});
  bracket.carry_on(best.trial, best.rung);
  refresh(trials_[best.trial.value].bracket);
  const auto aside = beyond_.find(best.trial);
  if (aside != beyond_.end() && aside->second.beyond.contains(last)) {
    enter(best.trial, last, aside->second.beyond.extract(last).mapped());
    return std::nullopt;
  }
  const Task task{.trial = best.trial, .cause = Cause::finishing, .rung = last};
  budget_.commit(span_of(task).steps());
  return task;
}

bool Ladder::awaits_audit(TrialId id) const {
  return audits_under_way_.contains(id) || audits_.contains({trials_[id.value].trained, id});
}

bool Ladder::is_waiting_for_audit() const {
  return std::any_of(audits_under_way_.begin(), audits_under_way_.end(),
                     [this](TrialId id) { return beyond_.at(id).is_awaited; });
}

std::size_t Ladder::audited_to_the_end() const {
  std::size_t count = 0;
  for (const auto& [id, aside] : beyond_)
    if (is_audited_to_the_end(id)) ++count;
  return count;
}

bool Ladder::is_audited_to_the_end(TrialId id) const {
  const Trial& trial = trials_[id.value];
  const Steps by_rule = brackets_[trial.bracket].rungs()[trial.rung].level();
  return trial.fate == Trial::Fate::alive && trial.trained == plan_.max_steps &&
         by_rule < plan_.max_steps;
}

std::size_t Ladder::beside(std::size_t bracket, std::size_t rung) const {
  std::size_t count = 0;
  for (const auto& [id, aside] : beyond_)
    if (trials_[id.value].bracket == bracket && aside.beyond.contains(rung)) ++count;
  return count;
}

bool Ladder::is_audited(TrialId id) const {
  if (plan_.audit_fraction <= 0 || id.value >= trials_.size()) return false;
  if (brackets_[trials_[id.value].bracket].rungs().size() < 2) return false;
  return RandomStream(sampler_.seed(), Purpose::audit, id.value).uniform(0) < plan_.audit_fraction;
}

bool Ladder::may_climb(TrialId id) const {
  const Trial& trial = trials_[id.value];
  return awaits_audit(id) || brackets_[trial.bracket].may_climb(id, trial.rung);
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

// ---- more of everything

void Ladder::grow(const Growth& growth) {
  const Steps top = plan_.max_steps;
  // The trials of an extension keep to what it added, begun or not.
  const auto planned = std::max(static_cast<std::uint32_t>(trials_.size()),
                                static_cast<std::uint32_t>(trials_max()));
  sampler_.draw_from_all(TrialId{planned});
  plan_ = grown(plan_, growth);
  budget_.grow(plan_);
  count_configurations();
  bracket_plans_ = bracket_plans(plan_);
  round_ = brackets_.size();
  std::vector<Steps> added;
  for (const Steps level : plan_.levels)
    if (level > top) added.push_back(level);
  if (added.empty()) return;
  for (std::size_t i = 0; i < brackets_.size(); ++i) {
    brackets_[i].add_rungs(added);
    refresh(i);
  }
  // Whoever has been at the old top is at no work now.
  for (std::uint32_t i = 0; i < trials_.size(); ++i)
    if (trials_[i].trained == top) await_audit(TrialId{i});
}

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
  for (const Extended& extended : extensions_)
    if (extended.first <= trial && trial.value - extended.first.value < extended.trials)
      return &extended;
  return nullptr;
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
