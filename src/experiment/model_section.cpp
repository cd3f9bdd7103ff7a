#include "model_section.hpp"

#include <optional>

namespace stepladder::experiment {
namespace {

const std::vector<std::int64_t> kHiddenOfTables = {256, 128};
constexpr double kKeepProbabilityOfTables = 0.9;

}  // namespace

training::Model read_model(TomlSection section, const DataSource& data) {
  training::Model model;
  if (!std::holds_alternative<data::IdxFiles>(data.files)) {
    model.hidden = kHiddenOfTables;
    model.keep_probability = kKeepProbabilityOfTables;
  }
  model.hidden = section.integers("hidden").value_or(model.hidden);
  model.batch = section.integer("batch").value_or(model.batch);
  model.keep_probability = section.real("keep_probability").value_or(model.keep_probability);
  model.initialisation = section.text("initialisation").value_or(model.initialisation);
  const std::optional<std::string> engine = section.text("engine");
  const std::optional<std::string> precision = section.text("precision");
  section.refuse_unknown_keys();
  try {
    if (engine) model.engine = training::engine_named(*engine);
    if (precision) model.precision = training::precision_named(*precision);
    training::check(model);
  } catch (const training::ModelError& error) {
    section.fail(error.key, error.what());
  }
  return model;
}

}  // namespace stepladder::experiment
