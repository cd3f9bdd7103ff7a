// The C library computes exp and its like by other instructions where the processor lacks FMA, and
// not always to the same last bit. No decision and no training may notice.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "end_to_end/workbench.hpp"

namespace stepladder::end_to_end {
namespace {

using nlohmann::json;
using ::testing::StartsWith;

const Arguments kOlderProcessor = {
    "GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA_Usable,-FMA,-AVX2_Usable,-AVX2"};

class SameBits : public Workbench {};

// As many trials as it takes to meet a number whose last bit differs.
TEST_F(SameBits, DeriveTheSameDecisionsFromALongJournal) {
  const std::string run = at("run").string();
  write_file(at("two-ranges.toml"),
             "[space]\nlearning_rate = { min = 1e-4, max = 1.0, scale = \"log\" }\n"
             "l2 = { min = 1e-8, max = 1e-2, scale = \"log\" }\n"
             "[schedule]\ntrials = 5000\naudit_fraction = 0\nconfirmation_seeds = 0\n");
  ASSERT_EQ(stepladder({"simulate", at("two-ranges.toml").string(), "--workers", "8", "--run-dir",
                        run, "--brief"})
                .exit_code,
            0);
  const Finished replayed = stepladder({"replay", run}, kOlderProcessor);
  EXPECT_EQ(replayed.exit_code, 0);
  EXPECT_THAT(replayed.out, StartsWith("identical: "));
}

TEST_F(SameBits, TrainToTheSameScores) {
  ASSERT_EQ(tune_with_threads(2, "here").exit_code, 0);
  ASSERT_EQ(stepladder({"tune", experiment(), "--run-dir", at("there").string(), "--threads", "2",
                        "--progress", "none"},
                       kOlderProcessor)
                .exit_code,
            0);
  EXPECT_GT(expect_same_scores(scores_of(at("here")), scores_of(at("there"))), 15U);
}

// The kernels' level is what the processor has, whatever the C library does.
TEST_F(SameBits, TrainByTheSameKernels) {
  for (const char* engine : {"fused", "reference"}) {
    const Arguments bench = {"bench",    "--engine",  engine,    "--inputs", "900",
                             "--hidden", "64,32",     "--batch", "16",       "--optimizer",
                             "adam",     "--seconds", "0.1",     "--json"};
    const json here = json::parse(stepladder(bench).out);
    const json there = json::parse(stepladder(bench, kOlderProcessor).out);
    for (const char* key : {"level", "checksum"}) EXPECT_EQ(here.at(key), there.at(key)) << engine;
  }
}

}  // namespace
}  // namespace stepladder::end_to_end
