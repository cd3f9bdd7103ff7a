#ifdef __SANITIZE_ADDRESS__
// Under the sanitizers g++ 12 warns falsely about its own AVX-512 intrinsics, which Eigen uses.
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

#include "stepladder/training/network.hpp"

#include <algorithm>
#include <stdexcept>

#include "stepladder/data/gather.hpp"
#include "stepladder/trial/elementary.hpp"

#ifdef _OPENMP
#error "a rank trains on one thread: build without OpenMP, which would make Eigen use more"
#endif

namespace stepladder::training {
namespace {

template <class Scalar>
using Weights =
    Eigen::Map<const Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
template <class Scalar>
using WeightDerivatives =
    Eigen::Map<Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
template <class Scalar>
using BiasDerivatives = Eigen::Map<Eigen::Matrix<Scalar, 1, Eigen::Dynamic>>;

template <class Scalar>
Weights<Scalar> weights_of(std::span<const Scalar> parameters, const Layer& layer) {
  return {parameters.data() + layer.weights, layer.inputs, layer.outputs};
}

template <class Scalar>
void add_biases(Scalar* values, const Scalar* biases, Eigen::Index outputs) {
  for (Eigen::Index unit = 0; unit < outputs; ++unit) values[unit] += biases[unit];
}

// The comparison is "not above 0 is dead" turned round, so that NaN stays NaN.
template <class Scalar>
void add_biases_and_rectify(Scalar* values, const Scalar* biases, Eigen::Index outputs) {
  for (Eigen::Index unit = 0; unit < outputs; ++unit) {
    const Scalar sum = values[unit] + biases[unit];
    values[unit] = sum <= Scalar{0} ? Scalar{0} : sum;
  }
}

template <class Scalar>
void add_biases_rectify_and_drop(Scalar* values, const Scalar* biases, Eigen::Index outputs,
                                 const DropoutMask& mask, std::uint32_t row, Scalar scale) {
  const std::uint32_t threshold = mask.threshold();
  const std::uint32_t first = row * 65536U;
  for (Eigen::Index unit = 0; unit < outputs; ++unit) {
    const Scalar sum = values[unit] + biases[unit];
    const Scalar alive = sum <= Scalar{0} ? Scalar{0} : sum * scale;
    const bool kept = mask.draw(first + static_cast<std::uint32_t>(unit)) < threshold;
    values[unit] = kept ? alive : Scalar{0};
  }
}

}  // namespace

std::vector<Layer> layers_of(const Architecture& architecture) {
  std::vector<Layer> layers;
  Eigen::Index next = 0;
  for (std::size_t l = 0; l < architecture.layers(); ++l) {
    Layer layer{.inputs = architecture.widths[l], .outputs = architecture.widths[l + 1]};
    layer.weights = next;
    layer.biases = next + layer.inputs * layer.outputs;
    next = layer.biases + layer.outputs;
    layers.push_back(layer);
  }
  return layers;
}

template <class Scalar>
Network<Scalar>::Network(const Architecture& architecture, std::int64_t rows_max)
    : layers_(layers_of(architecture)), rows_max_(rows_max) {
  if (layers_.empty() || rows_max < 1)
    throw std::logic_error("Network: needs a layer and room for a row");
  for (const std::int64_t width : architecture.widths) activations_.emplace_back(rows_max, width);
  for (std::size_t l = 0; l + 1 < layers_.size(); ++l)
    deltas_.emplace_back(rows_max, layers_[l].outputs);
}

template <class Scalar>
void Network<Scalar>::gather(const data::Rows& rows, std::span<const std::uint32_t> which) {
  data::gather(rows, which, [&](std::size_t position, std::uint32_t row) {
    Scalar* to = activations_.front().row(static_cast<Eigen::Index>(position)).data();
    data::convert(rows, row, 0, std::span(to, rows.columns));
  });
}

template <class Scalar>
void Network<Scalar>::forward(std::span<const Scalar> parameters, Eigen::Index count,
                              const Dropout& dropout) {
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const Layer& layer = layers_[l];
    auto outputs = activations_[l + 1].topRows(count);
    outputs.noalias() = activations_[l].topRows(count) * weights_of(parameters, layer);
    const Scalar* biases = parameters.data() + layer.biases;
    const bool last = l + 1 == layers_.size();
    const DropoutMask mask(dropout.keep_probability, dropout.seed, dropout.trial, l, dropout.step);
    const auto scale = static_cast<Scalar>(1.0 / dropout.keep_probability);
    for (Eigen::Index row = 0; row < count; ++row) {
      Scalar* values = outputs.row(row).data();
      if (last)
        add_biases(values, biases, layer.outputs);
      else if (dropout.keep_probability == 1.0)
        add_biases_and_rectify(values, biases, layer.outputs);
      else
        add_biases_rectify_and_drop(values, biases, layer.outputs, mask,
                                    static_cast<std::uint32_t>(row), scale);
    }
  }
}

// loss = log(sum of exp(z - max)) - (z[label] - max), which neither overflows nor loses the small.
template <class Scalar>
double Network<Scalar>::softmax(const data::Rows& rows, std::span<const std::uint32_t> which) {
  auto logits = activations_.back().topRows(static_cast<Eigen::Index>(which.size()));
  double loss = 0;
  for (std::size_t i = 0; i < which.size(); ++i) {
    auto row = logits.row(static_cast<Eigen::Index>(i));
    row.array() -= row.maxCoeff();
    loss -= static_cast<double>(row(rows.labels[which[i]]));
  }
  logits = logits.unaryExpr([](Scalar difference) {
    return static_cast<Scalar>(elementary::exp(static_cast<double>(difference)));
  });
  for (Eigen::Index i = 0; i < logits.rows(); ++i) {
    const Scalar sum = logits.row(i).sum();
    loss += elementary::log(static_cast<double>(sum));
    logits.row(i) /= sum;
  }
  return loss;
}

template <class Scalar>
void Network<Scalar>::backward(std::span<const Scalar> parameters, Eigen::Index count,
                               double keep_probability, std::span<Scalar> derivatives) {
  const auto scale = static_cast<Scalar>(1.0 / keep_probability);
  for (std::size_t l = layers_.size(); l-- > 0;) {
    const Layer& layer = layers_[l];
    const bool last = l + 1 == layers_.size();
    const auto delta = (last ? activations_.back() : deltas_[l]).topRows(count);

    WeightDerivatives<Scalar> weights(derivatives.data() + layer.weights, layer.inputs,
                                      layer.outputs);
    weights.noalias() = activations_[l].topRows(count).transpose() * delta;
    BiasDerivatives<Scalar> biases(derivatives.data() + layer.biases, layer.outputs);
    biases = delta.row(0);
    for (Eigen::Index row = 1; row < count; ++row) biases += delta.row(row);
    if (l == 0) return;

    // A hidden unit passes its derivative on where it was positive and kept, that is where its
    // activation is not 0.
    auto below = deltas_[l - 1].topRows(count);
    below.noalias() = delta * weights_of(parameters, layer).transpose();
    const auto activation = activations_[l].topRows(count).array();
    below.array() = (activation > Scalar{0}).select(below.array() * scale, Scalar{0});
  }
}

template <class Scalar>
double Network<Scalar>::gradient(std::span<const Scalar> parameters, const data::Rows& rows,
                                 std::span<const std::uint32_t> batch, const Dropout& dropout,
                                 std::span<Scalar> derivatives) {
  const auto count = static_cast<Eigen::Index>(batch.size());
  if (count < 1 || count > rows_max_) throw std::logic_error("Network: batch of the wrong size");
  gather(rows, batch);
  forward(parameters, count, dropout);
  const double loss = softmax(rows, batch) / static_cast<double>(count);

  auto delta = activations_.back().topRows(count);
  for (std::size_t i = 0; i < batch.size(); ++i)
    delta(static_cast<Eigen::Index>(i), rows.labels[batch[i]]) -= Scalar{1};
  delta /= static_cast<Scalar>(count);
  backward(parameters, count, dropout.keep_probability, derivatives);
  return loss;
}

template <class Scalar>
Evaluation Network<Scalar>::evaluate(std::span<const Scalar> parameters, const data::Rows& rows,
                                     std::span<const std::uint32_t> which) {
  Evaluation result{.rows = static_cast<std::int64_t>(which.size()), .correct = 0, .loss_sum = 0};
  while (!which.empty()) {
    const auto part = which.first(std::min(which.size(), static_cast<std::size_t>(rows_max_)));
    which = which.subspan(part.size());
    gather(rows, part);
    forward(parameters, static_cast<Eigen::Index>(part.size()), Dropout{});
    for (std::size_t i = 0; i < part.size(); ++i) {
      Eigen::Index likeliest = 0;
      activations_.back().row(static_cast<Eigen::Index>(i)).maxCoeff(&likeliest);
      if (likeliest == rows.labels[part[i]]) ++result.correct;
    }
    result.loss_sum += softmax(rows, part);
  }
  return result;
}

template class Network<float>;
template class Network<double>;

}  // namespace stepladder::training
