// The training step of a multilayer perceptron: dense layers with ReLU and inverted dropout between
// them, softmax cross-entropy on top. An engine owns parameters and optimizer moments; given the
// same state it computes the same numbers whoever calls it, so a trial may stop, move and go on
// without a trace.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "stepladder/data/rows.hpp"
#include "stepladder/training/optimizer.hpp"
#include "stepladder/trial/ids.hpp"

namespace stepladder::training {

// Layer l maps widths[l] inputs to widths[l + 1] outputs; widths.front() is the number of features,
// widths.back() of classes.
struct Architecture {
  std::vector<std::int64_t> widths;
  [[nodiscard]] std::size_t layers() const noexcept { return widths.size() - 1; }
  [[nodiscard]] std::size_t parameters() const noexcept;  // weights and biases of all layers
  friend bool operator==(const Architecture&, const Architecture&) = default;
};

// Everything a checkpoint holds. `values` is [parts][parameters], see parts_of(): parameters first,
// then each moment of the optimizer in the same layout, then where one is kept the average of the
// parameters; within each, layer by layer, weights [inputs][outputs]
// row-major, then biases.
struct State {
  Steps step = 0;         // updates done
  double adaptation = 1;  // of the rate; see whole_gradient.hpp. 1 where no optimizer adapts it
  Steps horizon = 0;      // the run length its policy was planned for; an engine does not know
  std::vector<float> values;
  friend bool operator==(const State&, const State&) = default;
};

struct EngineSettings {
  Architecture architecture;
  Optimizer optimizer;
  double keep_probability = 1.0;  // of each hidden unit, while training; 1 switches dropout off
  std::int64_t batch = 0;         // rows a step
  Seed seed;                      // with trial: whose dropout masks
  TrialId trial;
  bool keeps_average = false;  // of the parameters after each step: see average_weight()
};

// How many times the parameters State::values has room for.
[[nodiscard]] std::size_t parts_of(const EngineSettings& settings);

// The weight of the parameters after step t = 1, 2, ... in their running average: (k + 1) / (t + k)
// with k = 3. Polynomial-decay averaging (Shamir and Zhang, ICML 2013, section 4): the later the
// heavier, whatever the length of the run.
[[nodiscard]] float average_weight(Steps t) noexcept;

// The same state with the average, which must be kept, in place of the parameters.
[[nodiscard]] State averaged(const State& state, std::size_t parameters);

// Sums over the rows evaluated so far, so that parts may be added up.
struct Evaluation {
  std::int64_t rows = 0;
  std::int64_t correct = 0;
  double loss_sum = 0;  // nats
};

// A new engine is at step 0 with every value 0 and no adaptation; restore() gives it its first
// weights.
class Engine {
 public:
  virtual ~Engine() = default;

  // One update on the named rows (exactly `batch` of them); returns the
  // mean loss before the update, which may be infinite or NaN. Moves state().step on by one. Which
  // dropout masks are drawn depends on (seed, trial, state().step) only. `rate` is the learning
  // rate, or what the policy says of it where the optimizer adapts it.
  virtual double step(const data::Rows& rows, std::span<const std::uint32_t> batch,
                      double rate) = 0;

  // Without dropout, changes nothing. Any number of rows. Ties between classes go to the lower
  // class.
  [[nodiscard]] virtual Evaluation evaluate(const data::Rows& rows,
                                            std::span<const std::uint32_t> which) = 0;

  [[nodiscard]] virtual State state() const = 0;
  virtual void restore(const State& state) = 0;  // std::logic_error if `values` has the wrong size
};

}  // namespace stepladder::training
