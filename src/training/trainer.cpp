#include "stepladder/training/trainer.hpp"

#include <cmath>
#include <stdexcept>
#include <utility>

#include "stepladder/training/classification.hpp"
#include "stepladder/training/initial_weights.hpp"
#include "stepladder/trial/assignment.hpp"
#include "stepladder/trial/elementary.hpp"

namespace stepladder::training {
namespace {

constexpr double kExploded = 1000;  // times the loss of a uniform guess

}  // namespace

Architecture architecture_of(const Model& model, std::int64_t inputs, std::int64_t classes) {
  Architecture architecture{.widths = {inputs}};
  architecture.widths.insert(architecture.widths.end(), model.hidden.begin(), model.hidden.end());
  architecture.widths.push_back(classes);
  return architecture;
}

bool is_diverged(double loss, std::int32_t classes) noexcept {
  return !(loss <= kExploded * elementary::log(static_cast<double>(classes)));
}

Trainer::Trainer(const data::Rows& rows, std::vector<std::uint32_t> training, const Model& model,
                 const Recipe& recipe, Seed seed, TrialId trial, const MakeEngine& make_engine,
                 bool keeps_average)
    : rows_(rows),
      batches_(std::move(training), model.batch, seed, trial),
      recipe_(recipe),
      parameters_(architecture_of(model, static_cast<std::int64_t>(rows.columns), rows.classes)
                      .parameters()),
      keeps_average_(keeps_average),
      batch_(static_cast<std::size_t>(model.batch)) {
  const Architecture architecture =
      architecture_of(model, static_cast<std::int64_t>(rows.columns), rows.classes);
  engine_ = make_engine(EngineSettings{.architecture = architecture,
                                       .optimizer = recipe.optimizer,
                                       .keep_probability = model.keep_probability,
                                       .batch = model.batch,
                                       .seed = seed,
                                       .trial = trial,
                                       .keeps_average = keeps_average});
  engine_->restore(initial_state(architecture, recipe.optimizer, seed, trial, keeps_average));
}

double Trainer::step() { return step(rate_at(recipe_, steps_)); }

double Trainer::step(double rate) {
  batches_.fill(steps_, batch_);
  const double loss = engine_->step(rows_, batch_, rate);
  ++steps_;
  return loss;
}

Progress Trainer::train_to(Steps to, const KeepGoing& keep_going) {
  if (to < steps_) throw std::logic_error("Trainer: told to train backwards");
  return train(to, keep_going, [this](Steps t) { return rate_at(recipe_, t); });
}

Progress Trainer::cool_down(Steps steps, const KeepGoing& keep_going) {
  const Steps end = steps_ + steps;
  const double top = rate_at(recipe_, steps_);
  return train(end, keep_going, [=](Steps t) {
    return top * (static_cast<double>(end - t) / static_cast<double>(steps));
  });
}

Progress Trainer::train(Steps to, const KeepGoing& keep_going,
                        const std::function<double(Steps)>& rate) {
  bool is_first = true;
  while (steps_ < to) {
    const bool ask = is_first || steps_ % kStepsBetweenQuestions == 0;
    if (ask && !keep_going(steps_)) return Interrupted{steps_};
    is_first = false;
    if (is_diverged(step(rate(steps_)), rows_.classes)) return Diverged{steps_};
  }
  return Reached{steps_};
}

State Trainer::state() const {
  State state = engine_->state();
  state.horizon = recipe_.horizon;
  return state;
}

State Trainer::scored_state() const {
  return keeps_average_ ? averaged(state(), parameters_) : state();
}

Outcome Trainer::score(const data::Rows& rows, std::span<const std::uint32_t> which) {
  return score_groups(rows, {{which.begin(), which.end()}}).outcome;
}

Trainer::Scored Trainer::score_groups(const data::Rows& rows,
                                      const std::vector<std::vector<std::uint32_t>>& groups) {
  for (const std::vector<std::uint32_t>& group : groups)
    if (group.empty()) throw std::logic_error("Trainer: no rows to score");
  const State raw = keeps_average_ ? engine_->state() : State{};
  if (keeps_average_) engine_->restore(averaged(raw, parameters_));
  Evaluation all;
  Scored scored;
  for (const std::vector<std::uint32_t>& group : groups) {
    const Evaluation evaluation = engine_->evaluate(rows, group);
    all.rows += evaluation.rows;
    all.correct += evaluation.correct;
    all.loss_sum += evaluation.loss_sum;
    scored.by_group.push_back(score_of(evaluation));
  }
  if (keeps_average_) engine_->restore(raw);
  if (!std::isfinite(all.loss_sum)) return {.outcome = Diverged{steps_}, .by_group = {}};
  scored.outcome = score_of(all);
  return scored;
}

void Trainer::restore(const State& state) {
  engine_->restore(state);
  steps_ = state.step;
}

}  // namespace stepladder::training
