#include "stepladder/experiment/experiment.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiment/small_experiment.hpp"
#include "stepladder/experiment/experiment_text.hpp"
#include "stepladder/training/classification.hpp"
#include "stepladder/trial/configuration.hpp"
#include "trial/two_metrics.hpp"

namespace stepladder::experiment {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kMinimal = R"(name = "minimal"
[data]
format = "idx"
train_images = "a"
train_labels = "b"
test_images = "c"
test_labels = "d"
[space]
learning_rate = 0.1
)";

std::vector<std::string> names_of(const SearchSpace& space) {
  std::vector<std::string> names;
  for (const Hyperparameter& hyperparameter : space.hyperparameters)
    names.push_back(hyperparameter.name);
  return names;
}

Domain domain_of(const Experiment& experiment, const std::string& name) {
  return experiment.space.find(name)->domain;
}

const data::IdxFiles& idx_files(const Experiment& experiment) {
  return std::get<data::IdxFiles>(experiment.data.files);
}
// A reference to what is about to be destroyed would dangle.
data::IdxFiles idx_files(Experiment&& experiment) {
  return std::get<data::IdxFiles>(std::move(experiment.data.files));
}

// What an experiment file has where it says nothing of it.
schedule::Plan default_plan() {
  schedule::Plan plan;
  plan.metrics = training::classification_metrics();
  plan.audit_fraction = 0.05;
  plan.confirmation_seeds = 5;
  plan.rung_score = schedule::RungScore::restart;
  plan.horizon_bound = Condition{.name = "policy", .values = {}};
  for (const char* policy : {"wsd", "linear", "cosine", "one_cycle"})
    plan.horizon_bound->values.emplace_back(std::string(policy));
  return plan;
}

// ---- reading

TEST(Experiment, has_defaults_for_what_is_not_there) {
  const Experiment e = parse(kMinimal);
  EXPECT_EQ(e.seed, Seed{1});
  EXPECT_EQ(e.data.prune_rows, 0);  // a share of the rows
  EXPECT_EQ(e.data.final_rows, 0);
  EXPECT_EQ(e.model, training::Model{});
  EXPECT_EQ(e.plan, default_plan());
  EXPECT_EQ(e.plan.mode, schedule::Mode::asha);
  EXPECT_EQ(e.plan.metrics, by_share());
  EXPECT_TRUE(e.plan.finish_winner);
}

TEST(Experiment, SearchesTheRateOfAdamWithCosineWhereNothingElseIsSaid) {
  const auto of = [](const std::string& space) {
    const std::string text = kMinimal.substr(0, kMinimal.find("[space]"));
    return parse(text + space).space;
  };
  const auto rates = [](double min, double max) {
    return Domain(Range{.min = min, .max = max, .scale = Scale::log});
  };
  const auto word = [](const char* text) { return Domain(Fixed{Value{std::string(text)}}); };
  for (const char* space : {"", "[space]\n"}) {
    EXPECT_THAT(names_of(of(space)), ElementsAre("learning_rate", "policy", "optimizer"));
    EXPECT_EQ(of(space).find("learning_rate")->domain, rates(1e-4, 0.1));
    EXPECT_EQ(of(space).find("policy")->domain, word("cosine"));
    EXPECT_EQ(of(space).find("optimizer")->domain, word("adam"));
  }
  // What is left out is named behind what is there.
  EXPECT_THAT(
      names_of(of("[space]\noptimizer = \"momentum\"\nmomentum = { min = 0.5, max = 0.9 }\n")),
      ElementsAre("optimizer", "momentum", "learning_rate", "policy"));
  const auto rates_with = [&](const std::string& optimizer) {
    return of("[space]\noptimizer = " + optimizer + '\n').find("learning_rate")->domain;
  };
  for (const char* optimizer :
       {"\"rmsprop\"", "\"adamw\"", "{ choices = [\"adam\", \"adam_hd\"] }"})
    EXPECT_EQ(rates_with(optimizer), rates(1e-4, 0.1)) << optimizer;
  for (const char* optimizer : {"\"sgd\"", "{ choices = [\"momentum\", \"nesterov_hd\"] }"})
    EXPECT_EQ(rates_with(optimizer), rates(1e-3, 1)) << optimizer;
  EXPECT_EQ(rates_with("{ choices = [\"sgd\", \"adam\"] }"), rates(1e-4, 1));
}

// A journal from before there were such defaults means what it says.
TEST(Experiment, OfAJournalIsNotAddedTo) {
  const Experiment e = parse_experiment(kMinimal, "journal", "/", {}, Needs::record);
  EXPECT_THAT(names_of(e.space), ElementsAre("learning_rate"));
}

TEST(Experiment, takes_every_key) {
  const Experiment e = parse(kSmallExperiment);
  EXPECT_EQ(e.name, "small");
  EXPECT_EQ(e.seed, Seed{7});
  EXPECT_EQ(e.data.prune_rows, 100);
  EXPECT_EQ(e.data.final_rows, 60);
  EXPECT_EQ(e.model, (training::Model{.hidden = {8},
                                      .batch = 16,
                                      .keep_probability = 0.5,
                                      .initialisation = "truncated_normal"}));
  EXPECT_EQ(e.plan, (schedule::Plan{.mode = schedule::Mode::asha,
                                    .eta = 3,
                                    .min_steps = 10,
                                    .max_steps = 90,
                                    .trials = 9,
                                    .metrics = by_loss(),
                                    .finish_winner = false,
                                    .audit_fraction = 0.25,
                                    .finalists = 2,
                                    .confirmation_seeds = 4,
                                    .extend_range_max = 30}));
  EXPECT_EQ(parse(changed("\"asha\"", "\"random\"")).plan.mode, schedule::Mode::random);
  EXPECT_TRUE(parse(changed("extend_range = false", "extend_range = true")).plan.extend_range);
}

TEST(Experiment, gives_policies_that_look_at_the_horizon_runs_of_their_own) {
  using schedule::RungScore;
  const auto meaning = [](const std::string& policy, const std::string& more = "") {
    return parse(changed("finish_winner = false", "finish_winner = false\n" + more),
                 {"space.policy=" + policy})
        .plan;
  };
  EXPECT_EQ(meaning("exponential").rung_score, RungScore::as_is);
  EXPECT_FALSE(meaning("exponential").horizon_bound);
  const std::string both = "{ choices = [\"exponential\", \"linear\"] }";
  EXPECT_EQ(meaning(both).rung_score, RungScore::restart);
  EXPECT_TRUE(meaning(both).horizon_bound);
  EXPECT_EQ(meaning(both, "rung_score = \"as_is\"").rung_score, RungScore::as_is);
  EXPECT_EQ(meaning("exponential", "rung_score = \"average\"").rung_score, RungScore::average);
  EXPECT_THAT(complaint(changed("finish_winner = false", "cooldown_fraction = 0")),
              HasSubstr("cooldown_fraction"));
}

TEST(Experiment, keeps_the_search_space_in_the_order_of_the_file) {
  EXPECT_THAT(names_of(parse(kSmallExperiment).space),
              ElementsAre("learning_rate", "policy", "decay_steps", "decay_rate", "staircase",
                          "optimizer"));
  const std::string turned = kMinimal +
                             "policy = \"exponential\"\noptimizer = \"sgd\"\ndecay_rate = 0.5\n"
                             "[space.decay_steps]\nmin = 1\nmax = 2\n";
  EXPECT_THAT(names_of(parse(turned).space),
              ElementsAre("learning_rate", "policy", "optimizer", "decay_rate", "decay_steps"));
}

TEST(Experiment, reads_values_ranges_and_choices) {
  const Experiment e = parse(kSmallExperiment);
  EXPECT_EQ(domain_of(e, "policy"), Domain(Fixed{Value{std::string("exponential")}}));
  EXPECT_EQ(domain_of(e, "learning_rate"),
            Domain(Range{.min = 1e-3, .max = 1.0, .scale = Scale::log}));
  EXPECT_EQ(domain_of(e, "decay_rate"), Domain(Range{.min = 0.5, .max = 1.0}));
  EXPECT_EQ(domain_of(e, "staircase"), Domain(Choices{{Value{true}, Value{false}}}));
}

TEST(Experiment, draws_whole_numbers_only_where_the_hyperparameter_counts) {
  const Experiment e = parse(changed("min = 1e-3, max = 1.0", "min = 1, max = 3"));
  EXPECT_EQ(domain_of(e, "learning_rate"),
            Domain(Range{.min = 1, .max = 3, .scale = Scale::log, .integer = false}));
  EXPECT_EQ(domain_of(e, "decay_steps"),
            Domain(Range{.min = 10, .max = 300, .scale = Scale::log, .integer = true}));
  const std::string real = changed("min = 10, max = 300", "min = 10, max = 300.5");
  EXPECT_THAT(complaint(real), HasSubstr("small.toml:" + line_of(real, "300.5") + ": "));
  EXPECT_THAT(complaint(real), HasSubstr("decay_steps"));
}

TEST(Experiment, takes_relative_paths_from_the_folder_of_the_file) {
  const fs::path folder =
      fs::path(::testing::TempDir()) / ("experiment_paths-" + std::to_string(::getpid()));
  fs::create_directories(folder);
  std::ofstream(folder / "e.toml") << changed("\"test-images\"", "\"/else/where\"");
  const Experiment e = load_experiment(folder / "e.toml", {});
  fs::remove_all(folder);
  EXPECT_EQ(idx_files(e).train_images, folder / "train-images");
  EXPECT_EQ(idx_files(e).test_images, "/else/where");
  EXPECT_EQ(idx_files(parse(changed("\"train-labels\"", "\"../x/y\""))).train_labels, "/x/y");
}

TEST(Experiment, names_a_file_it_cannot_read) {
  for (const char* path : {"/no/such/file.toml", "/"}) {
    try {
      static_cast<void>(load_experiment(path, {}));
      ADD_FAILURE() << path;
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), HasSubstr(std::string(path) + ": cannot be read"));
    }
  }
}

// ---- writing

void expect_round_trip(const std::string& text) {
  const std::string written = to_toml(parse(text));
  EXPECT_EQ(to_toml(parse_experiment(written, "written", "/elsewhere", {})), written);
}

TEST(Experiment, is_written_so_that_it_reads_back_the_same) {
  expect_round_trip(kMinimal);
  expect_round_trip(kSmallExperiment);
  expect_round_trip(changed("\"asha\"", "\"random\""));
  expect_round_trip(changed("hidden = [8]", "hidden = []"));
  expect_round_trip(changed("extend_range = false", "extend_range = true"));
  expect_round_trip(changed("min = 1e-3, max = 1.0", "min = 1, max = 3"));
  expect_round_trip(
      changed("{ min = 1e-3, max = 1.0, scale = \"log\" }", "{ choices = [1, 0.25, 1e-9] }"));
  expect_round_trip(changed("seed = 7", "seed = 9223372036854775807"));
}

TEST(Experiment, is_written_whole) {
  const Experiment e = parse(kSmallExperiment);
  const Experiment back = parse(to_toml(e));
  EXPECT_EQ(back.name, e.name);
  EXPECT_EQ(back.seed, e.seed);
  EXPECT_EQ(idx_files(back).train_images, idx_files(e).train_images);
  EXPECT_EQ(idx_files(back).train_labels, idx_files(e).train_labels);
  EXPECT_EQ(idx_files(back).test_images, idx_files(e).test_images);
  EXPECT_EQ(idx_files(back).test_labels, idx_files(e).test_labels);
  EXPECT_EQ(back.data.prune_rows, e.data.prune_rows);
  EXPECT_EQ(back.data.final_rows, e.data.final_rows);
  EXPECT_EQ(back.model, e.model);
  EXPECT_EQ(back.space, e.space);
  EXPECT_EQ(back.plan, e.plan);
}

// Everything that decides what comes out is the run's identity; how it is run is not.
TEST(Experiment, has_an_identity_without_how_it_is_run) {
  const Experiment plain = parse(kSmallExperiment);
  EXPECT_EQ(plain.run.heartbeat, 30);
  EXPECT_EQ(plain.run.checkpointing, 60);
  EXPECT_EQ(plain.run.checkpoint_bytes_max, 0);
  const std::string text = kSmallExperiment +
                           "[run]\nheartbeat_seconds = 2\ncheckpoint_seconds = 0.5\n"
                           "checkpoint_bytes_max = 1000000\n";
  expect_round_trip(text);
  const Experiment other = parse(text);
  EXPECT_EQ(other.run.heartbeat, 2);
  EXPECT_EQ(other.run.checkpointing, 0.5);
  EXPECT_EQ(other.run.checkpoint_bytes_max, 1'000'000);
  EXPECT_EQ(identity_of(other), identity_of(plain));
  EXPECT_NE(to_toml(other), to_toml(plain));
  EXPECT_EQ(identity_of(parse(identity_of(other))), identity_of(plain));
  EXPECT_NE(identity_of(parse(changed("seed = 7", "seed = 8"))), identity_of(plain));
}

TEST(Experiment, keeps_odd_names_and_paths) {
  for (const std::string odd :
       {R"(a \"quoted\" name)", R"(tab\tand [data] # = )", R"(größe)", R"(back\\slash)"}) {
    const std::string text = changed("\"train-images\"", "\"" + odd + "\"");
    expect_round_trip(text);
    EXPECT_EQ(idx_files(parse(to_toml(parse(text)))).train_images,
              idx_files(parse(text)).train_images);
  }
  EXPECT_EQ(parse(to_toml(parse(changed("\"small\"", R"("it's \"odd\" #1")")))).name,
            "it's \"odd\" #1");
}

// ---- overrides

TEST(Overrides, win_over_the_file_and_the_last_one_wins) {
  const Experiment e = parse(kSmallExperiment, {"schedule.trials=80", "seed=3", "seed=4",
                                                "space.learning_rate.max=3", "name=other"});
  EXPECT_EQ(e.plan.trials, 80);
  EXPECT_EQ(e.seed, Seed{4});
  EXPECT_EQ(e.name, "other");
  EXPECT_EQ(domain_of(e, "learning_rate"),
            Domain(Range{.min = 1e-3, .max = 3, .scale = Scale::log}));
}

TEST(Overrides, take_any_value_of_toml) {
  const Experiment e =
      parse(kSmallExperiment,
            {"model.hidden=[5, 6]", "schedule.finish_winner=true", "model.keep_probability = 1",
             "space.staircase=true", "data.train_images=\"/a b/c\"", "schedule.metric=accuracy"});
  EXPECT_EQ(e.model.hidden, (std::vector<std::int64_t>{5, 6}));
  EXPECT_TRUE(e.plan.finish_winner);
  EXPECT_EQ(e.model.keep_probability, 1.0);
  EXPECT_EQ(domain_of(e, "staircase"), Domain(Fixed{Value{true}}));
  EXPECT_EQ(idx_files(e).train_images, "/a b/c");
  EXPECT_EQ(e.plan.metrics, by_share());
}

TEST(Overrides, make_a_table_that_the_file_does_not_have) {
  const Experiment e = parse(kMinimal, {"schedule.trials=3", "model.batch=2", "schedule.eta=2"});
  EXPECT_EQ(e.plan.trials, 3);
  EXPECT_EQ(e.plan.eta, 2);
  EXPECT_EQ(e.model.batch, 2);
}

TEST(Overrides, replace_a_range_by_a_value_choices_or_another_range) {
  const auto rate = [](const std::string& value) {
    return domain_of(parse(kSmallExperiment, {"space.learning_rate=" + value}), "learning_rate");
  };
  EXPECT_EQ(rate("0.5"), Domain(Fixed{Value{0.5}}));
  EXPECT_EQ(rate("{choices=[0.5, 0.25]}"), Domain(Choices{{Value{0.5}, Value{0.25}}}));
  EXPECT_EQ(rate("{min=0.5, max=0.75}"), Domain(Range{.min = 0.5, .max = 0.75}));
}

TEST(Overrides, leave_the_order_of_the_search_space_alone) {
  const Experiment e = parse(
      kSmallExperiment, {"space.momentum=0.8", "space.policy=\"exponential\"", "space.beta1=0.8"});
  EXPECT_THAT(names_of(e.space), ElementsAre("learning_rate", "policy", "decay_steps", "decay_rate",
                                             "staircase", "optimizer", "beta1", "momentum"));
}

TEST(Overrides, are_named_where_they_are_wrong) {
  const auto says = [](const std::string& override_text, const std::string& what) {
    const std::string text = complaint(kSmallExperiment, {override_text});
    EXPECT_THAT(text, HasSubstr("--set " + override_text + ": "));
    EXPECT_THAT(text, HasSubstr(what));
    EXPECT_THAT(text, ::testing::Not(HasSubstr("small.toml")));
  };
  says("seed", "write --set key=value");
  says("=5", "write --set key=value");
  says("", "write --set key=value");
  says("seed=", "not valid TOML");
  says("name=my-run", "put a text in quotes");
  says("schedule.eta=1", "eta = 1");
  says("schedule.trials=many", "schedule.trials must be a whole number");
  says("schedule.trails=5", "did you mean trials?");
  says("data.final_rows=0", "final_rows = 0");
  says("model.batch=0", "batch = 0");
}

// ---- the reference

TEST(Reference, documents_every_key) {
  const fs::path file =
      fs::path(STEPLADDER_TESTS_DIR).parent_path() / "scripts/experiments/reference.toml";
  std::ifstream stream(file);
  std::ostringstream text;
  text << stream.rdbuf();
  const Experiment e = load_experiment(file, {});
  std::istringstream lines(to_toml(e));
  for (std::string line; std::getline(lines, line);) {
    const std::string key = line.substr(0, line.find(" ="));
    EXPECT_THAT(text.str(), HasSubstr('\n' + key + (key == line ? "\n" : " = ")));
  }
  // The reference can have one format only: the keys of the others stand in comments.
  for (const char* key : {"format = \"csv\"", "format = \"npy\"", "train =", "test =",
                          "train_labels =", "test_labels =", "test_rows =", "header =", "label ="})
    EXPECT_THAT(text.str(), HasSubstr(std::string("\n#   ") + key));
  EXPECT_THAT(names_of(e.space),
              ::testing::UnorderedElementsAreArray(training::hyperparameter_names()));
}

TEST(Reference, shows_the_defaults) {
  const fs::path file =
      fs::path(STEPLADDER_TESTS_DIR).parent_path() / "scripts/experiments/reference.toml";
  const Experiment e = load_experiment(file, {});
  EXPECT_EQ(e.seed, Seed{1});
  EXPECT_EQ(e.model, training::Model{});
  EXPECT_EQ(e.plan, default_plan());
  EXPECT_EQ(e.run.heartbeat, RunSettings{}.heartbeat);
  EXPECT_EQ(e.run.checkpointing, RunSettings{}.checkpointing);
  EXPECT_EQ(e.run.checkpoint_bytes_max, RunSettings{}.checkpoint_bytes_max);
  EXPECT_EQ(e.data.prune_rows, 5000);  // of 60,000
  EXPECT_EQ(e.data.final_rows, 5000);
  EXPECT_EQ(e.data.is_stratified, DataSource{}.is_stratified);
  const auto shown = [&](const char* name) {
    return std::get<double>(std::get<Fixed>(domain_of(e, name)).value);
  };
  EXPECT_EQ(shown("momentum"), training::Optimizer{}.momentum);
  EXPECT_EQ(shown("beta1"), training::Optimizer{}.beta1);
  EXPECT_EQ(shown("beta2"), training::Optimizer{}.beta2);
  EXPECT_EQ(shown("epsilon"), training::Optimizer{}.epsilon);
}

}  // namespace
}  // namespace stepladder::experiment
