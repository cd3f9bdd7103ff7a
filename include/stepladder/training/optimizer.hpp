// The optimizers and their constants. Formulas with g the gradient of the mean batch loss, a the
// learning rate, t = 1, 2, ... the number of this update; every moment begins at 0:
//   sgd       w -= a g
//   momentum  v = mu v + g;  w -= a v
//             (Polyak 1964, in PyTorch's and TensorFlow's form)
//   nesterov  v = mu v + g;  w -= a (g + mu v)
//             (Sutskever et al., ICML 2013, section 2, in PyTorch's form)
//   rmsprop   v = rho v + (1-rho) g^2;  w -= a g / (sqrt(v) + epsilon)
//             (Tieleman and Hinton 2012, lecture 6.5, in PyTorch's form)
//   adam      m = b1 m + (1-b1) g;  v = b2 v + (1-b2) g^2;
//             w -= a (m / (1-b1^t)) / (sqrt(v / (1-b2^t)) + epsilon)
//             (Kingma and Ba, ICLR 2015, algorithm 1)
//   adamw     adam, with a weight_decay of its own where none is given (see below)
//   sgd_hd, nesterov_hd, adam_hd
//             those of the same name without _hd, at a rate that each step adapts before it is
//             used; see whole_gradient.hpp (Baydin et al., ICLR 2018)
// `clip_norm` scales the gradient before all else so that its norm, over the parameters of all
// layers together, is at most that; see whole_gradient.hpp. Two kinds of weight decay go with each,
// on weights and biases alike, as in PyTorch: `l2` adds to the gradient, g += l2 w, before the
// rest; `weight_decay` is decoupled, w -= a weight_decay w before the update (Loshchilov and
// Hutter, ICLR 2019, algorithm 2: adam with it is AdamW).
//
// An optimizer is one row of kOptimizers and two update rules: the readable one in update.cpp, the
// fast one in kernels/rules.hpp.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "stepladder/training/takes.hpp"

namespace stepladder::training {

enum class OptimizerKind {
  sgd,
  momentum,
  nesterov,
  rmsprop,
  adam,
  adamw,
  sgd_hd,
  nesterov_hd,
  adam_hd,
};

// How a hypergradient optimizer adapts the rate.
enum class Hypergradient { multiplicative, additive };
inline constexpr std::array<std::string_view, 2> kHypergradientWords = {"multiplicative",
                                                                        "additive"};
[[nodiscard]] constexpr std::string_view name_of(Hypergradient value) {
  return kHypergradientWords[static_cast<std::size_t>(value)];
}

struct Optimizer {
  OptimizerKind kind = OptimizerKind::sgd;
  double momentum = 0.9;  // mu
  double beta1 = 0.9;     // b1
  double beta2 = 0.999;   // b2
  double epsilon = 1e-8;
  double rho = 0.99;
  double l2 = 0;
  double weight_decay = 0;
  std::optional<double> clip_norm;
  Hypergradient hypergradient = Hypergradient::multiplicative;
  double hypergradient_rate = 0.02;
  friend bool operator==(const Optimizer&, const Optimizer&) = default;
};

// The hyperparameters that are numbers, in the order of the documentation. clip_norm is not among
// them: it has no default.
struct OptimizerConstant {
  std::string_view name;
  double Optimizer::*member;
};
inline constexpr std::array kOptimizerConstants = {
    OptimizerConstant{"momentum", &Optimizer::momentum},
    OptimizerConstant{"rho", &Optimizer::rho},
    OptimizerConstant{"beta1", &Optimizer::beta1},
    OptimizerConstant{"beta2", &Optimizer::beta2},
    OptimizerConstant{"epsilon", &Optimizer::epsilon},
    OptimizerConstant{"l2", &Optimizer::l2},
    OptimizerConstant{"weight_decay", &Optimizer::weight_decay},
    OptimizerConstant{"hypergradient_rate", &Optimizer::hypergradient_rate}};

// All that is known of an optimizer beside its update rules.
struct OptimizerRow {
  OptimizerKind kind;
  std::string_view word;              // in experiment files
  std::string_view name;              // in reports
  std::size_t moments = 0;            // numbers kept for each parameter beside the parameter
  bool needs_whole_gradient = false;  // before the first parameter changes
  Takes takes{};                      // beside l2, weight_decay and clip_norm, which all take
  double weight_decay = 0;            // the default
  // The default of hypergradient_rate where it is additive: the reference code's for MNIST.
  double additive_rate = 1e-3;
};

// One row for each kind, in the order of the kinds. Messages list the words in this order.
inline constexpr auto kOptimizers = std::to_array<OptimizerRow>({
    {.kind = OptimizerKind::sgd, .word = "sgd", .name = "SGD"},
    {.kind = OptimizerKind::momentum,
     .word = "momentum",
     .name = "momentum",
     .moments = 1,
     .takes = {{"momentum"}}},
    {.kind = OptimizerKind::nesterov,
     .word = "nesterov",
     .name = "Nesterov momentum",
     .moments = 1,
     .takes = {{"momentum"}}},
    {.kind = OptimizerKind::rmsprop,
     .word = "rmsprop",
     .name = "RMSprop",
     .moments = 1,
     .takes = {{"rho", "epsilon"}}},
    {.kind = OptimizerKind::adam,
     .word = "adam",
     .name = "Adam",
     .moments = 2,
     .takes = {{"beta1", "beta2", "epsilon"}}},
    {.kind = OptimizerKind::adamw,
     .word = "adamw",
     .name = "AdamW",
     .moments = 2,
     .takes = {{"beta1", "beta2", "epsilon"}},
     .weight_decay = 0.01},  // PyTorch's default
    {.kind = OptimizerKind::sgd_hd,
     .word = "sgd_hd",
     .name = "SGD-HD",
     .moments = 1,  // the gradient of the step before
     .needs_whole_gradient = true,
     .takes = {{"hypergradient", "hypergradient_rate"}}},
    {.kind = OptimizerKind::nesterov_hd,
     .word = "nesterov_hd",
     .name = "Nesterov-HD",
     .moments = 2,  // v, and the direction of the step before
     .needs_whole_gradient = true,
     .takes = {{"momentum", "hypergradient", "hypergradient_rate"}}},
    {.kind = OptimizerKind::adam_hd,
     .word = "adam_hd",
     .name = "Adam-HD",
     .moments = 2,
     .needs_whole_gradient = true,
     .takes = {{"beta1", "beta2", "epsilon", "hypergradient", "hypergradient_rate"}},
     .additive_rate = 1e-7},
});

static_assert(
    [] {
      for (std::size_t i = 0; i < kOptimizers.size(); ++i)
        if (kOptimizers[i].kind != static_cast<OptimizerKind>(i)) return false;
      return true;
    }(),
    "a row for each kind, in the order of the kinds");

// What a configuration has that names none.
inline constexpr OptimizerKind kOptimizerIfUnnamed = Optimizer{}.kind;

[[nodiscard]] constexpr const OptimizerRow& row_of(OptimizerKind kind) noexcept {
  return kOptimizers[static_cast<std::size_t>(kind)];
}

// nullptr where no optimizer has that word.
[[nodiscard]] constexpr const OptimizerRow* optimizer_named(std::string_view word) noexcept {
  const auto* const found = std::find_if(kOptimizers.begin(), kOptimizers.end(),
                                         [&](const OptimizerRow& row) { return row.word == word; });
  return found == kOptimizers.end() ? nullptr : found;
}

[[nodiscard]] constexpr std::size_t moments(OptimizerKind kind) noexcept {
  return row_of(kind).moments;
}

// Whether each step adapts the learning rate before it is used, as all do that take a
// hypergradient; see whole_gradient.hpp.
[[nodiscard]] constexpr bool adapts_rate(OptimizerKind kind) noexcept {
  return row_of(kind).takes.holds("hypergradient");
}

// Whether no parameter may change before the gradient of all of them is known.
[[nodiscard]] constexpr bool needs_whole_gradient(const Optimizer& optimizer) noexcept {
  return row_of(optimizer.kind).needs_whole_gradient || optimizer.clip_norm.has_value();
}

}  // namespace stepladder::training
