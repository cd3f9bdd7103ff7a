#include "stepladder/experiment/toml_section.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "stepladder/trial/names.hpp"

namespace stepladder::experiment {

std::string place_of(const toml::node& node) {
  const toml::source_region& source = node.source();
  const std::string path = source.path ? *source.path : std::string("the experiment");
  if (path.starts_with("--set ")) return path;
  return source.begin.line > 0 ? path + ':' + std::to_string(source.begin.line) : path;
}

TomlSection::TomlSection(const toml::table& table, std::string name)
    : table_(table), name_(std::move(name)) {}

const toml::node* TomlSection::find(const std::string& key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.push_back(key);
  return table_.get(key);
}

void TomlSection::wrong_type(const toml::node& node, const std::string& key,
                             const std::string& wanted) const {
  throw InputError(place_of(node) + ": " + (name_.empty() ? "" : name_ + '.') + key + " must be " +
                   wanted);
}

std::optional<std::string> TomlSection::text(const std::string& key) {
  const toml::node* node = find(key);
  if (node == nullptr) return std::nullopt;
  if (!node->is_string()) wrong_type(*node, key, "a text in quotes");
  return node->as_string()->get();
}

std::optional<std::int64_t> TomlSection::integer(const std::string& key) {
  const toml::node* node = find(key);
  if (node == nullptr) return std::nullopt;
  if (!node->is_integer()) wrong_type(*node, key, "a whole number");
  return node->as_integer()->get();
}

std::optional<double> TomlSection::real(const std::string& key) {
  const toml::node* node = find(key);
  if (node == nullptr) return std::nullopt;
  if (node->is_integer()) return static_cast<double>(node->as_integer()->get());
  if (!node->is_floating_point()) wrong_type(*node, key, "a number");
  return node->as_floating_point()->get();
}

std::optional<bool> TomlSection::truth(const std::string& key) {
  const toml::node* node = find(key);
  if (node == nullptr) return std::nullopt;
  if (!node->is_boolean()) wrong_type(*node, key, "true or false");
  return node->as_boolean()->get();
}

std::optional<std::vector<std::int64_t>> TomlSection::integers(const std::string& key) {
  const toml::array* nodes = array(key);
  if (nodes == nullptr) return std::nullopt;
  std::vector<std::int64_t> values;
  for (const toml::node& node : *nodes) {
    if (!node.is_integer()) wrong_type(node, key, "a list of whole numbers");
    values.push_back(node.as_integer()->get());
  }
  return values;
}

const toml::array* TomlSection::array(const std::string& key) {
  const toml::node* node = find(key);
  if (node == nullptr) return nullptr;
  if (!node->is_array()) wrong_type(*node, key, "a list in [ ]");
  return node->as_array();
}

const toml::table* TomlSection::table(const std::string& key) {
  const toml::node* node = find(key);
  if (node == nullptr) return nullptr;
  if (!node->is_table()) wrong_type(*node, key, "a table");
  return node->as_table();
}

std::optional<std::size_t> TomlSection::choice(const std::string& key,
                                               std::span<const std::string_view> words) {
  const std::optional<std::string> word = text(key);
  if (!word) return std::nullopt;
  const auto found = std::find(words.begin(), words.end(), *word);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  std::string list;
  for (const std::string_view known : words)
    list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", known);
  fail(key, key + " = \"" + *word + "\" does not exist; use one of " + list);
}

void TomlSection::missing(const std::string& key, const std::string& advice) const {
  throw InputError(place_of(table_) + ": " +
                   (name_.empty() ? key : "[" + name_ + "] has no " + key) +
                   (name_.empty() ? " is missing; " : "; ") + advice);
}

std::string TomlSection::place(const std::string& key) const {
  const toml::node* node = table_.get(key);
  return place_of(node != nullptr ? *node : static_cast<const toml::node&>(table_));
}

void TomlSection::fail(const std::string& key, const std::string& message) const {
  throw InputError(place(key) + ": " + message);
}

void TomlSection::refuse_unknown_keys() const {
  for (const auto& [key, node] : table_) {
    const std::string name(key.str());
    if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
    const auto nearest = nearest_name(name, known_);
    std::string advice;
    if (nearest) {
      advice = "did you mean " + *nearest + "?";
    } else {
      for (const std::string& known : known_) {
        advice += advice.empty() ? "known here: " : ", ";
        advice += known;
      }
    }
    const std::string full_name = name_.empty() ? name : name_ + '.' + name;
    throw InputError(fmt::format("{}: unknown key {}; {}", place_of(node), full_name, advice));
  }
}

}  // namespace stepladder::experiment
