#include "stepladder/run/worker_levels.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "stepladder/training/kernels/level.hpp"
#include "stepladder/trial/input_error.hpp"

namespace stepladder::run {

std::string level_for(const training::Model& model) {
  if (model.engine == training::EngineKind::reference) return std::string(name_of(model.engine));
  try {
    return std::string(name(training::kernels::best_level(model.precision)));
  } catch (const training::kernels::UnsupportedLevel& error) {
    throw InputError(error.what());
  }
}

std::string level_in_use() {
  const bool has_bf16 = !training::kernels::available_levels(training::Precision::bf16).empty();
  return std::string(name(training::kernels::best_level())) + (has_bf16 ? ", with bf16" : "");
}

std::string levels_in_use(std::span<const std::string> levels, std::span<const std::string> hosts) {
  const std::set<std::string> used = [&] {
    std::set<std::string> all(levels.begin(), levels.end());
    all.erase("");
    return all;
  }();
  const auto generic = std::find(levels.begin(), levels.end(), "generic");
  if (generic != levels.end() && used.size() > 1) {
    const auto rank = generic - levels.begin();
    throw InputError(fmt::format(
        "rank {} on {} has no processor with AVX2 and FMA, as others have, and rounds otherwise: "
        "results would depend on which rank trains; leave {} out, or set model.engine = "
        "\"reference\"",
        rank, hosts[static_cast<std::size_t>(rank)], hosts[static_cast<std::size_t>(rank)]));
  }
  return fmt::format("{}", fmt::join(used, " and "));
}

}  // namespace stepladder::run
