// `stepladder bench`: how fast a training step is on this processor, to size a job by.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "stepladder/training/engine_kind.hpp"

namespace stepladder::app {

struct BenchOptions {
  std::vector<std::int64_t> hidden = {1024, 305, 75};
  std::int64_t inputs = 784;
  std::int64_t classes = 10;
  std::int64_t batch = 128;
  std::string optimizer = "adam";
  double dropout = 0.2;  // the share that is dropped
  training::Precision precision = training::Precision::fp32;
  training::EngineKind engine = training::EngineKind::fused;
  std::string level;  // default: the best this processor has
  double seconds = 2;
  bool json = false;
  bool serve = false;  // answer requests for steps on standard input instead
};

// Prints the measurement; returns the exit code. Throws InputError.
[[nodiscard]] int bench(const BenchOptions& options);

}  // namespace stepladder::app
