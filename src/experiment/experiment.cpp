#include "stepladder/experiment/experiment.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

#include "data_section.hpp"
#include "first_section.hpp"
#include "model_section.hpp"
#include "run_section.hpp"
#include "schedule_section.hpp"
#include "space_section.hpp"

namespace stepladder::experiment {
namespace {

namespace fs = std::filesystem;

toml::table parse_file(const std::string& text, const std::string& source) {
  try {
    return toml::parse(text, source);
  } catch (const toml::parse_error& error) {
    throw InputError(source + ':' + std::to_string(error.source().begin.line) +
                     ": not valid TOML: " + std::string(error.description()) +
                     "; correct the line");
  }
}

// `theirs` win over `ours`, key by key; a value in braces replaces what was there. Moved, because a
// copied node forgets where it came from.
void merge(toml::table& ours, toml::table&& theirs) {
  for (auto&& [key, node] : theirs) {
    toml::node* mine = ours.get(key);
    if (mine != nullptr && mine->is_table() && node.is_table() && !node.as_table()->is_inline()) {
      merge(*mine->as_table(), std::move(*node.as_table()));
    } else {
      node.visit([&, &name = key](auto& value) { ours.insert_or_assign(name, std::move(value)); });
    }
  }
}

toml::table parse_override(const std::string& text) {
  const std::string source = "--set " + text;
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    throw InputError(source + ": write --set key=value, for example --set schedule.trials=80");
  const std::string value = text.substr(equals + 1);
  const bool bare_word =
      !value.empty() && value != "true" && value != "false" && value != "inf" && value != "nan" &&
      value.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_") ==
          std::string::npos;
  try {
    return toml::parse(bare_word ? text.substr(0, equals + 1) + '"' + value + '"' : text, source);
  } catch (const toml::parse_error& error) {
    throw InputError(source + ": not valid TOML: " + std::string(error.description()) +
                     "; put a text in quotes, such as --set 'name=\"my-run\"'");
  }
}

// toml++ keeps tables sorted by key; the search space is in the file's order, because order is part
// of its meaning: what an override adds comes last, and leaves the other draws as they were.
std::vector<std::string> keys_in_order(const toml::table& table) {
  struct Key {
    bool is_added;  // by an override
    toml::source_position position;
    std::string name;
  };
  std::vector<Key> keys;
  for (const auto& [key, node] : table)
    keys.push_back(
        {*key.source().path != *table.source().path, key.source().begin, std::string(key.str())});
  std::stable_sort(keys.begin(), keys.end(), [](const Key& a, const Key& b) {
    return a.is_added != b.is_added ? b.is_added : a.position < b.position;
  });
  std::vector<std::string> names;
  names.reserve(keys.size());
  for (Key& key : keys) names.push_back(std::move(key.name));
  return names;
}

// Of a table that --set has changed in part, the option.
std::string place_of_setting(const toml::node& node) {
  if (const toml::table* table = node.as_table())
    for (const auto& [key, inside] : *table)
      if (const std::string place = place_of_setting(inside); place.starts_with("--set "))
        return place;
  return place_of(node);
}

std::map<std::string, std::string> places_in(const toml::table& root) {
  std::map<std::string, std::string> places;
  for (const auto& [name, node] : root) {
    const toml::table* section = node.as_table();
    if (section == nullptr) {
      places[std::string(name.str())] = place_of(node);
      continue;
    }
    for (const auto& [key, setting] : *section)
      places[std::string(name.str()) + '.' + std::string(key.str())] = place_of_setting(setting);
  }
  return places;
}

std::string read_name(TomlSection& top, Needs needs) {
  const auto name = top.text("name");
  if (!name && needs != Needs::everything) return "experiment";
  if (!name || name->empty())
    top.missing("name", "name the experiment, for example name = \"fashion-mnist\"");
  const bool names_a_folder =
      name->front() != '.' && std::none_of(name->begin(), name->end(), [](char c) {
        return c == '/' || c == '\\' || (c >= 0 && c < ' ');
      });
  if (!names_a_folder)
    top.fail("name", "name cannot be the name of a folder; use letters, digits and dashes");
  return *name;
}

// No configuration is tried twice.
void warn_of_few_configurations(const TomlSection& schedule, std::optional<std::uint64_t> different,
                                Experiment& experiment) {
  const schedule::Plan& plan = experiment.plan;
  const bool is_limited = plan.trials > 0;
  const std::int64_t trials = is_limited ? plan.trials : plan.total_steps / plan.min_steps;
  if (!different || trials <= 0 || *different >= static_cast<std::uint64_t>(trials)) return;
  experiment.warnings.push_back(schedule.place(is_limited ? "trials" : "total_steps") + ": " +
                                (is_limited ? "" : "total_steps allows up to ") +
                                std::to_string(trials) + " trials, but the space has only " +
                                std::to_string(*different) + " different " +
                                (*different == 1 ? "configuration" : "configurations") +
                                ", and each is tried once; widen [space] for more trials");
}

// What only shows when plan, space and search come together, such as a grid with too few points.
void check_together(Experiment& experiment, TomlSection& schedule, const toml::table* space) {
  try {
    const schedule::Hyperband scheduler = scheduler_of(experiment);
    if (const toml::array* first = schedule.array("first"))
      check_first(*first, scheduler.sampler(), experiment);
    warn_of_few_configurations(schedule, scheduler.sampler().configurations(), experiment);
  } catch (const schedule::PlanError& error) {
    schedule.fail(error.key, error.what());
  } catch (const SpaceError& error) {
    if (space != nullptr && space->contains(error.name))
      TomlSection(*space, "space").fail(error.name, error.what());
    schedule.fail(error.name, error.what());
  }
}

}  // namespace

Experiment load_experiment(const fs::path& file, const std::vector<std::string>& overrides,
                           Needs needs) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  if (stream) text << stream.rdbuf();
  if (!stream || fs::is_directory(file))
    throw InputError(file.string() + ": cannot be read; give the path of an experiment file");
  return parse_experiment(text.str(), file.string(), fs::absolute(file).parent_path(), overrides,
                          needs);
}

Experiment parse_experiment(const std::string& text, const std::string& source,
                            const fs::path& folder, const std::vector<std::string>& overrides,
                            Needs needs) {
  toml::table root = parse_file(text, source);
  for (const std::string& assignment : overrides) merge(root, parse_override(assignment));

  TomlSection top(root, "");
  Experiment experiment;
  experiment.source = source;
  experiment.places = places_in(root);
  experiment.name = read_name(top, needs);
  const std::int64_t seed = top.integer("seed").value_or(1);
  if (seed < 0) top.fail("seed", "seed = " + std::to_string(seed) + "; use 0 or more");
  experiment.seed = Seed{static_cast<std::uint64_t>(seed)};

  const toml::table none;
  const toml::table* data = top.table("data");
  const toml::table* model = top.table("model");
  const toml::table* space = top.table("space");
  const toml::table* schedule = top.table("schedule");
  const toml::table* run = top.table("run");
  top.refuse_unknown_keys();
  if (needs == Needs::everything && data == nullptr) top.missing("[data]", "say where the data is");
  if (data != nullptr) experiment.data = read_data(TomlSection(*data, "data"), folder);
  experiment.model =
      read_model(TomlSection(model != nullptr ? *model : none, "model"), experiment.data);
  const toml::table& space_table = space != nullptr ? *space : none;
  experiment.space = read_space(space_table, keys_in_order(space_table), needs);
  if (space != nullptr) warn_of_scales(*space, experiment);
  TomlSection schedule_section(schedule != nullptr ? *schedule : none, "schedule");
  read_schedule(schedule_section, experiment, needs);
  experiment.run = read_run(TomlSection(run != nullptr ? *run : none, "run"));
  check_together(experiment, schedule_section, space);
  if (trains(needs)) check_lengths(experiment, space_table);
  return experiment;
}

schedule::Hyperband scheduler_of(const Experiment& e) {
  return {e.plan, search::Sampler(e.space, e.seed, e.search)};
}

}  // namespace stepladder::experiment
