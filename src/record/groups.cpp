#include "stepladder/record/groups.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <variant>

#include "stepladder/training/learning_rate.hpp"
#include "stepladder/training/optimizer.hpp"

namespace stepladder::record {
namespace {

std::string word_of(const Configuration& configuration, const char* name,
                    std::string_view otherwise) {
  const Value* value = configuration.find(name);
  const auto* word = value != nullptr ? std::get_if<std::string>(value) : nullptr;
  return word != nullptr ? *word : std::string(otherwise);
}

// A name for readers; the word itself where it is none that we know.
std::string optimizer_words(const std::string& word) {
  const training::OptimizerRow* row = training::optimizer_named(word);
  return row != nullptr ? std::string(row->name) : word;
}

std::string policy_words(const std::string& word) {
  const training::PolicyRow* row = training::policy_named(word);
  return row != nullptr ? std::string(row->name) : word;
}

std::optional<double> positive(const Value& value) {
  double number = 0;
  if (const auto* real = std::get_if<double>(&value)) number = *real;
  if (const auto* whole = std::get_if<std::int64_t>(&value)) number = static_cast<double>(*whole);
  return number > 0 ? std::optional(number) : std::nullopt;
}

}  // namespace

GroupName group_of(const Configuration& configuration) {
  const std::string_view optimizer = training::row_of(training::kOptimizerIfUnnamed).word;
  GroupName name{.optimizer = word_of(configuration, "optimizer", optimizer),
                 .policy = word_of(configuration, "policy", training::kPolicyIfUnnamed)};
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
