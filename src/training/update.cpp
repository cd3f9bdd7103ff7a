#include "stepladder/training/update.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <Eigen/Core>

namespace stepladder::training {
namespace {

template <class Scalar>
using Numbers = Eigen::Map<Eigen::Array<Scalar, Eigen::Dynamic, 1>>;
template <class Scalar>
using ConstNumbers = Eigen::Map<const Eigen::Array<Scalar, Eigen::Dynamic, 1>>;

constexpr Eigen::Index kBlock = 2048;  // all operands of a block stay in the first-level cache
template <class Scalar>
using Block = Eigen::Array<Scalar, Eigen::Dynamic, 1, Eigen::ColMajor, kBlock, 1>;

template <class Scalar>
struct Sgd {
  Scalar rate;

  void operator()(Numbers<Scalar> w, const Block<Scalar>& g) const { w -= rate * g; }
};

template <class Scalar>
struct Momentum {
  Scalar rate;
  Scalar mu;

  void operator()(Numbers<Scalar> w, Numbers<Scalar> v, const Block<Scalar>& g) const {
    v = mu * v + g;
    w -= rate * v;
  }
};

template <class Scalar>
struct Nesterov {
  Scalar rate;
  Scalar mu;

  void operator()(Numbers<Scalar> w, Numbers<Scalar> v, const Block<Scalar>& g) const {
    v = mu * v + g;
    w -= rate * (g + mu * v);
  }
};

template <class Scalar>
struct SgdHd {
  Sgd<Scalar> sgd;

  void operator()(Numbers<Scalar> w, Numbers<Scalar> before, const Block<Scalar>& g) const {
    before = g;
    sgd(w, g);
  }
};

template <class Scalar>
struct NesterovHd {
  Scalar rate;
  Scalar mu;

  void operator()(Numbers<Scalar> w, Numbers<Scalar> v, Numbers<Scalar> direction,
                  const Block<Scalar>& g) const {
    v = mu * v + g;
    direction = g + mu * v;
    w -= rate * direction;
  }
};

template <class Scalar>
struct RmsProp {
  Scalar rate;
  Scalar rho;
  Scalar rest;  // 1 - rho
  Scalar epsilon;

  void operator()(Numbers<Scalar> w, Numbers<Scalar> v, const Block<Scalar>& g) const {
    v = rho * v + rest * g.square();
    w -= rate * g / (v.sqrt() + epsilon);
  }
};

template <class Scalar>
struct Adam {
  Scalar rate;
  Scalar beta1;
  Scalar beta2;
  Scalar rest1;  // 1 - b1
  Scalar rest2;
  Scalar correction1;  // 1 / (1 - b1^t)
  Scalar correction2;
  Scalar epsilon;

  Adam(const Optimizer& optimizer, double rate_now, Steps t)
      : rate(static_cast<Scalar>(rate_now)),
        beta1(static_cast<Scalar>(optimizer.beta1)),
        beta2(static_cast<Scalar>(optimizer.beta2)),
        rest1(static_cast<Scalar>(1.0 - optimizer.beta1)),
        rest2(static_cast<Scalar>(1.0 - optimizer.beta2)),
        correction1(static_cast<Scalar>(bias_correction(optimizer.beta1, t))),
        correction2(static_cast<Scalar>(bias_correction(optimizer.beta2, t))),
        epsilon(static_cast<Scalar>(optimizer.epsilon)) {}

  void operator()(Numbers<Scalar> w, Numbers<Scalar> m, Numbers<Scalar> v,
                  const Block<Scalar>& g) const {
    m = beta1 * m + rest1 * g;
    v = beta2 * v + rest2 * g.square();
    w -= rate * (m * correction1) / ((v * correction2).sqrt() + epsilon);
  }

  Block<Scalar> direction(const ConstNumbers<Scalar>& m, const ConstNumbers<Scalar>& v) const {
    return (m * correction1) / ((v * correction2).sqrt() + epsilon);
  }
};

}  // namespace

double bias_correction(double beta, Steps t) noexcept {
  double power = 1;  // beta^t
  for (double square = beta; t > 0; t /= 2, square *= square)
    if (t % 2 == 1) power *= square;
  return 1.0 / (1.0 - power);
}

template <class Scalar>
void update(const Optimizer& optimizer, double rate, Steps t, std::span<Scalar> values,
            std::span<const Scalar> gradient) {
  const auto size = static_cast<Eigen::Index>(gradient.size());
  if (values.size() != gradient.size() * (1 + moments(optimizer.kind)))
    throw std::logic_error("update: values and gradient do not belong together");
  const Sgd<Scalar> sgd{static_cast<Scalar>(rate)};
  const Momentum<Scalar> momentum{static_cast<Scalar>(rate),
                                  static_cast<Scalar>(optimizer.momentum)};
  const Nesterov<Scalar> nesterov{static_cast<Scalar>(rate),
                                  static_cast<Scalar>(optimizer.momentum)};
  const RmsProp<Scalar> rmsprop{static_cast<Scalar>(rate), static_cast<Scalar>(optimizer.rho),
                                static_cast<Scalar>(1.0 - optimizer.rho),
                                static_cast<Scalar>(optimizer.epsilon)};
  const Adam<Scalar> adam(optimizer, rate, t);
  const SgdHd<Scalar> sgd_hd{sgd};
  const NesterovHd<Scalar> nesterov_hd{nesterov.rate, nesterov.mu};
  const auto l2 = static_cast<Scalar>(optimizer.l2);
  const auto keep = static_cast<Scalar>(1.0 - rate * optimizer.weight_decay);

  for (Eigen::Index at = 0; at < size; at += kBlock) {
    const Eigen::Index count = std::min(kBlock, size - at);
    const auto block_of = [&](Eigen::Index part) {
      return Numbers<Scalar>(values.data() + part * size + at, count);
    };
    Block<Scalar> g = ConstNumbers<Scalar>(gradient.data() + at, count);
    if (optimizer.l2 != 0) g += l2 * block_of(0);
    if (optimizer.weight_decay != 0) block_of(0) *= keep;
    switch (optimizer.kind) {
      case OptimizerKind::sgd:
        sgd(block_of(0), g);
        break;
      case OptimizerKind::momentum:
        momentum(block_of(0), block_of(1), g);
        break;
      case OptimizerKind::adam:
      case OptimizerKind::adamw:
      case OptimizerKind::adam_hd:
        adam(block_of(0), block_of(1), block_of(2), g);
        break;
      case OptimizerKind::nesterov:
        nesterov(block_of(0), block_of(1), g);
        break;
      case OptimizerKind::rmsprop:
        rmsprop(block_of(0), block_of(1), g);
        break;
      case OptimizerKind::sgd_hd:
        sgd_hd(block_of(0), block_of(1), g);
        break;
      case OptimizerKind::nesterov_hd:
        nesterov_hd(block_of(0), block_of(1), block_of(2), g);
        break;
    }
  }
}

template <class Scalar>
void clip(const Optimizer& optimizer, std::span<Scalar> gradient) {
  if (!optimizer.clip_norm) return;
  Numbers<Scalar> g(gradient.data(), static_cast<Eigen::Index>(gradient.size()));
  const double norm = std::sqrt(g.template cast<double>().square().sum());
  g *= static_cast<Scalar>(clip_factor(optimizer, norm));
}

template <class Scalar>
Alignment alignment(const Optimizer& optimizer, Steps t, std::span<const Scalar> values,
                    std::span<const Scalar> gradient) {
  Alignment sums;
  if (t == 1) return sums;
  const auto size = static_cast<Eigen::Index>(gradient.size());
  const Adam<Scalar> adam_before(optimizer, 0, t - 1);
  for (Eigen::Index at = 0; at < size; at += kBlock) {
    const Eigen::Index count = std::min(kBlock, size - at);
    const auto block_of = [&](Eigen::Index part) {
      return ConstNumbers<Scalar>(values.data() + part * size + at, count);
    };
    Block<Scalar> g = ConstNumbers<Scalar>(gradient.data() + at, count);
    if (optimizer.l2 != 0) g += static_cast<Scalar>(optimizer.l2) * block_of(0);
    const Block<Scalar> d =
        optimizer.kind == OptimizerKind::adam_hd ? adam_before.direction(block_of(1), block_of(2))
        : optimizer.kind == OptimizerKind::nesterov_hd ? Block<Scalar>(block_of(2))
                                                       : Block<Scalar>(block_of(1));
    const auto& exact_g = g.template cast<double>();  // itself, where it is of doubles
    const auto& exact_d = d.template cast<double>();
    sums.product += (exact_g * exact_d).sum();
    sums.gradient_squares += exact_g.square().sum();
    sums.direction_squares += exact_d.square().sum();
  }
  return sums;
}

template void update<float>(const Optimizer&, double, Steps, std::span<float>,
                            std::span<const float>);
template void update<double>(const Optimizer&, double, Steps, std::span<double>,
                             std::span<const double>);
template void clip<float>(const Optimizer&, std::span<float>);
template void clip<double>(const Optimizer&, std::span<double>);
template Alignment alignment<float>(const Optimizer&, Steps, std::span<const float>,
                                    std::span<const float>);
template Alignment alignment<double>(const Optimizer&, Steps, std::span<const double>,
                                     std::span<const double>);

}  // namespace stepladder::training
