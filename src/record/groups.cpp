#include "stepladder/record/groups.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <variant>

namespace stepladder::record {
namespace {

std::string word_of(const Configuration& configuration, const char* name, const char* otherwise) {
  const Value* value = configuration.find(name);
  const auto* word = value != nullptr ? std::get_if<std::string>(value) : nullptr;
  return word != nullptr ? *word : otherwise;
}

std::string in_words(const std::map<std::string, std::string>& words, const std::string& name) {
  const auto found = words.find(name);
  return found == words.end() ? name : found->second;
}

std::string optimizer_words(const std::string& name) {
  static const std::map<std::string, std::string> words = {{"sgd", "SGD"},
                                                           {"nesterov", "Nesterov momentum"},
                                                           {"rmsprop", "RMSprop"},
                                                           {"adam", "Adam"},
                                                           {"adamw", "AdamW"},
                                                           {"sgd_hd", "SGD-HD"},
                                                           {"nesterov_hd", "Nesterov-HD"},
                                                           {"adam_hd", "Adam-HD"}};
  return in_words(words, name);
}

std::string policy_words(const std::string& name) {
  static const std::map<std::string, std::string> words = {{"constant", "a constant rate"},
                                                           {"exponential", "exponential decay"},
                                                           {"step", "step decay"},
                                                           {"inverse_time", "inverse-time decay"},
                                                           {"polynomial", "polynomial decay"},
                                                           {"linear", "linear decay"},
                                                           {"cosine", "cosine decay"},
                                                           {"one_cycle", "one-cycle"},
                                                           {"wsd", "wsd"}};
  return in_words(words, name);
}

std::optional<double> positive(const Value& value) {
  double number = 0;
  if (const auto* real = std::get_if<double>(&value)) number = *real;
  if (const auto* whole = std::get_if<std::int64_t>(&value)) number = static_cast<double>(*whole);
  return number > 0 ? std::optional(number) : std::nullopt;
}

}  // namespace

GroupName group_of(const Configuration& configuration) {
  GroupName name{.optimizer = word_of(configuration, "optimizer", "sgd"),
                 .policy = word_of(configuration, "policy", "constant")};
  name.words = optimizer_words(name.optimizer) + " with " + policy_words(name.policy);
  return name;
}

std::vector<std::string> labels_of(const std::vector<GroupName>& groups) {
  std::set<std::string> optimizers;
  std::set<std::string> policies;
  for (const GroupName& group : groups) {
    optimizers.insert(group.optimizer);
    policies.insert(group.policy);
  }
  std::vector<std::string> labels;
  for (const GroupName& group : groups) {
    if (policies.size() < 2) {
      labels.push_back(optimizer_words(group.optimizer));
    } else if (optimizers.size() < 2) {
      labels.push_back(policy_words(group.policy));
    } else {
      labels.push_back(group.words);
    }
  }
  return labels;
}

analysis::RateRange rate_range_of(const SearchSpace& space) {
  const Hyperparameter* rate = space.find("learning_rate");
  if (rate == nullptr) return {};
  std::vector<double> values;
  const auto add = [&values](const Value& value) {
    if (const auto number = positive(value)) values.push_back(*number);
  };
  if (const auto* range = std::get_if<Range>(&rate->domain)) {
    add(range->min);
    add(range->max);
  } else if (const auto* choices = std::get_if<Choices>(&rate->domain)) {
    std::for_each(choices->values.begin(), choices->values.end(), add);
  } else {
    add(std::get<Fixed>(rate->domain).value);
  }
  if (values.empty()) return {};
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return {.min = *low, .max = *high};
}

}  // namespace stepladder::record
