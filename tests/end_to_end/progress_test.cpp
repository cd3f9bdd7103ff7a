// What a person sees while a run goes on: one line on a terminal, lines in a file, and a table only
// at the end.
#include <csignal>
#include <memory>
#include <regex>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/workbench.hpp"

namespace stepladder::end_to_end {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class ProgressShown : public Workbench {};

// mpirun gives rank 0 a terminal, whatever it has itself.
TEST_F(ProgressShown, in_a_file_is_lines_whoever_starts_the_ranks) {
  for (const bool is_launched : {true, false}) {
    const auto process = is_launched ? start_launch(3, "launched") : start_ranks(2, "ranks");
    const Finished finished = process->wait();
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_THAT(finished.out, Not(HasSubstr("\r")));
    EXPECT_THAT(finished.out, HasSubstr("trials 18/18"));
  }
}

TEST_F(ProgressShown, on_a_terminal_is_one_line_that_is_cut_to_it) {
  const std::string command = "stty cols 50; " STEPLADDER_PROGRAM " launch " + experiment() +
                              " -n 3 --run-dir " + at("run").string() + " --mpirun " +
                              MPIRUN_PROGRAM;
  const auto process = start({"/usr/bin/script", "-qec", command, "/dev/null"});
  const Finished finished = process->wait();
  EXPECT_EQ(finished.exit_code, 0) << finished.out;
  const std::regex live("\r(trials [^\r\n]*)");
  std::vector<std::string> lines;
  for (std::sregex_iterator found(finished.out.begin(), finished.out.end(), live), end;
       found != end; ++found)
    lines.push_back((*found)[1]);
  ASSERT_GE(lines.size(), 2U) << finished.out;
  for (const std::string& line : lines) EXPECT_THAT(line, SizeIs(49));
  EXPECT_THAT(lines.back(), HasSubstr("trials 18/18, replicates 4/4"));
}

TEST_F(ProgressShown, of_a_run_that_is_stopped_and_resumed_is_short_until_the_end) {
  change_experiment("trials = 18", "trials = 54");
  const auto process = start_launch(3, "run");
  ASSERT_TRUE(process->wait_until([&] { return reports_in(at("run")) >= 3; }));
  process->send(SIGUSR1);
  const Finished stopped = process->wait();
  EXPECT_EQ(stopped.exit_code, 3);
  EXPECT_THAT(stopped.out, HasSubstr("\nBest so far: trial "));
  EXPECT_THAT(stopped.out, Not(HasSubstr("configuration")));

  const auto again = start_launch(3, "run");
  const Finished finished = again->wait();
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_THAT(finished.out, HasSubstr("\nResumed. small: "));
  EXPECT_THAT(finished.out, HasSubstr("\nrank  trial  status "));
}

}  // namespace
}  // namespace stepladder::end_to_end
