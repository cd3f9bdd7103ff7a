// The engine that trains at the speed of the processor's multiply-add units: own kernels for the
// three matrix products of a layer, with everything else done while their results are in registers,
// the optimizer's update included. kernels/table.hpp says what the pieces are, kernels/level.hpp
// what they run on.
#pragma once

#include <memory>
#include <optional>

#include "stepladder/training/engine.hpp"
#include "stepladder/training/kernels/level.hpp"

namespace stepladder::training {

struct FusedSettings {
  Precision precision = Precision::fp32;
  std::optional<kernels::Level> level;  // default: the best the processor has
  // Gradients are stored and the update is a pass of its own, as is done anyway where
  // needs_whole_gradient(). The numbers are the same, bit for bit.
  bool separate_update = false;
};

// Equal bits for equal calls at levels v3 and v4, on any processor; see kernels::Level. bf16 has
// one level, hence always equal bits.
class FusedEngine final : public Engine {
 public:
  // std::logic_error for settings outside the bounds of ReferenceEngine's;
  // kernels::UnsupportedLevel where the processor lacks the level or the precision.
  explicit FusedEngine(const EngineSettings& settings, const FusedSettings& fused = {});
  ~FusedEngine() override;

  double step(const data::Rows& rows, std::span<const std::uint32_t> batch, double rate) override;
  [[nodiscard]] Evaluation evaluate(const data::Rows& rows,
                                    std::span<const std::uint32_t> which) override;
  [[nodiscard]] State state() const override;
  void restore(const State& state) override;

  [[nodiscard]] kernels::Level level() const noexcept;

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace stepladder::training
