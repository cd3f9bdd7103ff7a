// The hyperparameters: one table of what each may be and when it is used, and the checks that
// follow from it.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "stepladder/training/left_out.hpp"
#include "stepladder/training/recipe.hpp"
#include "stepladder/trial/names.hpp"

namespace stepladder::training {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kLargestStep = 0x1p53;  // whole numbers up to here are exact in a Range

// Of a space that names none.
const std::string kDefaultPolicy = "cosine";
const std::string kDefaultOptimizer = "adam";

enum class Kind { real, integer, truth, word };

struct Bounds {
  double min = 0;
  bool min_allowed = false;
  double max = kInfinity;
  bool max_allowed = false;

  [[nodiscard]] bool hold(double x) const {
    return (min_allowed ? x >= min : x > min) && (max_allowed ? x <= max : x < max);
  }
};

struct Rule {
  std::string name;
  Kind kind = Kind::real;
  std::string allowed;  // in words
  Bounds bounds;        // of a real or an integer
  std::vector<std::string> words;
  std::string chooser;               // used only where this hyperparameter ...
  std::vector<std::string> choices;  // ... may be one of these words; empty: always used
  bool required = false;             // where it is used
};

std::string any_of(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "\"" : i + 1 < words.size() ? ", \"" : " or \"") + words[i] + '"';
  return text;
}

using Words = std::vector<std::string>;

template <class Table>
Words words_of(const Table& table) {
  Words words;
  for (const auto& row : table) words.emplace_back(row.word);
  return words;
}

template <class Table>
Words words_that_take(std::string_view name, const Table& table) {
  Words words;
  for (const auto& row : table)
    if (row.takes.holds(name)) words.emplace_back(row.word);
  return words;
}

// What the chooser must be for the hyperparameter to be used.
Words choices_of(std::string_view chooser, std::string_view name) {
  if (chooser == "policy") return words_that_take(name, kPolicies);
  if (chooser == "optimizer") return words_that_take(name, kOptimizers);
  return {};
}

Rule real(const char* name, const char* allowed, const Bounds& bounds, const char* chooser = "",
          bool required = false) {
  return {name, Kind::real, allowed, bounds, {}, chooser, choices_of(chooser, name), required};
}
Rule integer(const char* name, const char* chooser = "", bool required = false) {
  static const Bounds counting{
      .min = 1, .min_allowed = true, .max = kLargestStep, .max_allowed = true};
  return {name, Kind::integer, "a whole number from 1 up", counting,
          {},   chooser,       choices_of(chooser, name),  required};
}
Rule truth(const char* name, const char* chooser) {
  return {name, Kind::truth, "true or false", {}, {}, chooser, choices_of(chooser, name), false};
}
Rule word(const char* name, const Words& words, const char* chooser = "") {
  return {name, Kind::word, any_of(words), {}, words, chooser, choices_of(chooser, name), false};
}

const std::vector<Rule>& rules() {
  static const Bounds positive{};
  static const Bounds share{.min = 0, .min_allowed = true, .max = 1, .max_allowed = false};
  static const Bounds shrinking{.min = 0, .min_allowed = false, .max = 1, .max_allowed = true};
  static const Bounds from_zero{.min = 0, .min_allowed = true};
  static const std::vector<Rule> table = {
      real("learning_rate", "a number above 0", positive, "", true),
      word("policy", words_of(kPolicies)),
      integer("decay_steps", "policy", true),
      real("decay_rate", "a number above 0 and at most 1", shrinking, "policy", true),
      truth("staircase", "policy"),
      real("power", "a number above 0", positive, "policy"),
      real("end_factor", "a number from 0 up and below 1", share, "policy"),
      real("cooldown_fraction", "a number above 0 and at most 1", shrinking, "policy"),
      integer("warmup_steps"),
      word("optimizer", words_of(kOptimizers)),
      real("momentum", "a number from 0 up and below 1", share, "optimizer"),
      real("rho", "a number from 0 up and below 1", share, "optimizer"),
      real("beta1", "a number from 0 up and below 1", share, "optimizer"),
      real("beta2", "a number from 0 up and below 1", share, "optimizer"),
      real("epsilon", "a number above 0", positive, "optimizer"),
      real("l2", "a number from 0 up", from_zero),
      real("weight_decay", "a number from 0 up", from_zero),
      real("clip_norm", "a number above 0", positive),
      word("hypergradient", Words(kHypergradientWords.begin(), kHypergradientWords.end()),
           "optimizer"),
      real("hypergradient_rate", "a number from 0 up", from_zero, "optimizer"),
  };
  return table;
}

const Rule* rule_of(const std::string& name) {
  const auto found = std::find_if(rules().begin(), rules().end(),
                                  [&](const Rule& rule) { return rule.name == name; });
  return found == rules().end() ? nullptr : &*found;
}

bool allows(const Rule& rule, const Value& value) {
  if (const auto* truth = std::get_if<bool>(&value); truth != nullptr)
    return rule.kind == Kind::truth;
  if (const auto* word = std::get_if<std::string>(&value))
    return rule.kind == Kind::word &&
           std::find(rule.words.begin(), rule.words.end(), *word) != rule.words.end();
  if (const auto* integer = std::get_if<std::int64_t>(&value))
    return (rule.kind == Kind::integer || rule.kind == Kind::real) &&
           rule.bounds.hold(static_cast<double>(*integer));
  const double real = std::get<double>(value);
  return rule.kind == Kind::real && std::isfinite(real) && rule.bounds.hold(real);
}

struct CheckDomain {
  const Rule& rule;

  void operator()(const Fixed& fixed) const { check_value(fixed.value); }
  void operator()(const Choices& choices) const {
    for (const Value& value : choices.values) check_value(value);
  }
  void operator()(const Range& range) const {
    if (rule.kind == Kind::truth || rule.kind == Kind::word)
      throw SpaceError(rule.name, rule.name + " cannot have a range; use " + rule.allowed +
                                      ", or a list of choices");
    if (rule.kind == Kind::integer && !range.integer)
      throw SpaceError(rule.name, "the range of " + rule.name +
                                      " holds fractions, but it must be " + rule.allowed +
                                      "; make it a range of integers");
    for (const double end : {range.min, range.max})
      if (!rule.bounds.hold(end))
        throw SpaceError(rule.name, "the range of " + rule.name + " reaches " + text(Value{end}) +
                                        ", but it must be " + rule.allowed + "; narrow it");
  }

 private:
  void check_value(const Value& value) const {
    if (allows(rule, value)) return;
    throw SpaceError(rule.name,
                     rule.name + " = " + text(value) + " is not allowed; use " + rule.allowed);
  }
};

// What the chooser is where nothing names it: what recipe_of() takes.
Value default_of(const std::string& chooser) {
  return std::string(chooser == "policy" ? kPolicyIfUnnamed : row_of(kOptimizerIfUnnamed).word);
}

// What the chooser may be.
std::vector<Value> values_of(const SearchSpace& space, const std::string& chooser) {
  const Hyperparameter* found = space.find(chooser);
  if (found == nullptr) return {default_of(chooser)};
  if (const auto* fixed = std::get_if<Fixed>(&found->domain)) return {fixed->value};
  if (const auto* choices = std::get_if<Choices>(&found->domain)) return choices->values;
  return {};
}

// Whether the space ever makes `chooser` one of the words.
bool may_be(const SearchSpace& space, const std::string& chooser, const Words& words) {
  const std::vector<Value> values = values_of(space, chooser);
  return std::any_of(words.begin(), words.end(), [&](const std::string& one) {
    return std::find(values.begin(), values.end(), Value{one}) != values.end();
  });
}

void check_need(const SearchSpace& space, const Rule& rule) {
  const bool given = space.find(rule.name) != nullptr;
  const bool used = rule.chooser.empty() || may_be(space, rule.chooser, rule.choices);
  const std::string choice = rule.chooser + " = " + any_of(rule.choices);
  if (given && !used)
    throw SpaceError(rule.name, rule.name + " is given, but only " + choice +
                                    " uses it and the search space never chooses that; add " +
                                    choice + " or remove " + rule.name);
  if (!given && used && rule.required)
    throw SpaceError(rule.name, rule.name + " is missing" +
                                    (rule.chooser.empty() ? "" : ", but " + choice + " needs it") +
                                    "; add it: " + rule.allowed + ", a range or a list of choices");
}

}  // namespace

const std::vector<std::string>& hyperparameter_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> result;
    for (const Rule& rule : rules()) result.push_back(rule.name);
    return result;
  }();
  return names;
}

namespace {

const Rule& known_rule(const std::string& name) {
  if (const Rule* rule = rule_of(name)) return *rule;
  const auto near = nearest_name(name, hyperparameter_names());
  throw SpaceError(name, name + " is not a hyperparameter; " +
                             (near ? "did you mean " + *near + "?"
                                   : "the first of them is " + hyperparameter_names().front()));
}

}  // namespace

bool uses(const Configuration& configuration, const std::string& name) {
  const Rule& rule = known_rule(name);
  if (rule.chooser.empty()) return true;
  const Value* chosen = configuration.find(rule.chooser);
  const Value value = chosen != nullptr ? *chosen : default_of(rule.chooser);
  return std::any_of(rule.choices.begin(), rule.choices.end(),
                     [&](const std::string& choice) { return value == Value{choice}; });
}

bool takes_whole_numbers(const std::string& name) {
  const Rule* rule = rule_of(name);
  return rule != nullptr && rule->kind == Kind::integer;
}

bool is_required(const std::string& name) { return known_rule(name).required; }

bool is_used_by(const std::string& name, const std::string& choice) {
  const Rule& rule = known_rule(name);
  return rule.chooser.empty() ||
         std::find(rule.choices.begin(), rule.choices.end(), choice) != rule.choices.end();
}

void check(const Setting& setting) { CheckDomain{known_rule(setting.name)}(Fixed{setting.value}); }

SearchSpace completed(SearchSpace space) {
  const auto name = [&space](const char* hyperparameter, Domain domain) {
    if (space.find(hyperparameter) == nullptr)
      space.hyperparameters.push_back({hyperparameter, std::move(domain)});
  };
  const std::vector<Value> optimizers = space.find("optimizer") == nullptr
                                            ? std::vector{Value{kDefaultOptimizer}}
                                            : values_of(space, "optimizer");
  // Good rates lie a decade lower where a step is divided by the size of the gradient.
  const Words& dividing = known_rule("epsilon").choices;
  const auto divides = [&](const Value& optimizer) {
    return std::any_of(dividing.begin(), dividing.end(),
                       [&](const std::string& word) { return optimizer == Value{word}; });
  };
  name("learning_rate",
       Range{.min = std::any_of(optimizers.begin(), optimizers.end(), divides) ? 1e-4 : 1e-3,
             .max = std::all_of(optimizers.begin(), optimizers.end(), divides) ? 0.1 : 1.0,
             .scale = Scale::log});
  name("policy", Fixed{kDefaultPolicy});
  name("optimizer", Fixed{kDefaultOptimizer});
  return space;
}

SearchSpace conditioned(SearchSpace space) {
  for (Hyperparameter& hyperparameter : space.hyperparameters) {
    const Rule& rule = known_rule(hyperparameter.name);
    if (rule.chooser.empty() || hyperparameter.when) continue;
    const Hyperparameter* chooser = space.find(rule.chooser);
    if (chooser != nullptr && std::holds_alternative<Choices>(chooser->domain))
      hyperparameter.when =
          Condition{.name = rule.chooser, .values = {rule.choices.begin(), rule.choices.end()}};
  }
  return space;
}

void check(const SearchSpace& space) {
  stepladder::check(space);
  for (const Hyperparameter& hyperparameter : space.hyperparameters) {
    std::visit(CheckDomain{known_rule(hyperparameter.name)}, hyperparameter.domain);
  }
  for (const Rule& rule : rules()) check_need(space, rule);
}

}  // namespace stepladder::training
