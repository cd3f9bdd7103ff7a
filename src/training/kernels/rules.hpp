// The optimizers, a vector at a time. A rule names numbers by their offset from the beginning of
// the weights; moments have the same layout. Each update is cut in two: begin() may leave a vector
// at gradient + kAside for finish(), which comes a slice of a product later. So Adam's square root
// and its division are both under way while multiply-adds go on; in one piece their latencies fill
// the processor's window and the product waits (measured: 76 instead of 86 % of the rate).
#pragma once

#include "product.hpp"

namespace stepladder::training::kernels::STEPLADDER_LEVEL {

inline constexpr std::int64_t kAside = kRows * kPanel;

// No update: the gradient itself is wanted.
struct KeepGradient {
  static constexpr int kMoments = 0;
  float* weights;  // here: the gradient
  STEPLADDER_INLINE void begin(float*, std::int64_t) const {}
  STEPLADDER_INLINE void finish(const float* gradient, std::int64_t offset) const {
    store(weights + offset, load(gradient));
  }
};

struct Sgd {
  static constexpr int kMoments = 0;
  float* weights;
  Vector minus_rate;
  Sgd(float* w, float*, float*, const Update& update)
      : weights(w), minus_rate(broadcast(-update.rate)) {}
  STEPLADDER_INLINE void begin(float*, std::int64_t) const {}
  STEPLADDER_INLINE void finish(const float* gradient, std::int64_t offset) const {
    float* w = weights + offset;
    store(w, multiply_add(minus_rate, load(gradient), load(w)));
  }
};

struct Momentum {
  static constexpr int kMoments = 1;
  float* weights;
  float* first;
  Vector minus_rate;
  Vector mu;
  Momentum(float* w, float* v, float*, const Update& update)
      : weights(w), first(v), minus_rate(broadcast(-update.rate)), mu(broadcast(update.momentum)) {}
  STEPLADDER_INLINE void begin(float*, std::int64_t) const {}
  STEPLADDER_INLINE void finish(const float* gradient, std::int64_t offset) const {
    float* w = weights + offset;
    float* v = first + offset;
    const Vector velocity = multiply_add(mu, load(v), load(gradient));
    store(v, velocity);
    store(w, multiply_add(minus_rate, velocity, load(w)));
  }
};

struct Nesterov {
  static constexpr int kMoments = 1;
  float* weights;
  float* first;
  Vector minus_rate;
  Vector mu;
  Nesterov(float* w, float* v, float*, const Update& update)
      : weights(w), first(v), minus_rate(broadcast(-update.rate)), mu(broadcast(update.momentum)) {}
  STEPLADDER_INLINE void begin(float*, std::int64_t) const {}
  STEPLADDER_INLINE void finish(const float* gradient, std::int64_t offset) const {
    const Vector g = load(gradient);
    float* w = weights + offset;
    float* v = first + offset;
    const Vector velocity = multiply_add(mu, load(v), g);
    store(v, velocity);
    store(w, multiply_add(minus_rate, multiply_add(mu, velocity, g), load(w)));
  }
};

// v += (1-rho) (g^2 - v); w -= a g / (sqrt(v) + epsilon).
struct RmsProp {
  static constexpr int kMoments = 1;
  float* weights;
  float* first;
  Vector minus_rate;
  Vector rest2;
  Vector epsilon;
  RmsProp(float* w, float* v, float*, const Update& update)
      : weights(w),
        first(v),
        minus_rate(broadcast(-update.rate)),
        rest2(broadcast(update.rest2)),
        epsilon(broadcast(update.epsilon)) {}
  STEPLADDER_INLINE void begin(float* gradient, std::int64_t offset) const {
    const Vector g = load(gradient);
    float* v = first + offset;
    const Vector mean_square = load(v);
    const Vector now = multiply_add(rest2, multiply_add(g, g, -mean_square), mean_square);
    store(v, now);
    store(gradient + kAside, square_root(now));
  }
  STEPLADDER_INLINE void finish(const float* gradient, std::int64_t offset) const {
    float* w = weights + offset;
    const Vector denominator = load(gradient + kAside) + epsilon;
    store(w, multiply_add(minus_rate, load(gradient) / denominator, load(w)));
  }
};

// m += (1-b1) (g - m); v += (1-b2) (g^2 - v); w -= a c1 m / (sqrt(c2) sqrt(v) + epsilon), c the
// bias corrections: the fewest operations.
struct Adam {
  static constexpr int kMoments = 2;
  float* weights;
  float* first;
  float* second;
  Vector minus_step;
  Vector rest1;
  Vector rest2;
  Vector root_correction;
  Vector epsilon;
  Adam(float* w, float* m, float* v, const Update& update)
      : weights(w),
        first(m),
        second(v),
        minus_step(broadcast(-update.rate * update.correction1)),
        rest1(broadcast(update.rest1)),
        rest2(broadcast(update.rest2)),
        root_correction(square_root(broadcast(update.correction2))),
        epsilon(broadcast(update.epsilon)) {}
  STEPLADDER_INLINE void begin(float* gradient, std::int64_t offset) const {
    const Vector g = load(gradient);
    float* m = first + offset;
    float* v = second + offset;
    const Vector mean = load(m);
    const Vector mean_square = load(v);
    store(m, multiply_add(rest1, g - mean, mean));
    const Vector now = multiply_add(rest2, multiply_add(g, g, -mean_square), mean_square);
    store(v, now);
    store(gradient + kAside, square_root(now));
  }
  STEPLADDER_INLINE void finish(const float* gradient, std::int64_t offset) const {
    float* w = weights + offset;
    const Vector denominator = multiply_add(root_correction, load(gradient + kAside), epsilon);
    store(w, multiply_add(minus_step, load(first + offset) / denominator, load(w)));
  }
};

// Also keeps the gradient for the next step's hypergradient.
struct SgdHd : Sgd {
  float* before;
  SgdHd(float* w, float* g, float*, const Update& update)
      : Sgd(w, nullptr, nullptr, update), before(g) {}
  STEPLADDER_INLINE void finish(const float* gradient, std::int64_t offset) const {
    store(before + offset, load(gradient));
    Sgd::finish(gradient, offset);
  }
};

// Also keeps the direction.
struct NesterovHd : Nesterov {
  float* direction;
  NesterovHd(float* w, float* v, float* d, const Update& update)
      : Nesterov(w, v, nullptr, update), direction(d) {}
  STEPLADDER_INLINE void finish(const float* gradient, std::int64_t offset) const {
    const Vector g = load(gradient);
    Nesterov::finish(gradient, offset);
    store(direction + offset, multiply_add(mu, load(first + offset), g));
  }
};

// Any rule with weight decay, of either kind.
template <class Rule>
struct Decayed : Rule {
  Vector l2;
  Vector keep;
  Decayed(const Rule& rule, const Update& update)
      : Rule(rule), l2(broadcast(update.l2)), keep(broadcast(update.keep)) {}
  STEPLADDER_INLINE void begin(float* gradient, std::int64_t offset) const {
    store(gradient, multiply_add(l2, load(this->weights + offset), load(gradient)));
    Rule::begin(gradient, offset);
  }
  STEPLADDER_INLINE void finish(const float* gradient, std::int64_t offset) const {
    float* w = this->weights + offset;
    store(w, load(w) * keep);
    Rule::finish(gradient, offset);
  }
};

template <class Rule, class Visit>
STEPLADDER_INLINE void with_decay(const Rule& rule, const Update& update, const Visit& visit) {
  if (update.l2 == 0.0F && update.keep == 1.0F)
    visit(rule);
  else
    visit(Decayed<Rule>(rule, update));
}

// Calls visit(rule) with the rule of the update's kind, for a kind that may update a parameter
// before the whole gradient is known.
template <class Visit>
STEPLADDER_INLINE void with_rule(const Update& update, float* weights, float* first, float* second,
                                 const Visit& visit) {
  switch (update.kind) {
    case OptimizerKind::sgd:
      return with_decay(Sgd(weights, first, second, update), update, visit);
    case OptimizerKind::momentum:
      return with_decay(Momentum(weights, first, second, update), update, visit);
    case OptimizerKind::nesterov:
      return with_decay(Nesterov(weights, first, second, update), update, visit);
    case OptimizerKind::rmsprop:
      return with_decay(RmsProp(weights, first, second, update), update, visit);
    case OptimizerKind::adam:
    case OptimizerKind::adamw:
      return with_decay(Adam(weights, first, second, update), update, visit);
    case OptimizerKind::sgd_hd:
    case OptimizerKind::nesterov_hd:
    case OptimizerKind::adam_hd:
      return;  // with_any_rule()
  }
}

template <class Visit>
STEPLADDER_INLINE void with_any_rule(const Update& update, float* weights, float* first,
                                     float* second, const Visit& visit) {
  switch (update.kind) {
    case OptimizerKind::sgd_hd:
      return with_decay(SgdHd(weights, first, second, update), update, visit);
    case OptimizerKind::nesterov_hd:
      return with_decay(NesterovHd(weights, first, second, update), update, visit);
    case OptimizerKind::adam_hd:
      return with_decay(Adam(weights, first, second, update), update, visit);
    default:
      return with_rule(update, weights, first, second, visit);
  }
}

}  // namespace stepladder::training::kernels::STEPLADDER_LEVEL
