// `stepladder tune` on tables: CSV and NumPy files, from start to end.
#include <algorithm>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/workbench.hpp"

namespace stepladder::end_to_end {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kExperiment = R"(name = "flowers"
[data]
format = "csv"
train = "flowers.csv"
label = "kind"
test_rows = 60
prune_rows = 60
final_rows = 60
stratified = true
[model]
hidden = [8]
batch = 16
[space]
learning_rate = { min = 0.01, max = 0.3, scale = "log" }
policy = "constant"
optimizer = "momentum"
[schedule]
min_steps = 50
max_steps = 450
trials = 6
)";

// Sorted by kind; the columns are on very different scales.
std::string flowers(int rows) {
  std::string text = "kind,\"height, mm\",width,constant\n";
  for (int row = 0; row < rows; ++row) {
    const int kind = row * 3 / rows;
    const char* const names[] = {"rose", "lily", "tulip"};
    text += std::string(names[kind]) + ',' + std::to_string(100000 + 1000 * kind + row * 37 % 300) +
            ',' + std::to_string(0.001 * (kind % 2) + 1e-6 * (row * 17 % 300)) + ",3\n";
  }
  return text;
}

class Table : public Workbench {
 protected:
  void SetUp() override {
    Workbench::SetUp();
    write_file(at("small.toml"), kExperiment);
    write_file(at("flowers.csv"), flowers(480));
  }
  void expect_refused(const std::string& file, const std::string& beginning) const {
    const Finished refused = tune_with_threads(2, "refused");
    EXPECT_EQ(refused.exit_code, 2) << refused.out << refused.err;
    EXPECT_THAT(refused.err, StartsWith("stepladder: " + at(file).string() + ':' + beginning));
    EXPECT_EQ(refused.out, "");
    EXPECT_FALSE(fs::exists(at("refused")));
  }
};

TEST_F(Table, is_learnt_and_gives_the_same_scores_by_ranks) {
  const Finished finished = tune_with_threads(2, "threads");
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  const std::string data =
      "data: 480 rows (300 train, 60 prune, 60 final, 60 test), 3 features, 3 classes\n";
  EXPECT_THAT(finished.out, StartsWith(data));
  EXPECT_THAT(read_file(at("threads") / "stepladder.log"), HasSubstr(" info " + data));
  EXPECT_THAT(finished.out, HasSubstr("scored once, after the choice was written down"));
  EXPECT_TRUE(fs::exists(at("threads") / "leaderboard.txt"));
  double best = 0;
  for (const auto& [key, score] : scores_of(at("threads"))) best = std::max(best, score[0]);
  EXPECT_GT(best, 0.95);

  const Finished again = tune_with_ranks(2, "ranks");
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.out, StartsWith(data));
  EXPECT_GE(expect_same_scores(scores_of(at("threads")), scores_of(at("ranks"))), 6U);
}

TEST_F(Table, is_the_same_compressed) {
  EXPECT_EQ(tune_with_threads(1, "plain").exit_code, 0);
  write_gzip(at("flowers.csv.gz"), flowers(480));
  change_experiment("flowers.csv", "flowers.csv.gz");
  EXPECT_EQ(tune_with_threads(1, "packed").exit_code, 0);
  EXPECT_GE(expect_same_scores(scores_of(at("plain")), scores_of(at("packed"))), 6U);
}

TEST_F(Table, that_is_bad_is_refused_before_anything_is_written) {
  write_file(at("flowers.csv"), flowers(480) + "rose,tall,0.1,3\n");
  expect_refused("flowers.csv", " line 482: column 1 ('height, mm') is 'tall', not a number");
  write_file(at("flowers.csv"), flowers(480) + "rose,1,2\n");
  expect_refused("flowers.csv", " line 482: there are 3 fields, but 4");
  write_file(at("flowers.csv"), "kind,size\nrose,1\nrose,2\n");
  expect_refused("flowers.csv", " every label (column 0 ('kind')) is 'rose'");
  write_file(at("flowers.csv"), flowers(180));
  expect_refused("small.toml",
                 "2: prune_rows = 60, final_rows = 60 and test_rows = 60 leave nothing");
}

TEST_F(Table, of_numpy_is_learnt_and_a_bad_one_refused) {
  const auto npy = [](const std::string& type, const std::string& shape, const std::string& body) {
    const std::string header =
        "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }\n";
    return std::string("\x93NUMPY\1\0", 8) + static_cast<char>(header.size()) + '\0' + header +
           body;
  };
  std::string features;
  std::string labels;
  for (int row = 0; row < 480; ++row) {
    labels += static_cast<char>(row % 2);
    for (int column = 0; column < 4; ++column)
      features += static_cast<char>(row * 29 % 100 + (column % 2 == row % 2 ? 150 : 0));
  }
  write_file(at("x.npy"), npy("|u1", "(480, 2, 2)", features));
  write_file(at("y.npy"), npy("|u1", "(480,)", labels));
  change_experiment("\"csv\"\ntrain = \"flowers.csv\"\nlabel = \"kind\"",
                    "\"npy\"\ntrain = \"x.npy\"\ntrain_labels = \"y.npy\"");
  const Finished finished = tune_with_threads(2, "run");
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  double best = 0;
  for (const auto& [key, score] : scores_of(at("run"))) best = std::max(best, score[0]);
  EXPECT_GT(best, 0.95);

  write_file(at("y.npy"), npy("<f4", "(480,)", labels));
  expect_refused("y.npy", " the array's values are of type '<f4', but labels are whole numbers");
}

// scripts/experiments/table.toml as a newcomer takes it: with a file of his own.
class Template : public Workbench {
 protected:
  void SetUp() override {
    Workbench::SetUp();
    write_file(at("small.toml"), read_file(TABLE_EXPERIMENT));
    write_file(at("table.csv"), table(400));
  }
  static std::string table(int rows) {
    std::string text = "width,height,kind\n";
    for (int row = 0; row < rows; ++row)
      text += std::to_string(row * 37 % 100 + row % 2 * 90) + ',' + std::to_string(row * 17 % 100) +
              (row % 2 == 0 ? ",rose\n" : ",lily\n");
    return text;
  }
  const Arguments kShort = {"--set", "schedule.trials=4", "--set", "schedule.confirmation_seeds=1"};
};

TEST_F(Template, RunsAndWritesOutWhatItsDefaultsCameTo) {
  const Finished finished = tune_with_threads(2, "run", kShort);
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out, StartsWith("data: 400 rows (220 train, 60 prune, 60 final, 60 test), 2 "
                                       "features, 2 classes\n"));
  EXPECT_THAT(finished.out, HasSubstr("Winner: trial"));
  const std::string written = read_file(at("run") / "experiment.toml");
  for (const char* lines :
       {"label = 2\ntest_rows = 60\nprune_rows = 60\nfinal_rows = 60\nstratified = false\n",
        "hidden = [256, 128]\nbatch = 128\nkeep_probability = 0.9\n",
        "learning_rate = { min = 1e-04, max = 0.1, scale = \"log\" }\npolicy = \"cosine\"\n"
        "optimizer = \"adam\"\n",
        "rung_score = \"restart\"\n",
        "# What [space] leaves at its default:\n#   cosine: end_factor = 0.0\n#   adam: beta1 = "
        "0.9, "
        "beta2 = 0.999, epsilon = 1e-08, l2 = 0.0, weight_decay = 0.0\n"})
    EXPECT_THAT(written, HasSubstr(lines));
}

// By the same command, with ranks in place of threads; what was settled at the first start is in
// the journal.
TEST_F(Template, IsResumedByTheSameCommand) {
  Arguments stopped = kShort;
  stopped.insert(stopped.end(), {"--deadline", "1"});
  EXPECT_EQ(tune_with_threads(1, "run", stopped).exit_code, 3);
  const std::string begun = read_file(at("run") / "experiment.toml");
  const Finished resumed = tune_with_ranks(2, "run", kShort);
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(read_file(at("run") / "experiment.toml"), begun);
  EXPECT_THAT(stepladder({"replay", at("run").string()}).out, HasSubstr("identical"));

  write_file(at("table.csv"), table(500));
  const Finished refused = tune_with_threads(1, "run", kShort);
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("was started on other data"));
}

TEST_F(Template, IsRefusedWithTooFewRows) {
  write_file(at("table.csv"), table(199));
  const Finished refused = tune_with_threads(1, "run", kShort);
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_EQ(refused.out, "");
  EXPECT_THAT(refused.err, HasSubstr("small.toml:6: the training file has 199 rows, and 15 % of "
                                     "them, 29, are too few to score on (30 would do); set "
                                     "prune_rows, final_rows, test_rows in [data]"));
  EXPECT_FALSE(fs::exists(at("run")));
}

}  // namespace
}  // namespace stepladder::end_to_end
