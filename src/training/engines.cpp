#include "stepladder/training/engines.hpp"

#include "stepladder/training/fused_engine.hpp"
#include "stepladder/training/reference_engine.hpp"

namespace stepladder::training {

MakeEngine engine_maker(const Model& model) {
  if (model.engine == EngineKind::reference) return make_reference_engine;
  const FusedSettings fused{.precision = model.precision,
                            .level = kernels::best_level(model.precision)};
  return [fused](const EngineSettings& settings) {
    return std::make_unique<FusedEngine>(settings, fused);
  };
}

}  // namespace stepladder::training
