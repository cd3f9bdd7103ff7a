#include "model_section.hpp"

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
  model.engine = section.text("engine").value_or(model.engine);
  model.precision = section.text("precision").value_or(model.precision);
  section.refuse_unknown_keys();
  try {
    training::check(model);
  } catch (const training::ModelError& error) {
    section.fail(error.key, error.what());
  }
  return model;
}

}  // namespace stepladder::experiment
