// Every way an experiment file can be wrong: the complaint names the file, the line and the key.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiment/small_experiment.hpp"

namespace stepladder::experiment {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

struct Mistake {
  std::string right;
  std::string wrong;
  std::string complaint;  // after the place, in part
  std::string at = {};    // the text that stands on the line at fault; `wrong` if empty
};

void expect_complaints(const std::vector<Mistake>& mistakes) {
  for (const Mistake& mistake : mistakes) {
    const std::string text = changed(mistake.right, mistake.wrong);
    const std::string found = complaint(text);
    const std::string line = line_of(text, mistake.at.empty() ? mistake.wrong : mistake.at);
    EXPECT_THAT(found, StartsWith("small.toml:" + line + ": "));
    EXPECT_THAT(found, HasSubstr(mistake.complaint));
    EXPECT_EQ(found.find('\n'), std::string::npos) << found;
  }
}

TEST(Complaints, of_what_is_no_toml) {
  expect_complaints({{"seed = 7", "seed = ", "not valid TOML"},
                     {"seed = 7", "seed 7", "not valid TOML"},
                     {"seed = 7", "name = \"again\"", "not valid TOML"},
                     {"[model]", "[model", "not valid TOML"}});
}

TEST(Complaints, of_unknown_keys_at_every_level_name_the_nearest) {
  expect_complaints({
      {"seed = 7", "sead = 7", "unknown key sead; did you mean seed?"},
      {"[schedule]", "[scheduel]", "unknown key scheduel; did you mean schedule?"},
      {"prune_rows = 100", "prune_row = 100",
       "unknown key data.prune_row; did you mean prune_rows?"},
      {"batch = 16", "bach = 16", "unknown key model.bach; did you mean batch?"},
      {"trials = 9", "trails = 9", "unknown key schedule.trails; did you mean trials?"},
      {"min = 0.5", "mim = 0.5", "unknown key space.decay_rate.mim; did you mean min?"},
      {"choices = [true", "choice = [true",
       "unknown key space.staircase.choice; did you mean choices?"},
      {"learning_rate = {", "lerning_rate = {", "did you mean learning_rate?"},
      {"trials = 9", "qqqqqqqqqqqqqq = 9",
       "known here: mode, promotion, eta, min_steps, max_steps"},
  });
}

TEST(Complaints, of_wrong_types_say_what_is_wanted) {
  expect_complaints({
      {"name = \"small\"", "name = 3", "name must be a text in quotes"},
      {"seed = 7", "seed = 7.5", "seed must be a whole number"},
      {"seed = 7", "seed = \"7\"", "seed must be a whole number"},
      {"[model]", "[[model]]", "model must be a table"},
      {"\"train-images\"", "[1]", "data.train_images must be a text in quotes"},
      {"prune_rows = 100", "prune_rows = true", "data.prune_rows must be a whole number"},
      {"hidden = [8]", "hidden = 8", "model.hidden must be a list in [ ]"},
      {"hidden = [8]", "hidden = [8, 2.5]", "model.hidden must be a list of whole numbers"},
      {"batch = 16", "batch = 16.0", "model.batch must be a whole number"},
      {"keep_probability = 0.5", "keep_probability = \"half\"",
       "model.keep_probability must be a number"},
      {"min = 0.5, max", "min = \"0.5\", max", "space.decay_rate.min must be a number"},
      {"scale = \"log\" }\npolicy", "scale = 10 }\npolicy",
       "space.learning_rate.scale must be a text"},
      {"choices = [true, false]", "choices = true", "space.staircase.choices must be a list"},
      {"eta = 3", "eta = 3.0", "schedule.eta must be a whole number"},
      {"finish_winner = false", "finish_winner = 0",
       "schedule.finish_winner must be true or false"},
      {"decay_rate = { min = 0.5, max = 1.0 }", "decay_rate = [0.5, 0.7]", "decay_rate"},
      {"decay_rate = { min = 0.5, max = 1.0 }", "decay_rate = 2020-01-01", "decay_rate"},
  });
}

TEST(Complaints, of_missing_keys_say_what_to_write) {
  expect_complaints({
      {"name = \"small\"\n", "", "name is missing", "seed = 7"},
      {"name = \"small\"", "name = \"\"", "name is missing"},
      {"format = \"idx\"\n", "", "[data] has no format; write format = \"idx\"", "[data]"},
      {"test_labels = \"test-labels\"\n", "", "[data] has no test_labels", "[data]"},
  });
  EXPECT_THAT(complaint("name = \"x\"\n[space]\nlearning_rate = 1\n"),
              HasSubstr("small.toml:1: [data] is missing"));
}

TEST(Complaints, of_words_that_do_not_exist_list_those_that_do) {
  expect_complaints({
      {"\"idx\"", "\"xls\"", "format = \"xls\" does not exist; use one of \"idx\""},
      {"mode = \"asha\"", "mode = \"bohb\"",
       "use one of \"asha\", \"asha_stopping\", \"hyperband_async\""},
      {"metric = \"loss\"", "metric = \"speed\"", "use one of \"accuracy\", \"loss\""},
      {"scale = \"log\" }\npolicy", "scale = \"exp\" }\npolicy", "use one of \"linear\", \"log\""},
  });
}

TEST(Complaints, of_values_out_of_their_range) {
  expect_complaints({
      {"\"small\"", "\"a/b\"", "name cannot"},
      {"\"small\"", "\".hidden\"", "name cannot"},
      {"\"small\"", "\"a\\nb\"", "name cannot", "name ="},
      {"\"small\"", "\"a\\u0000b\"", "name cannot", "name ="},
      {"seed = 7", "seed = -7", "seed = -7; use 0 or more"},
      {"prune_rows = 100", "prune_rows = 0", "prune_rows = 0; use 1 or more"},
      {"final_rows = 60", "final_rows = -60", "final_rows = -60; use 1 or more"},
      {"hidden = [8]", "hidden = [8, 0]", "hidden = 0"},
      {"batch = 16", "batch = 0", "batch = 0"},
      {"keep_probability = 0.5", "keep_probability = 0.0", "keep_probability = 0"},
      {"\"truncated_normal\"", "\"zeros\"", "initialisation = \"zeros\" does not exist"},
  });
}

TEST(Complaints, of_plans_that_cannot_be_carried_out) {
  expect_complaints({
      {"eta = 3", "eta = 1", "eta = 1"},
      {"min_steps = 10", "min_steps = 0", "min_steps = 0"},
      {"min_steps = 10", "min_steps = 91", "min_steps = 91 is above max_steps = 90"},
      {"trials = 9", "trials = 0", "trials = 0"},
      {"trials = 9", "trials = 99999999999", "trials = 99999999999"},
      {"extend_range_max = 30", "extend_range_max = 2", "use a number from 3 to 1e6"},
      {"extend_range_max = 30", "extend_range_max = inf", "use a number from 3 to 1e6"},
      {"extend_range = false", "extend_range = 1", "extend_range"},
  });
  // Where the key at fault is not in the file, the table is blamed.
  const std::string text = changed("min_steps = 10\nmax_steps = 90", "max_steps = 90");
  EXPECT_THAT(complaint(text), StartsWith("small.toml:" + line_of(text, "[schedule]") + ": "));
  EXPECT_THAT(complaint(text), HasSubstr("min_steps = 100 is above max_steps = 90"));
}

TEST(Complaints, of_spaces_that_cannot_be_searched) {
  const std::string rate = "{ min = 1e-3, max = 1.0, scale = \"log\" }";
  expect_complaints({
      {rate, "{ min = 2.0, max = 1.0 }", "learning_rate is empty"},
      {rate, "{ min = 0.0, max = 1.0, scale = \"log\" }", "a log range must lie above 0"},
      {rate, "{ min = 0, max = 1.0 }", "learning_rate"},
      {rate, "{ min = 0.1, max = inf }", "learning_rate"},
      {rate, "{ min = nan, max = 1.0 }", "learning_rate"},
      {rate, "{ min = 0.1 }", "learning_rate needs min and max, or choices"},
      {rate, "{ }", "learning_rate needs min and max, or choices"},
      {rate, "{ choices = [] }", "the choices of learning_rate are empty"},
      {rate, "{ choices = [0.1, \"fast\"] }", "learning_rate"},
      {rate, "{ choices = [0.1, [0.2]] }", "learning_rate"},
      {rate, "-0.1", "learning_rate"},
      {"policy = \"exponential\"", "policy = \"stairs\"", "policy"},
      {"policy = \"exponential\"", "policy = { min = 1, max = 2 }", "policy"},
      {"min = 10, max = 300", "min = 0, max = 300", "decay_steps"},
      {"decay_rate = { min = 0.5, max = 1.0 }", "decay_rate = 1.5", "decay_rate"},
      {"policy = \"exponential\"", "policy = \"constant\"", "decay_steps is given, but only",
       "decay_steps ="},
  });
}

TEST(Complaints, OfWhatIsCountedInStepsAndGoesBeyondTheRun) {
  const std::string optimizer = "optimizer = { choices = [\"sgd\", \"momentum\", \"adam\"] }\n";
  expect_complaints({
      {optimizer, optimizer + "warmup_steps = 91\n",
       "warmup_steps = 91 is more than max_steps = 90", "warmup_steps"},
      {optimizer, optimizer + "warmup_steps = { min = 1, max = 91 }\n",
       "the range of warmup_steps reaches 91, which is more than max_steps = 90", "warmup_steps"},
      {"min = 10, max = 300", "min = 10000, max = 300000",
       "the range of decay_steps begins at 10000, which lowers the learning rate by less than 1 %"},
  });
  const std::string warm = changed(optimizer, optimizer + "warmup_steps = 5\n");
  EXPECT_EQ(complaint(warm), "");
  EXPECT_EQ(complaint(warm, {"schedule.first=[{warmup_steps=90}]"}), "");
  EXPECT_THAT(complaint(warm, {"schedule.first=[{warmup_steps=91}]"}),
              StartsWith("--set schedule.first=[{warmup_steps=91}]: warmup_steps = 91 is more"));
  EXPECT_THAT(complaint(warm, {"space.warmup_steps=1000000"}),
              StartsWith("--set space.warmup_steps=1000000: warmup_steps = 1000000 is more than "
                         "max_steps = 90"));
}

TEST(Complaints, of_ranges_that_cannot_be_extended) {
  const auto extending = [](std::string text) {
    const std::string old = "extend_range = false";
    return text.replace(text.find(old), old.size(), "extend_range = true");
  };
  const std::string rate = "{ min = 1e-3, max = 1.0, scale = \"log\" }";
  for (const char* other : {"0.1", "{ choices = [0.1, 0.3] }", "{ min = 1e-3, max = 1.0 }",
                            "{ min = 1.0, max = 1.0, scale = \"log\" }"}) {
    const std::string text = extending(changed(rate, other));
    EXPECT_THAT(complaint(text), StartsWith("small.toml:" + line_of(text, "extend_range =") + ": "))
        << other;
    EXPECT_THAT(complaint(text), HasSubstr("extend_range widens a range of learning_rate"));
    EXPECT_EQ(complaint(text, {"schedule.extend_range=false"}), "");
  }
  const std::string unlimited = extending(changed("trials = 9", "total_steps = 900"));
  EXPECT_THAT(complaint(unlimited),
              StartsWith("small.toml:" + line_of(unlimited, "extend_range =") + ": "));
  EXPECT_THAT(complaint(unlimited), HasSubstr("set trials as well"));
}

TEST(Complaints, of_how_a_run_is_run) {
  const auto with = [](const std::string& line) {
    return Mistake{"[schedule]\n", "[run]\n" + line + "\n[schedule]\n", "", line};
  };
  std::vector<Mistake> mistakes;
  for (const auto& [line, complaint] : std::vector<std::pair<std::string, std::string>>{
           {"heartbeat_seconds = 0", "heartbeat_seconds = 0.0; use a number from 0.1"},
           {"heartbeat_seconds = nan", "heartbeat_seconds = nan; use a number from"},
           {"checkpoint_seconds = -1", "checkpoint_seconds = -1.0; use a number from 0"},
           {"checkpoint_bytes_max = -1", "use a number of bytes, or 0 for no limit"},
           {"checkpoint_bytes_max = 1.5", "run.checkpoint_bytes_max must be a whole number"},
           {"heartbeat = 3", "unknown key run.heartbeat"}}) {
    mistakes.push_back(with(line));
    mistakes.back().complaint = complaint;
  }
  expect_complaints(mistakes);
}

// The small experiment with a momentum, and configurations to try first.
std::string with_first(const std::string& first) {
  std::string text = changed("optimizer = {", "momentum = 0.9\noptimizer = {");
  return text.replace(text.find("eta = 3"), 0, "first = [" + first + "]\n");
}

TEST(Complaints, OfWhatToTryFirstNameTheSettingThatMeansNothing) {
  const std::string unknown = with_first("{ learning_rate = 0.1 },\n{ rho = 0.9 }");
  EXPECT_THAT(complaint(unknown),
              StartsWith("small.toml:" + line_of(unknown, "{ rho") +
                         ": schedule.first sets rho, which the search space does not have"));
  const std::string unused =
      with_first("{ learning_rate = 0.1 },\n{ optimizer = \"adam\", momentum = 0.5 }");
  EXPECT_EQ(complaint(unused), "small.toml:" + line_of(unused, "{ optimizer = \"adam\"") +
                                   ": schedule.first sets momentum, which is used only where "
                                   "optimizer is \"momentum\", \"nesterov\", \"nesterov_hd\"; in "
                                   "this configuration it is \"adam\": set optimizer too, or leave "
                                   "momentum out");
  EXPECT_EQ(complaint(with_first("{ optimizer = \"momentum\", momentum = 0.5 }")), "");
}

TEST(Warnings, NameWhatLiesOutsideTheSearch) {
  const std::string text = with_first(
      "{ learning_rate = 1 },\n{ learning_rate = 5.0 },\n"
      "{ optimizer = \"rmsprop\" }, { optimizer = \"momentum\", "
      "momentum = 0.5 }");
  const std::string second = "small.toml:" + line_of(text, "{ learning_rate = 5.0");
  const std::string third = "small.toml:" + line_of(text, "{ optimizer = \"rmsprop");
  EXPECT_THAT(
      parse(text).warnings,
      ElementsAre(second + ": schedule.first sets learning_rate = 5.0, outside the range of "
                           "learning_rate, 0.001 to 1.0; the search itself does not go there",
                  third +
                      ": schedule.first sets optimizer = \"rmsprop\", outside the choices of "
                      "optimizer, \"sgd\", \"momentum\", \"adam\"; the search itself does not go "
                      "there",
                  third + ": schedule.first sets momentum = 0.5, outside the space, where momentum "
                          "= 0.9; the search itself does not go there"));
}

TEST(Warnings, AskForALogarithmicScaleWhereARangeSpansDecades) {
  const std::string text = changed("max = 1.0, scale = \"log\"", "max = 1.0");
  EXPECT_THAT(parse(text).warnings,
              ElementsAre("small.toml:" + line_of(text, "learning_rate") +
                          ": learning_rate goes from 0.001 to 1.0 on a linear scale, so that 9 of "
                          "10 values lie above 0.1; add scale = \"log\""));
  EXPECT_THAT(parse(kSmallExperiment).warnings, IsEmpty());
  EXPECT_THAT(
      parse(changed("min = 1e-3, max = 1.0, scale = \"log\"", "min = 0.02, max = 1.0")).warnings,
      IsEmpty());
}

TEST(Warnings, CountConfigurationsWhereThereAreFewerThanTrials) {
  const std::string few =
      changed("learning_rate = { min = 1e-3, max = 1.0, scale = \"log\" }", "learning_rate = 0.1");
  EXPECT_THAT(parse(few).warnings, IsEmpty()) << "decay_rate is a real number";
  const std::vector<std::string> whole = {"space.decay_rate=0.9", "space.decay_steps=20"};
  // staircase or not, with three optimizers
  EXPECT_THAT(
      parse(few, whole).warnings,
      ElementsAre("small.toml:" + line_of(few, "trials = 9") +
                  ": 9 trials, but the space has only 6 different configurations, and each is "
                  "tried once; widen [space] for more trials"));
  std::vector<std::string> enough = whole;
  enough.emplace_back("schedule.trials=6");
  EXPECT_THAT(parse(few, enough).warnings, IsEmpty());
  std::vector<std::string> limited = whole;
  limited.emplace_back("schedule.total_steps=1000");
  const std::string unlimited = [&] {
    std::string text = few;
    return text.erase(text.find("trials = 9"), 10);
  }();
  EXPECT_THAT(parse(unlimited, limited).warnings,
              ElementsAre("--set schedule.total_steps=1000: total_steps allows up to 100 trials, "
                          "but the space has only 6 different configurations, and each is tried "
                          "once; widen [space] for more trials"));
}

TEST(Warnings, CountTheCombinationsOfAGridLikewise) {
  const std::string grid =
      changed("trials = 9", "trials = 900\nsearch = \"grid\"\ngrid_points = 2");
  // rates, steps and factors of decay, staircase or not, with three optimizers
  EXPECT_THAT(parse(grid).warnings,
              ElementsAre("small.toml:" + line_of(grid, "trials = 900") +
                          ": 900 trials, but the space has only 48 different configurations, and "
                          "each is tried once; widen [space] for more trials"));
}

TEST(Warnings, NameWhatIsListedTwiceToBeTriedFirst) {
  const std::string text =
      changed("learning_rate = { min = 1e-3, max = 1.0, scale = \"log\" }", "learning_rate = 0.1");
  const std::string twice = [&] {
    std::string all = text;
    return all.replace(all.find("eta = 3"), 0,
                       "first = [\n{ optimizer = \"adam\", decay_rate = 0.9, decay_steps = 20, "
                       "staircase = true },\n{ staircase = true, optimizer = \"adam\", decay_steps "
                       "= 20, decay_rate = 0.9 } ]\n");
  }();
  EXPECT_THAT(parse(twice).warnings,
              ElementsAre(StartsWith("small.toml:" + line_of(twice, "{ staircase = true, o") +
                                     ": schedule.first lists a configuration again (")));
}

}  // namespace
}  // namespace stepladder::experiment
