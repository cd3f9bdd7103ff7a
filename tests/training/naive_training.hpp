// A training step written once more, as plainly as can be: loops in double precision, one parameter
// after the other. The oracle for engines; shares with them only the masks and the parameter
// layout.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "stepladder/data/rows.hpp"
#include "stepladder/training/dropout.hpp"
#include "stepladder/training/engine.hpp"

namespace stepladder::training {

class NaiveTraining {
 public:
  NaiveTraining(const EngineSettings& settings, const std::vector<float>& weights)
      : settings_(settings),
        w_(weights.begin(), weights.end()),
        first_(w_.size(), 0.0),
        second_(w_.size(), 0.0),
        direction_(w_.size(), 0.0) {}

  double step(const data::Rows& rows, std::span<const std::uint32_t> batch, double rate) {
    std::vector<double> gradient(w_.size(), 0.0);
    double loss = 0;
    for (std::size_t i = 0; i < batch.size(); ++i) loss += add_row(rows, batch[i], i, gradient);
    const auto count = static_cast<double>(batch.size());
    ++step_;
    for (double& g : gradient) g /= count;
    update(gradient, rate);
    return loss / count;
  }
  // The update alone, by a gradient of the caller's.
  void update(std::vector<double> gradient, double rate) {
    clip(gradient);
    for (std::size_t p = 0; p < w_.size(); ++p) gradient[p] += settings_.optimizer.l2 * w_[p];
    rate_ = adapted_rate(gradient, rate);
    for (std::size_t p = 0; p < w_.size(); ++p) move(p, gradient[p], rate_);
  }
  // Of the last step.
  [[nodiscard]] double rate() const noexcept { return rate_; }
  [[nodiscard]] const std::vector<double>& weights() const noexcept { return w_; }

 private:
  using Numbers = std::vector<double>;

  // Adds the row's derivatives to `gradient` and returns its loss.
  double add_row(const data::Rows& rows, std::size_t row, std::size_t position,
                 Numbers& gradient) const {
    const std::vector<std::int64_t>& widths = settings_.architecture.widths;
    std::vector<Numbers> values(1);
    for (std::size_t c = 0; c < rows.columns; ++c)
      values[0].push_back((static_cast<double>(rows.row(row)[c]) + rows.shift) * rows.scale);
    std::vector<std::size_t> begin;
    std::size_t next = 0;
    for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
      begin.push_back(next);
      const auto in = static_cast<std::size_t>(widths[l]);
      const auto out = static_cast<std::size_t>(widths[l + 1]);
      Numbers outputs(out);
      for (std::size_t o = 0; o < out; ++o) {
        outputs[o] = w_[next + in * out + o];
        for (std::size_t k = 0; k < in; ++k) outputs[o] += values[l][k] * w_[next + k * out + o];
        if (l + 2 < widths.size())
          outputs[o] = std::max(outputs[o], 0.0) * dropout_factor(l, position, o);
      }
      next += in * out + out;
      values.push_back(outputs);
    }
    return descend(values, begin, static_cast<std::size_t>(rows.labels[row]), position, gradient);
  }

  double descend(const std::vector<Numbers>& values, const std::vector<std::size_t>& begin,
                 std::size_t label, std::size_t position, Numbers& gradient) const {
    const Numbers& logits = values.back();
    double sum = 0;
    for (const double logit : logits) sum += std::exp(logit);
    Numbers delta;
    for (std::size_t o = 0; o < logits.size(); ++o)
      delta.push_back(std::exp(logits[o]) / sum - (o == label ? 1.0 : 0.0));
    for (std::size_t l = begin.size(); l-- > 0;) {
      const std::size_t in = values[l].size();
      const std::size_t out = delta.size();
      Numbers below(in, 0.0);
      for (std::size_t o = 0; o < out; ++o) {
        gradient[begin[l] + in * out + o] += delta[o];
        for (std::size_t k = 0; k < in; ++k) {
          gradient[begin[l] + k * out + o] += values[l][k] * delta[o];
          const bool alive = l > 0 && values[l][k] > 0;
          if (alive)
            below[k] += delta[o] * w_[begin[l] + k * out + o] * dropout_factor(l - 1, position, k);
        }
      }
      delta = below;
    }
    return std::log(sum) - logits[label];
  }

  [[nodiscard]] double dropout_factor(std::size_t layer, std::size_t position,
                                      std::size_t unit) const {
    const double keep = settings_.keep_probability;
    if (keep == 1.0) return 1.0;
    const DropoutMask mask(keep, settings_.seed, settings_.trial, layer, step_);
    return mask.keeps(position, unit) ? 1.0 / keep : 0.0;
  }

  void clip(Numbers& gradient) const {
    if (!settings_.optimizer.clip_norm) return;
    const double norm = std::sqrt(product(gradient, gradient));
    if (norm <= *settings_.optimizer.clip_norm) return;
    for (double& g : gradient) g *= *settings_.optimizer.clip_norm / norm;
  }

  double adapted_rate(const Numbers& gradient, double rate) {
    const Optimizer& o = settings_.optimizer;
    if (o.kind != OptimizerKind::sgd_hd && o.kind != OptimizerKind::nesterov_hd &&
        o.kind != OptimizerKind::adam_hd)
      return rate;
    const double h = product(gradient, direction_);
    if (o.hypergradient == Hypergradient::additive) {
      added_ = std::max(added_ + o.hypergradient_rate * h, -rate);
      return rate + added_;
    }
    const double norms = std::sqrt(product(gradient, gradient) * product(direction_, direction_));
    if (norms > 0) factor_ = std::max(factor_ * (1 + o.hypergradient_rate * h / norms), 0.0);
    return rate * factor_;
  }

  static double product(const Numbers& a, const Numbers& b) {
    double sum = 0;
    for (std::size_t p = 0; p < a.size(); ++p) sum += a[p] * b[p];
    return sum;
  }

  void move(std::size_t p, double g, double rate) {
    const Optimizer& o = settings_.optimizer;
    const auto t = static_cast<double>(step_);
    w_[p] -= rate * o.weight_decay * w_[p];
    switch (o.kind) {
      case OptimizerKind::sgd:
      case OptimizerKind::sgd_hd:
        direction_[p] = g;
        break;
      case OptimizerKind::momentum:
        first_[p] = o.momentum * first_[p] + g;
        direction_[p] = first_[p];
        break;
      case OptimizerKind::adam:
      case OptimizerKind::adamw:
      case OptimizerKind::adam_hd:
        first_[p] = o.beta1 * first_[p] + (1 - o.beta1) * g;
        second_[p] = o.beta2 * second_[p] + (1 - o.beta2) * g * g;
        direction_[p] = first_[p] / (1 - std::pow(o.beta1, t)) /
                        (std::sqrt(second_[p] / (1 - std::pow(o.beta2, t))) + o.epsilon);
        break;
      case OptimizerKind::nesterov:
      case OptimizerKind::nesterov_hd:
        first_[p] = o.momentum * first_[p] + g;
        direction_[p] = g + o.momentum * first_[p];
        break;
      case OptimizerKind::rmsprop:
        first_[p] = o.rho * first_[p] + (1 - o.rho) * g * g;
        direction_[p] = g / (std::sqrt(first_[p]) + o.epsilon);
        break;
    }
    w_[p] -= rate * direction_[p];
  }

  EngineSettings settings_;
  Numbers w_;
  Numbers first_;
  Numbers second_;
  Numbers direction_;  // w -= rate * direction
  double rate_ = 0;
  double added_ = 0;   // to the rate, by additive hypergradients
  double factor_ = 1;  // of the rate, by multiplicative ones
  Steps step_ = 0;
};

}  // namespace stepladder::training
