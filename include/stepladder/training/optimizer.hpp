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
//   sgd_hd, nesterov_hd, adam_hd
//             those of the same name without _hd, at a rate that each step adapts before it is
//             used; see whole_gradient.hpp (Baydin et al., ICLR 2018)
// `clip_norm` scales the gradient before all else so that its norm, over the parameters of all
// layers together, is at most that; see whole_gradient.hpp. Two kinds of weight decay go with each,
// on weights and biases alike, as in PyTorch: `l2` adds to the gradient, g += l2 w, before the
// rest; `weight_decay` is decoupled, w -= a weight_decay w before the update (Loshchilov and
// Hutter, ICLR 2019, algorithm 2: adam with it is AdamW).
#pragma once

#include <cstddef>
#include <optional>

namespace stepladder::training {

enum class OptimizerKind { sgd, momentum, adam, nesterov, rmsprop, sgd_hd, nesterov_hd, adam_hd };

// How a hypergradient optimizer adapts the rate.
enum class Hypergradient { multiplicative, additive };

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

// How many numbers an optimizer keeps for each parameter beside the parameter.
[[nodiscard]] constexpr std::size_t moments(OptimizerKind kind) noexcept {
  switch (kind) {
    case OptimizerKind::sgd:
      return 0;
    case OptimizerKind::momentum:
    case OptimizerKind::nesterov:
    case OptimizerKind::rmsprop:
    case OptimizerKind::sgd_hd:  // the gradient of the step before
      return 1;
    case OptimizerKind::adam:
    case OptimizerKind::adam_hd:
    case OptimizerKind::nesterov_hd:  // v, and the direction of the step before
      return 2;
  }
  return 0;
}

[[nodiscard]] constexpr bool adapts_rate(OptimizerKind kind) noexcept {
  return kind == OptimizerKind::sgd_hd || kind == OptimizerKind::nesterov_hd ||
         kind == OptimizerKind::adam_hd;
}

// Whether no parameter may change before the gradient of all of them is known.
[[nodiscard]] constexpr bool needs_whole_gradient(const Optimizer& optimizer) noexcept {
  return adapts_rate(optimizer.kind) || optimizer.clip_norm.has_value();
}

}  // namespace stepladder::training
