// [data] of an experiment file.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiment/small_experiment.hpp"
#include "stepladder/experiment/experiment_text.hpp"

namespace stepladder::experiment {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string with_data(const std::string& data) {
  return "name = \"table\"\n[data]\n" + data +
         "[space]\nlearning_rate = 0.1\n[model]\nhidden=[8]\n";
}

data::CsvFiles csv(const std::string& data) {
  return std::get<data::CsvFiles>(parse(with_data("format = \"csv\"\n" + data)).data.files);
}

TEST(DataSection, has_defaults_for_tables) {
  const Experiment e = parse(with_data("format = \"csv\"\ntrain = \"a.csv\"\ntest_rows = 70\n"));
  const auto& files = std::get<data::CsvFiles>(e.data.files);
  EXPECT_EQ(files.train, "/data/a.csv");
  EXPECT_EQ(files.test, "");
  EXPECT_TRUE(files.has_header);
  EXPECT_FALSE(files.label.has_value());
  EXPECT_EQ(e.data.test_rows, 70);
  EXPECT_EQ(e.data.prune_rows, 0);  // a share, of a number of rows that is not known yet
  EXPECT_EQ(e.data.final_rows, 0);
  EXPECT_FALSE(e.data.is_stratified);
}

TEST(DataSection, DecidesTheSizeOfTheNetwork) {
  const std::string tables = "format = \"csv\"\ntrain = \"a.csv\"\n";
  const std::string arrays = "format = \"npy\"\ntrain = \"a\"\ntrain_labels = \"b\"\n";
  for (const std::string& data : {tables, arrays}) {
    const training::Model model = parse("name = \"table\"\n[data]\n" + data).model;
    EXPECT_EQ(model.hidden, (std::vector<std::int64_t>{256, 128}));
    EXPECT_EQ(model.keep_probability, 0.9);
  }
  EXPECT_EQ(parse(changed("hidden = [8]\nbatch = 16\nkeep_probability = 0.5\n", "")).model,
            training::Model{});
}

TEST(DataSection, takes_the_label_by_name_or_number) {
  const std::string files = "train = \"a.csv\"\ntest = \"../b.csv\"\n";
  EXPECT_EQ(csv(files).test, "/b.csv");
  EXPECT_EQ(std::get<std::string>(*csv(files + "label = \"kind\"\n").label), "kind");
  EXPECT_EQ(std::get<std::size_t>(*csv(files + "label = 4\nheader = false\n").label), 4U);
}

TEST(DataSection, is_written_so_that_it_reads_back_the_same) {
  const std::vector<std::string> sections{
      "format = \"csv\"\ntrain = \"a.csv\"\ntest_rows = 70\n",
      "format = \"csv\"\ntrain = \"a.csv\"\ntest = \"b.csv\"\nlabel = 0\nheader = false\n",
      "format = \"csv\"\ntrain = \"a \\\"b\\\"\"\ntest_rows = 1\nlabel = \"\\\"x\\\"\"\n",
      "format = \"npy\"\ntrain = \"a\"\ntrain_labels = \"b\"\ntest_rows = 3\nstratified = true\n",
      "format = \"npy\"\ntrain = \"a\"\ntrain_labels = \"b\"\ntest = \"c\"\ntest_labels = \"d\"\n"};
  for (const std::string& section : sections) {
    const std::string written = to_toml(parse(with_data(section)));
    EXPECT_EQ(to_toml(parse_experiment(written, "written", "/elsewhere", {})), written);
  }
}

TEST(DataSection, complains_of_keys_of_another_format_and_of_what_is_missing) {
  const auto says = [](const std::string& data, const std::string& what) {
    EXPECT_THAT(complaint(with_data(data)), HasSubstr(what)) << data;
    EXPECT_THAT(complaint(with_data(data)), StartsWith("small.toml:")) << data;
  };
  const std::string table = "format = \"csv\"\ntrain = \"a\"\n";
  const std::string array = "format = \"npy\"\ntrain = \"a\"\n";
  says("format = \"xls\"\n", "use one of \"idx\", \"csv\", \"npy\"");
  says("train = \"a\"\n", "[data] has no format; write format = \"idx\", \"csv\" or \"npy\"");
  says("format = \"csv\"\n", "[data] has no train");
  says(table + "test_rows = 0\n", "test_rows = 0; use 1 or more");
  says(table + "test = \"b\"\ntest_rows = 5\n", "test_rows is for data without a test file");
  says(table + "test_rows = 5\ntrain_labels = \"b\"\n", "unknown key data.train_labels");
  says(table + "test_rows = 5\nheadr = false\n", "did you mean header?");
  says(table + "test_rows = 5\nheader = 1\n", "data.header must be true or false");
  says(table + "test_rows = 5\nlabel = -1\n", "data.label must be the name of a column");
  says(table + "test_rows = 5\nlabel = 1.5\n", "data.label must be the name of a column");
  says(table + "test_rows = 5\nlabel = \"x\"\nheader = false\n", "without a header");
  says(table + "test_rows = 5\nstratified = \"yes\"\n", "data.stratified must be true or false");
  says(array + "test_rows = 5\n", "[data] has no train_labels");
  says(array + "train_labels = \"b\"\ntest = \"c\"\n", "[data] has no test_labels");
  says(array + "train_labels = \"b\"\ntest_labels = \"c\"\n", "[data] has no test;");
  says(array + "train_labels = \"b\"\ntest_rows = 5\nlabel = 1\n", "unknown key data.label");
  EXPECT_THAT(complaint(changed("prune_rows = 100", "test_rows = 100")),
              HasSubstr("test_rows is for data without a test file"));
}

}  // namespace
}  // namespace stepladder::experiment
