// From a configuration to the way a network is trained: which hyperparameters exist, what they may
// be, and what they mean together with the experiment's model settings.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "stepladder/training/engine_kind.hpp"
#include "stepladder/training/learning_rate.hpp"
#include "stepladder/training/optimizer.hpp"
#include "stepladder/trial/configuration.hpp"
#include "stepladder/trial/space.hpp"

namespace stepladder::training {

// The [model] table of an experiment.
struct Model {
  std::vector<std::int64_t> hidden = {
      1024, 305, 75};  // widths of the hidden layers; may be empty (logistic regression)
  std::int64_t batch = 128;
  double keep_probability = 0.75;
  std::string initialisation = "truncated_normal";
  EngineKind engine = EngineKind::fused;
  Precision precision = Precision::fp32;
  friend bool operator==(const Model&, const Model&) = default;
};

// The user's [model] cannot be built. `key` is the setting at fault.
struct ModelError : std::runtime_error {
  ModelError(std::string setting, const std::string& message)
      : std::runtime_error(message), key(std::move(setting)) {}
  std::string key;
};

// Throws ModelError: a width or a batch outside 1 .. 65536, a keep_probability outside (0, 1], an
// initialisation that does not exist, bf16 by the reference engine.
void check(const Model& model);

// The engine or precision with this word. Throw ModelError where there is none.
[[nodiscard]] EngineKind engine_named(const std::string& word);
[[nodiscard]] Precision precision_named(const std::string& word);

struct Recipe {
  LearningRatePolicy policy;
  Steps warmup_steps = 0;  // linear, before and on top of the policy; 0: none
  Steps horizon = 0;       // the length of the run that the policy was planned for
  Optimizer optimizer{};
  friend bool operator==(const Recipe&, const Recipe&) = default;
};

// The names a search space may use, in the order the documentation lists them.
[[nodiscard]] const std::vector<std::string>& hyperparameter_names();

// Whether the name is a hyperparameter whose values are whole numbers.
[[nodiscard]] bool takes_whole_numbers(const std::string& name);

// Whether the hyperparameter has no default: it must be given wherever it is used.
[[nodiscard]] bool is_required(const std::string& name);

// Throws SpaceError naming the hyperparameter: whatever check() in trial/space.hpp refuses, an
// unknown name (with the nearest known one), a value of the wrong type or outside what it may be, a
// hyperparameter that a choice in this space needs and the space does not give, or one that no
// choice in this space would use. A whole number will do for a real one, not the other way round.
void check(const SearchSpace& space);

// Throws SpaceError: an unknown name, a value of the wrong type or outside what it may be.
void check(const Setting& setting);

// Throws SpaceError naming a hyperparameter that is counted in steps and goes beyond the run: a
// warm-up that may be longer than max_steps, decay_steps that are searched, of which not even
// the fewest let the rate fall by 1 % within max_steps, whatever the other hyperparameters. Needs a
// space that passed check().
void check_length(const SearchSpace& space, Steps max_steps);

// The space with what an experiment may leave out of it, behind everything else: policy "cosine",
// optimizer "adam", and a range of learning_rate on the logarithmic scale, from 1e-4 to 0.1 where
// the optimizer divides by the size of the gradient (rmsprop and the adams), from 1e-3 to 1 where
// it does not, and over both where it may be either.
[[nodiscard]] SearchSpace completed(SearchSpace space);

// The space with a condition on every hyperparameter that only some choices of another one use,
// where it has none: such as decay_steps where policy may be "exponential" or "constant".
[[nodiscard]] SearchSpace conditioned(SearchSpace space);

// What a configuration does not name has its default: policy "constant", optimizer "sgd" (a space
// that was completed() names both), and what kOptimizers and kPolicies say. Needs a configuration
// drawn from a space that passed check(); std::logic_error for one that was not.
[[nodiscard]] Recipe recipe_of(const Configuration& configuration, Steps horizon = 0);

// What a training with this configuration goes by, every default written out and nothing that it
// does not look at, in the order of hyperparameter_names(). A warm-up or a clipping that there is
// not is left out. Needs what recipe_of() needs.
[[nodiscard]] Configuration written_out(const Configuration& configuration);

// Whether a training looks at the hyperparameter, by the policy and the optimizer that are named.
[[nodiscard]] bool uses(const Configuration& configuration, const std::string& name);

// The recipe of a trunk from which cooldowns are branched off: policy "wsd" without its own.
[[nodiscard]] Recipe without_own_cooldown(Recipe recipe);

// The values of hyperparameter "policy" that look at the horizon in this way.
[[nodiscard]] std::vector<Value> policies_that_use(HorizonUse use);

// The learning rate of the update after t.
[[nodiscard]] double rate_at(const Recipe& recipe, Steps t);

// The sum of the rates of the first `steps` updates over the policy's own rate (the initial or the
// highest one): so many steps at that rate go as far, where the rates are low. `steps` for a
// constant rate without warm-up. To about 1 %.
[[nodiscard]] double effective_steps(const Recipe& recipe, Steps steps);

}  // namespace stepladder::training
