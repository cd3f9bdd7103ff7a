#include "stepladder/run/worker_levels.hpp"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stepladder/experiment/toml_section.hpp"
#include "stepladder/training/kernels/level.hpp"

namespace stepladder::run {
namespace {

using ::testing::HasSubstr;

const std::vector<std::string> kHosts = {"login", "old", "new", "newer"};

std::string complaint(const std::vector<std::string>& levels) {
  try {
    static_cast<void>(levels_in_use(levels, kHosts));
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(WorkerLevels, of_equal_results_may_be_mixed) {
  EXPECT_EQ(levels_in_use(std::vector<std::string>{"", "v3", "v4", "v3"}, kHosts), "v3 and v4");
  EXPECT_EQ(levels_in_use(std::vector<std::string>{"", "generic", "generic"}, kHosts), "generic");
  EXPECT_EQ(levels_in_use(std::vector<std::string>{"", "reference"}, kHosts), "reference");
}

TEST(WorkerLevels, of_other_results_are_refused_by_rank_and_host) {
  EXPECT_THAT(complaint({"", "generic", "v3", "v4"}), HasSubstr("rank 1 on old "));
  EXPECT_THAT(complaint({"", "v4", "v4", "generic"}), HasSubstr("leave newer out"));
}

TEST(WorkerLevels, are_the_processors_best) {
  EXPECT_EQ(level_for({.engine = training::EngineKind::reference}), "reference");
  EXPECT_EQ(level_for({}), name(training::kernels::best_level()));
  if (!training::kernels::available_levels(training::Precision::bf16).empty())
    EXPECT_EQ(level_for({.precision = training::Precision::bf16}), "v4");
  else
    EXPECT_THROW(static_cast<void>(level_for({.precision = training::Precision::bf16})),
                 InputError);
}

}  // namespace
}  // namespace stepladder::run
