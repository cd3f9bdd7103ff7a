#include "stepladder/experiment/experiment_text.hpp"

#include <fmt/format.h>

#include "data_section.hpp"
#include "stepladder/training/left_out.hpp"

namespace stepladder::experiment {

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char character : text) {
    if (character == '"' || character == '\\') {
      result += '\\';
      result += character;
    } else if (static_cast<unsigned char>(character) < 0x20 || character == 0x7F) {
      result += fmt::format("\\u{:04X}", static_cast<unsigned>(character));
    } else {
      result += character;
    }
  }
  return result + '"';
}

std::string toml_of(const Value& value) {
  if (const auto* word = std::get_if<std::string>(&value)) return quoted(*word);
  return text(value);
}

std::string model_text(const training::Model& model) {
  return fmt::format(
      "[model]\nhidden = [{}]\nbatch = {}\nkeep_probability = {}\ninitialisation = {}\n"
      "engine = \"{}\"\nprecision = \"{}\"\n",
      fmt::join(model.hidden, ", "), model.batch, text(Value{model.keep_probability}),
      quoted(model.initialisation), name_of(model.engine), name_of(model.precision));
}

namespace {

std::string list_of(const std::vector<Value>& values) {
  std::string list;
  for (const Value& value : values) list += (list.empty() ? "" : ", ") + toml_of(value);
  return '[' + list + ']';
}

// What stands between the braces.
struct DomainText {
  std::string operator()(const Fixed& fixed) const { return "value = " + toml_of(fixed.value); }
  std::string operator()(const Choices& choices) const {
    return "choices = " + list_of(choices.values);
  }
  std::string operator()(const Range& range) const {
    const auto bound = [&](double value) {
      return range.integer ? std::to_string(static_cast<std::int64_t>(value)) : text(Value{value});
    };
    return fmt::format("min = {}, max = {}, scale = \"{}\"", bound(range.min), bound(range.max),
                       kScaleWords[static_cast<std::size_t>(range.scale)]);
  }
};

std::string domain_text(const Hyperparameter& hyperparameter) {
  const auto* fixed = std::get_if<Fixed>(&hyperparameter.domain);
  if (fixed != nullptr && !hyperparameter.when) return toml_of(fixed->value);
  std::string inside = std::visit(DomainText{}, hyperparameter.domain);
  if (const auto& when = hyperparameter.when)
    inside += fmt::format(", when = {{ {} = {} }}", when->name, list_of(when->values));
  return "{ " + inside + " }";
}

std::string configuration_text(const Configuration& configuration) {
  std::string inside;
  for (const Setting& setting : configuration.settings)
    inside += (inside.empty() ? "" : ", ") + setting.name + " = " + toml_of(setting.value);
  return "{ " + inside + " }";
}

std::string schedule_text(const schedule::Plan& plan, const search::Settings& search) {
  std::string text = fmt::format(
      "[schedule]\nmode = \"{}\"\npromotion = \"{}\"\neta = {}\nmin_steps = {}\nmax_steps = "
      "{}\nbrackets = {}\n"
      "top_k = {}\n",
      schedule::kModeWords[static_cast<std::size_t>(plan.mode)],
      schedule::kPromotionWords[static_cast<std::size_t>(plan.promotion)], plan.eta, plan.min_steps,
      plan.max_steps, plan.brackets, plan.top_k);
  if (plan.trials > 0) text += fmt::format("trials = {}\n", plan.trials);
  text += fmt::format("total_steps = {}\n", plan.total_steps);
  text += fmt::format("rung_score = \"{}\"\ncooldown_fraction = {}\n",
                      schedule::kRungScoreWords[static_cast<std::size_t>(plan.rung_score)],
                      stepladder::text(Value{plan.cooldown_fraction}));
  text += fmt::format("audit_fraction = {}\nfinalists = {}\nconfirmation_seeds = {}\n",
                      stepladder::text(Value{plan.audit_fraction}), plan.finalists,
                      plan.confirmation_seeds);
  text += fmt::format("extend_range = {}\nextend_range_max = {}\n", plan.extend_range,
                      stepladder::text(Value{plan.extend_range_max}));
  text += fmt::format("metric = \"{}\"\nfinish_winner = {}\nsearch = \"{}\"\ngrid_points = {}\n",
                      plan.metrics.first().name, plan.finish_winner,
                      search::kMethodWords[static_cast<std::size_t>(search.method)],
                      search.grid_points);
  std::string first;
  for (const Configuration& configuration : search.first)
    first += (first.empty() ? "" : ", ") + configuration_text(configuration);
  return text + fmt::format("first = [{}]\n", first);
}

// What trials go by although [space] does not name it, for people.
std::string defaults_text(const SearchSpace& space) {
  std::string text;
  for (const training::LeftOut& left : training::left_out(space)) {
    text += text.empty() ? "\n# What [space] leaves at its default:\n" : "";
    std::string defaults;
    for (const Setting& setting : left.defaults)
      defaults += (defaults.empty() ? "" : ", ") + setting.name + " = " + toml_of(setting.value);
    text += fmt::format("#   {}: {}\n", left.choice, defaults);
  }
  return text;
}

}  // namespace

std::string identity_of(const Experiment& e) {
  std::string space;
  for (const Hyperparameter& hyperparameter : e.space.hyperparameters)
    space += fmt::format("{} = {}\n", hyperparameter.name, domain_text(hyperparameter));
  std::string text = fmt::format("name = {}\nseed = {}\n\n", quoted(e.name), e.seed.value);
  if (!e.data.place.empty()) text += data_text(e.data) + '\n';
  text += model_text(e.model) + '\n';
  if (!space.empty()) text += "[space]\n" + space + '\n';
  return text + schedule_text(e.plan, e.search);
}

std::string to_toml(const Experiment& e) {
  return identity_of(e) + defaults_text(e.space) +
         fmt::format(
             "\n[run]\nheartbeat_seconds = {}\ncheckpoint_seconds = "
             "{}\ncheckpoint_bytes_max = {}\n",
             text(Value{e.run.heartbeat}), text(Value{e.run.checkpointing}),
             e.run.checkpoint_bytes_max);
}

}  // namespace stepladder::experiment
