// The configurations to try first, in [schedule] of an experiment file.
#include "experiment_sections.hpp"

namespace stepladder::app {

std::vector<Configuration> read_first(const toml::array& array) {
  std::vector<Configuration> first;
  for (const toml::node& node : array) {
    if (!node.is_table())
      throw InputError(place_of(node) + ": schedule.first must be a list of tables, for example " +
                       "first = [ { learning_rate = 0.1 } ]");
    Configuration configuration;
    for (const auto& [key, value] : *node.as_table()) {
      configuration.settings.push_back(
          {std::string(key.str()), read_value(value, std::string(key.str()))});
      try {
        training::check(configuration.settings.back());
      } catch (const SpaceError& error) {
        throw InputError(place_of(value) + ": " + error.what());
      }
    }
    first.push_back(std::move(configuration));
  }
  return first;
}

void check_lengths_of_first(const toml::array& first, const Experiment& experiment) {
  for (const toml::node& node : first)
    for (const auto& [key, value] : *node.as_table()) {
      const std::string name(key.str());
      if (!training::takes_whole_numbers(name)) continue;
      SearchSpace space = experiment.space;
      for (Hyperparameter& hyperparameter : space.hyperparameters)
        if (hyperparameter.name == name) hyperparameter.domain = Fixed{read_value(value, name)};
      try {
        training::check_length(space, experiment.plan.max_steps);
      } catch (const SpaceError& error) {
        if (error.name == name) throw InputError(place_of(value) + ": " + error.what());
      }
    }
}

}  // namespace stepladder::app
