#include "stepladder/experiment/difference.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiment/small_experiment.hpp"
#include "stepladder/experiment/experiment_text.hpp"

namespace stepladder::experiment {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Experiment as_recorded(const Experiment& experiment) {
  return parse_experiment(identity_of(experiment), "journal.jsonl", "/", {}, Needs::record);
}

std::vector<std::string> names_in(const std::vector<Difference>& found) {
  std::vector<std::string> names;
  for (const Difference& difference : found) names.push_back(difference.name());
  return names;
}

std::string reference() {
  std::ifstream file(STEPLADDER_TESTS_DIR "/../scripts/experiments/reference.toml");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string of_format(const std::string& format, const std::string& more) {
  return "name = \"table\"\n[data]\nformat = \"" + format + "\"\n" + more + "[space]\n" +
         "learning_rate = 0.1\n";
}
const std::string kCsv = of_format("csv", "train = \"a.csv\"\nlabel = \"kind\"\n");
const std::string kNpy = of_format("npy",
                                   "train = \"a.npy\"\ntrain_labels = \"b.npy\"\n"
                                   "test = \"c.npy\"\ntest_labels = \"d.npy\"\n");

// The dotted name of each setting that an experiment is written with.
std::set<std::string> settings_in(const std::string& toml) {
  std::set<std::string> settings;
  std::string section;
  std::istringstream text(toml);
  for (std::string line; std::getline(text, line);) {
    const std::size_t equals = line.find(" = ");
    if (line.starts_with('['))
      section = line.substr(1, line.find(']') - 1) + '.';
    else if (!line.starts_with('#') && equals != std::string::npos)
      settings.insert(section + line.substr(0, equals));
  }
  return settings;
}

// Of every setting: an experiment that has it, another value for it, and whether that makes it
// another run.
struct Change {
  std::string text;
  std::string value;
  bool is_another_run = true;
};

std::map<std::string, Change> changes() {
  const std::string whole = reference();
  std::string without_test = whole;  // its own rows are scored
  for (const std::string key : {"test_images", "test_labels"}) {
    const std::size_t at = without_test.find("\n" + key + " = ");
    without_test.erase(at, without_test.find('\n', at + 1) - at);
  }
  without_test.insert(without_test.find("\nprune_rows = "), "\ntest_rows = 40");
  return {
      {"name", {whole, "\"other\"", false}},
      {"seed", {whole, "2"}},
      {"data.format", {whole, ""}},  // which takes other keys too: below
      {"data.train_images", {whole, "\"moved\"", false}},
      {"data.train_labels", {whole, "\"moved\"", false}},
      {"data.test_images", {whole, "\"moved\"", false}},
      {"data.test_labels", {whole, "\"moved\"", false}},
      {"data.train", {kCsv, "\"moved.csv.gz\"", false}},
      {"data.test", {kNpy, "\"moved.npy\"", false}},
      {"data.header", {of_format("csv", "train = \"a.csv\"\nlabel = 1\n"), "false"}},
      {"data.label", {kCsv, "1"}},
      {"data.test_rows", {without_test, "41"}},
      {"data.prune_rows", {whole, "41"}},
      {"data.final_rows", {whole, "41"}},
      {"data.stratified", {whole, "true"}},
      {"model.hidden", {whole, "[3]"}},
      {"model.batch", {whole, "3"}},
      {"model.keep_probability", {whole, "0.5"}},
      {"model.initialisation", {whole, ""}},  // there is one only
      {"model.engine", {whole, "\"reference\""}},
      {"model.precision", {whole, "\"bf16\""}},
      {"schedule.mode", {whole, "\"asha_stopping\""}},
      {"schedule.promotion", {whole, "\"delayed\""}},
      {"schedule.eta", {whole, "4"}},
      {"schedule.min_steps", {whole, "150"}},
      {"schedule.max_steps", {whole, "8000"}},
      {"schedule.brackets", {whole, "1"}},
      {"schedule.top_k", {whole, "4"}},
      {"schedule.trials", {whole, "41"}},
      {"schedule.total_steps", {whole, "100000"}},
      {"schedule.rung_score", {whole, "\"as_is\""}},
      {"schedule.cooldown_fraction", {whole, "0.3"}},
      {"schedule.audit_fraction", {whole, "0.1"}},
      {"schedule.finalists", {whole, "4"}},
      {"schedule.confirmation_seeds", {whole, "6"}},
      {"schedule.extend_range", {whole, "true"}},
      {"schedule.extend_range_max", {whole, "10"}},
      {"schedule.metric", {whole, "\"loss\""}},
      {"schedule.finish_winner", {whole, "false"}},
      {"schedule.search", {whole, "\"random\""}},
      {"schedule.grid_points", {whole, "6"}},
      {"schedule.first", {whole, "[{ learning_rate = 0.1 }]"}},
      {"run.heartbeat_seconds", {whole, "7", false}},
      {"run.checkpoint_seconds", {whole, "7", false}},
      {"run.checkpoint_bytes_max", {whole, "7000000", false}},
  };
}

// A new key must be decided on here. Of [space] every change counts.
TEST(Differences, AreDecidedOnForEveryKeyOfAnExperiment) {
  std::set<std::string> decided;
  for (const auto& [name, change] : changes()) decided.insert(name);
  std::set<std::string> all;
  for (const std::string& text : {reference(), kCsv, kNpy}) {
    const std::set<std::string> some = settings_in(to_toml(parse(text)));
    all.insert(some.begin(), some.end());
  }
  all.insert("data.test_rows");
  std::erase_if(all, [](const std::string& name) { return name.starts_with("space."); });
  EXPECT_EQ(all, decided);
}

TEST(Differences, AreOfWhatDecidesTheResultAndOfNothingElse) {
  for (const auto& [name, change] : changes()) {
    if (change.value.empty()) continue;
    SCOPED_TRACE(name + '=' + change.value);
    const Experiment there = parse(change.text);
    const Experiment here = parse(change.text, {name + '=' + change.value});
    EXPECT_NE(to_toml(there), to_toml(here));
    const std::vector<Difference> found = differences(as_recorded(there), here);
    if (!change.is_another_run) {
      EXPECT_THAT(names_in(found), IsEmpty());
      continue;
    }
    ASSERT_THAT(names_in(found), ElementsAre(name));
    EXPECT_EQ(found.front().kind, DifferenceKind::value);
    // What undoes it.
    EXPECT_THAT(names_in(differences(there, parse(change.text, {name + '=' + change.value,
                                                                override_of(found.front())}))),
                IsEmpty());
  }
}

TEST(Differences, AreNoneWithItsOwnRecord) {
  for (const std::string& text : {kSmallExperiment, reference(), kCsv, kNpy})
    EXPECT_THAT(names_in(differences(as_recorded(parse(text)), parse(text))), IsEmpty());
}

TEST(Differences, AreNoneWhereNumbersAreWrittenOtherwise) {
  EXPECT_THAT(
      names_in(differences(parse(kSmallExperiment), parse(changed("min = 1e-3", "min = 0.0010")))),
      IsEmpty());
}

TEST(Differences, AreOfEveryHyperparameter) {
  const Experiment there = parse(kSmallExperiment);
  for (const Hyperparameter& hyperparameter : there.space.hyperparameters) {
    Experiment here = there;
    for (Hyperparameter& other : here.space.hyperparameters)
      if (other.name == hyperparameter.name) other.domain = Fixed{Value{0.125}};
    EXPECT_THAT(names_in(differences(there, here)), ElementsAre("space." + hyperparameter.name));
  }
}

TEST(Differences, SayWhatIsThereAndHere) {
  const Experiment there = parse(kSmallExperiment);
  EXPECT_THAT(differences(there, parse(changed("eta = 3", "eta = 4"))),
              ElementsAre(Difference{DifferenceKind::value, "schedule", "eta", "3", "4"}));
  EXPECT_THAT(differences(there, parse(kSmallExperiment, {"space.l2=0.5"})),
              ElementsAre(Difference{DifferenceKind::only_here, "space", "l2", "", "0.5"}));
  EXPECT_THAT(differences(there, parse(changed("staircase = { choices = [true, false] }\n", ""))),
              ElementsAre(Difference{DifferenceKind::only_there, "space", "staircase",
                                     "{ choices = [true, false] }", ""}));
  EXPECT_THAT(
      differences(there, parse(changed("trials = 9", "total_steps = 900"))),
      ElementsAre(Difference{DifferenceKind::only_there, "schedule", "trials", "9", ""},
                  Difference{DifferenceKind::value, "schedule", "total_steps", "0", "900"}));
}

// Each place is a dimension of the Sobol points.
TEST(Differences, AreOfTheOrderOfTheHyperparameters) {
  const std::string policy = "policy = \"exponential\"\n";
  std::string text = changed(policy, "");
  text.insert(text.find("decay_rate"), policy);
  EXPECT_THAT(differences(parse(kSmallExperiment), parse(text)),
              ElementsAre(Difference{DifferenceKind::order, "space", "decay_steps", "policy",
                                     "decay_steps"}));
}

// Whether rows of the training file are scored depends on it.
TEST(Differences, AreOfATestFileThatComesOrGoes) {
  const std::string with_test = of_format("csv", "train = \"a.csv\"\ntest = \"b.csv\"\n");
  const std::string without = of_format("csv", "train = \"a.csv\"\n");
  EXPECT_THAT(names_in(differences(parse(with_test), parse(without))), ElementsAre("data.test"));
  EXPECT_THAT(names_in(differences(parse(without), parse(with_test))), ElementsAre("data.test"));
}

TEST(Differences, AreOfTheFormatOfTheData) {
  EXPECT_THAT(names_in(differences(parse(kCsv), parse(kNpy))), ::testing::Contains("data.format"));
}

TEST(Places, AreOfEachSettingAndNotOfDefaults) {
  const Experiment e =
      parse(kSmallExperiment, {"schedule.eta=4", "space.learning_rate.max=3", "model.batch=8"});
  EXPECT_EQ(e.source, "small.toml");
  EXPECT_EQ(e.places.at("seed"), "small.toml:2");
  EXPECT_EQ(e.places.at("schedule.mode"),
            "small.toml:" + line_of(kSmallExperiment, "mode = \"asha\""));
  EXPECT_EQ(e.places.at("space.policy"), "small.toml:" + line_of(kSmallExperiment, "policy = "));
  EXPECT_EQ(e.places.at("schedule.eta"), "--set schedule.eta=4");
  EXPECT_EQ(e.places.at("space.learning_rate"), "--set space.learning_rate.max=3");
  EXPECT_EQ(e.places.count("schedule.brackets"), 0U);
}

}  // namespace
}  // namespace stepladder::experiment
