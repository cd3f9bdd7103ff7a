// One trial being trained: its engine, its batches and its learning-rate policy. Everything it does
// is a pure function of (seed, trial, configuration, data), so training to a step in one go or in
// pieces, here or elsewhere, ends with the same bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <variant>
#include <vector>

#include "stepladder/data/batches.hpp"
#include "stepladder/data/rows.hpp"
#include "stepladder/training/engine.hpp"
#include "stepladder/training/engines.hpp"
#include "stepladder/training/recipe.hpp"
#include "stepladder/training/reference_engine.hpp"
#include "stepladder/trial/outcome.hpp"

namespace stepladder::training {

struct Reached {
  Steps at = 0;
  friend bool operator==(const Reached&, const Reached&) = default;
};
using Progress = std::variant<Reached, Diverged, Interrupted>;

// Asked before the first step and then before every step that is a multiple of
// kStepsBetweenQuestions; gets the number of updates done; false stops there.
using KeepGoing = std::function<bool(Steps)>;

[[nodiscard]] Architecture architecture_of(const Model& model, std::int64_t inputs,
                                           std::int64_t classes);

// Whether a batch loss says that training is lost: not finite, or above 1000 times ln(classes), the
// loss of a uniform guess. That is far above the spikes of configurations that still learn: on
// Fashion-MNIST, Adam at rate 0.03 spikes to 27 times ln(classes) in its second step and recovers,
// logistic regression by SGD at rate 30 to 300 times. One batch decides, so the answer does not
// depend on where a trial was paused. A network that is dead rather than exploding has a poor
// score, and that is the rungs' business.
[[nodiscard]] bool is_diverged(double loss, std::int32_t classes) noexcept;

class Trainer {
 public:
  // At step 0 with initial_weights(). Trains on those of `rows` that `training` names; whoever owns
  // what `rows` views keeps it alive. `model` has passed check(); std::logic_error otherwise.
  Trainer(const data::Rows& rows, std::vector<std::uint32_t> training, const Model& model,
          const Recipe& recipe, Seed seed, TrialId trial,
          const MakeEngine& make_engine = make_reference_engine, bool keeps_average = false);

  // One update; returns the mean loss of its batch before the update, which may not be finite.
  double step();

  // Trains until `to` updates are done, at least steps(); std::logic_error for fewer.
  [[nodiscard]] Progress train_to(Steps to, const KeepGoing& keep_going);

  // Trains so many updates more, the rate falling linearly from what it is now to zero (the last
  // update has 1 / steps of it).
  [[nodiscard]] Progress cool_down(Steps steps, const KeepGoing& keep_going);

  // A Score on the named rows, at least one, of a set with the same columns and classes; Diverged
  // if the loss there is not finite. Changes nothing. Where an average is kept, that is what is
  // scored.
  [[nodiscard]] Outcome score(const data::Rows& rows, std::span<const std::uint32_t> which);
  // The same of several groups of rows, none empty: the score of all of them, and of each.
  struct Scored {
    Outcome outcome;
    std::vector<Score> by_group;  // none where it diverged
  };
  [[nodiscard]] Scored score_groups(const data::Rows& rows,
                                    const std::vector<std::vector<std::uint32_t>>& groups);

  [[nodiscard]] Steps steps() const noexcept { return steps_; }  // updates done
  [[nodiscard]] State state() const;
  // With what score() looks at as its parameters.
  [[nodiscard]] State scored_state() const;
  void restore(const State& state);  // std::logic_error if it belongs to another model or optimizer

 private:
  data::Rows rows_;
  data::Batches batches_;
  [[nodiscard]] Progress train(Steps to, const KeepGoing& keep_going,
                               const std::function<double(Steps)>& rate);
  double step(double rate);

  Recipe recipe_;
  std::size_t parameters_;
  bool keeps_average_;
  std::unique_ptr<Engine> engine_;
  std::vector<std::uint32_t> batch_;  // the rows of the step under way
  Steps steps_ = 0;
};

}  // namespace stepladder::training
