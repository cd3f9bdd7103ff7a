// scripts/reproduce-thread on a folder of the user's own.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/workbench.hpp"

namespace stepladder::end_to_end {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;

class ReproduceThread : public Workbench {
 protected:
  [[nodiscard]] Finished run(const std::string& folder) const {
    return start({REPRODUCE_THREAD, at(folder).string(), "--set", "model.hidden=[16]", "--set",
                  "schedule.trials=8"},
                 {"STEPLADDER=" STEPLADDER_PROGRAM, "RUNS=" + at("runs").string()})
        ->wait();
  }
};

TEST_F(ReproduceThread, answers_for_a_folder_of_idx_files) {
  std::filesystem::create_directory(at("images"));
  const IdxPair train = idx_rows(2400, 1);
  const IdxPair test = idx_rows(300, 2);
  write_gzip(at("images/train-images-idx3-ubyte.gz"), train.images);
  write_file(at("images/train-labels-idx1-ubyte"), train.labels);
  write_file(at("images/t10k-images-idx3-ubyte"), test.images);
  write_gzip(at("images/t10k-labels-idx1-ubyte.gz"), test.labels);

  const Finished finished = run("images");
  ASSERT_EQ(finished.exit_code, 0) << finished.err << finished.out;
  // 2400 rows less two twelfths are 2000, two epochs of which are 31 batches of 128.
  EXPECT_THAT(finished.out, HasSubstr("10 seeds each, 31 steps (two epochs of 2000 rows)"));
  EXPECT_THAT(finished.out, ContainsRegex("0\\.5 +3000 +0\\.96 +true +[0-9.]+ ± [0-9.]+ %"));
  EXPECT_THAT(finished.out, HasSubstr("0.5/0.96/staircase  against 0.3/0.96/staircase"));
  EXPECT_THAT(finished.out, HasSubstr("Winner: trial"));
}

TEST_F(ReproduceThread, names_the_file_that_a_folder_lacks) {
  std::filesystem::create_directory(at("empty"));
  const Finished finished = run("empty");
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("neither train-labels-idx1-ubyte nor"));
  EXPECT_FALSE(std::filesystem::exists(at("runs")));
}

}  // namespace
}  // namespace stepladder::end_to_end
