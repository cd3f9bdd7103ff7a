#include "stepladder/app/bench.hpp"

#include <cstdio>
#include <iostream>
#include <memory>
#include <string>

#include <fmt/core.h>

#include "stepladder/report/bench_report.hpp"
#include "stepladder/training/bench.hpp"
#include "stepladder/training/engines.hpp"
#include "stepladder/training/fused_engine.hpp"
#include "stepladder/trial/exit_code.hpp"
#include "stepladder/trial/input_error.hpp"

namespace stepladder::app {
namespace {

training::EngineSettings settings_of(const BenchOptions& options) {
  const training::Model model{.hidden = options.hidden,
                              .batch = options.batch,
                              .keep_probability = 1 - options.dropout,
                              .engine = options.engine,
                              .precision = options.precision};
  const Configuration configuration{{{"learning_rate", 0.001}, {"optimizer", options.optimizer}}};
  try {
    training::check(model);
    for (const Setting& setting : configuration.settings) training::check(setting);
  } catch (const std::runtime_error& error) {
    throw InputError(error.what());
  }
  training::EngineSettings settings{.optimizer = training::recipe_of(configuration).optimizer,
                                    .keep_probability = model.keep_probability,
                                    .batch = model.batch};
  settings.architecture.widths = {options.inputs};
  settings.architecture.widths.insert(settings.architecture.widths.end(), options.hidden.begin(),
                                      options.hidden.end());
  settings.architecture.widths.push_back(options.classes);
  return settings;
}

struct Contender {
  std::unique_ptr<training::Engine> engine;
  std::string level = "none";
};

Contender contender_of(const BenchOptions& options, const training::EngineSettings& settings) {
  if (options.engine == training::EngineKind::reference) {
    if (!options.level.empty())
      throw InputError("--level is for the fused engine only; leave it out");
    return {.engine = training::engine_maker({.engine = options.engine})(settings)};
  }
  try {
    const training::kernels::Level level = options.level.empty()
                                               ? training::kernels::best_level(options.precision)
                                               : training::kernels::level_named(options.level);
    return {.engine = std::make_unique<training::FusedEngine>(
                settings, training::FusedSettings{.precision = options.precision, .level = level}),
            .level = std::string(name(level))};
  } catch (const training::kernels::UnsupportedLevel& error) {
    throw InputError(error.what());
  }
}

// A line is a number of steps; the answer is how many seconds they took, and per cent of the
// multiply-add rate. One step more, before them, brings the caches up to date.
int serve(training::Engine& engine, const training::EngineSettings& settings) {
  training::Workbench bench(engine, settings);
  for (Steps steps = 0; std::cin >> steps;) {
    bench.train(1);
    const training::Slice slice = bench.slice(steps);
    fmt::print("{} {}\n", slice.seconds, slice.percent_of_fma());
    std::fflush(stdout);
  }
  return kFinished;
}

}  // namespace

int bench(const BenchOptions& options) {
  const training::EngineSettings settings = settings_of(options);
  const Contender contender = contender_of(options, settings);
  if (options.serve) return serve(*contender.engine, settings);
  const training::Measurement measured =
      training::measure(*contender.engine, settings, options.seconds);
  const report::BenchReport report{.steps_per_second = measured.steps_per_second,
                                   .gflops = measured.gflops,
                                   .fma_gflops = measured.fma_gflops,
                                   .percent_of_fma = measured.percent_of_fma,
                                   .level = contender.level,
                                   .engine = std::string(name_of(options.engine)),
                                   .precision = std::string(name_of(options.precision)),
                                   .checksum = fmt::format("{:016x}", measured.checksum)};
  fmt::print("{}", options.json ? report::bench_json(report) : report::bench_text(report));
  return kFinished;
}

}  // namespace stepladder::app
