// How fast a whole training step is, in steps a second and in per cent of the processor's
// multiply-add rate measured beside it: the measuring core of `stepladder bench`.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "stepladder/training/engine.hpp"
#include "stepladder/training/kernels/level.hpp"

namespace stepladder::training {

namespace kernels {
struct Table;
}

// Some steps, and a loop of multiply-adds on registers alone right before and after them, so that
// neighbours on the machine slow both alike. Time is the thread's own.
struct Slice {
  double seconds = 0;     // of the steps
  double operations = 0;  // of their matrix products
  double fma_rate = 0;    // operations a second of the loops, at the best level the processor has
  [[nodiscard]] double percent_of_fma() const noexcept {
    return 100 * operations / seconds / fma_rate;
  }
};

// An engine and random bytes for it to train on, from initial_state(). Rates are small, so that no
// step meets an overflow.
class Workbench {
 public:
  // `engine` was made with `settings` and outlives this.
  Workbench(Engine& engine, const EngineSettings& settings);
  ~Workbench();

  [[nodiscard]] Slice slice(Steps steps);
  // Steps alone; returns the thread's seconds.
  double train(Steps steps);

 private:
  class Synthetic;
  Engine& engine_;
  const kernels::Table& table_;
  std::unique_ptr<Synthetic> data_;
  double operations_;        // of a step
  std::int64_t rounds_ = 0;  // of multiply-adds in a loop
};

// Medians over slices.
struct Measurement {
  double steps_per_second = 0;
  double gflops = 0;      // of the step's matrix products
  double fma_gflops = 0;  // of the loop
  double percent_of_fma = 0;
  std::uint64_t checksum = 0;  // of the parameters after a fixed number of steps on fixed data
};

// Slices for about `seconds` of the thread's time.
[[nodiscard]] Measurement measure(Engine& engine, const EngineSettings& settings,
                                  double seconds = 2.0);

// Floating-point operations of the matrix products of one step: forward, and backward without the
// derivatives by the features.
[[nodiscard]] double operations_in_step(const Architecture& architecture,
                                        std::int64_t batch) noexcept;

// Depends on every bit and its place.
[[nodiscard]] std::uint64_t checksum(std::span<const float> values) noexcept;

}  // namespace stepladder::training
