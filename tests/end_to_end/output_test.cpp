// What is printed arrives, or the exit code says that it did not; and it goes nowhere else.
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/workbench.hpp"

namespace stepladder::end_to_end {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

class Output : public Workbench {
 protected:
  // The program, by a shell's text in which "$@" is its command line.
  [[nodiscard]] Finished by_shell(const std::string& text, const Arguments& arguments) const {
    Arguments command = {"/bin/bash", "-c", text, "bash", STEPLADDER_PROGRAM};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return start(command)->wait();
  }
  [[nodiscard]] Arguments tune(const std::string& run) const {
    return {"tune",      experiment(),     "--threads", "2",
            "--run-dir", at(run).string(), "--set",     "schedule.trials=4"};
  }
  // Of every command that prints.
  [[nodiscard]] std::vector<Arguments> command_lines() const {
    const std::string first = at("first").string();
    return {{"leaderboard", first},
            {"leaderboard", first, "--format", "csv"},
            {"status", first, "--json"},
            {"report", first},
            {"merge", first, at("second").string()},
            {"replay", first},
            {"explain", first, "0"},
            {"plan", experiment(), "--workers", "2", "--seconds-per-step", "0.01"},
            {"simulate", experiment(), "--workers", "2"},
            {"bench", "--seconds", "0.1", "--hidden", "8"},
            {"doctor"},
            {"--help"},
            {"tune", "--help"},
            {"--version"}};
  }
  void make_two_runs() const {
    ASSERT_EQ(stepladder(tune("first")).exit_code, 0);
    Arguments second = tune("second");
    second.insert(second.end(), {"--set", "seed=6"});
    ASSERT_EQ(stepladder(second).exit_code, 0);
  }
};

TEST_F(Output, that_cannot_be_written_is_an_error_of_every_command) {
  make_two_runs();
  for (const Arguments& arguments : command_lines()) {
    const Finished finished = by_shell(R"(exec "$@" >/dev/full)", arguments);
    EXPECT_EQ(finished.exit_code, 1) << arguments.front();
    EXPECT_THAT(finished.err, HasSubstr("stepladder: cannot write the output: No space left on "
                                        "device\n"))
        << arguments.front();
  }
}

TEST_F(Output, whose_reader_has_left_is_no_error) {
  make_two_runs();
  for (const Arguments& arguments : command_lines()) {
    const Finished finished = by_shell(R"(exec 3> >(:); wait $!; exec "$@" >&3)", arguments);
    EXPECT_EQ(finished.exit_code, 0) << arguments.front();
    EXPECT_THAT(finished.err, Not(HasSubstr("output"))) << arguments.front();
  }
}

TEST_F(Output, is_not_needed_for_a_run_to_finish) {
  for (const std::string text : {R"(exec "$@" >/dev/full)", R"(exec "$@" >/dev/full 2>&1)",
                                 R"(exec 3> >(:); wait $!; exec "$@" >&3 2>&3)"}) {
    const bool is_full = text.find("full") != std::string::npos;
    const Finished finished = by_shell(text, tune("run"));
    EXPECT_EQ(finished.exit_code, is_full ? 1 : 0) << finished.err;
    if (text.ends_with("/dev/full")) {
      EXPECT_THAT(finished.err, HasSubstr(at("run").string() + " has it all"));
    }
    EXPECT_THAT(read_file(at("run") / "end.json"), HasSubstr("\"exit_code\": 0"));
    EXPECT_TRUE(fs::exists(at("run") / "best/winner.toml"));
    fs::remove_all(at("run"));
  }
}

TEST_F(Output, goes_into_no_file_where_descriptors_are_closed) {
  ASSERT_EQ(stepladder(tune("undisturbed")).exit_code, 0);
  for (const std::string closed : {">&-", "<&- >&-", "<&- >&- 2>&-", "2>&-"}) {
    const Finished finished = by_shell(R"(exec "$@" )" + closed, tune("run"));
    EXPECT_EQ(finished.exit_code, 0) << closed;
    EXPECT_THAT(read_file(at("run") / "lock"), MatchesRegex("[^\n]* process [0-9]+\n")) << closed;
    EXPECT_GE(expect_same_scores(scores_of(at("undisturbed")), scores_of(at("run"))), 4U);
    std::istringstream log(read_file(at("run") / "stepladder.log"));
    for (std::string line; std::getline(log, line);)
      EXPECT_THAT(line, MatchesRegex("[-0-9]+ [:.0-9]+ (info|warning) .*")) << closed;
    EXPECT_EQ(stepladder({"replay", at("run").string()}).exit_code, 0) << closed;
    fs::remove_all(at("run"));
  }
}

}  // namespace
}  // namespace stepladder::end_to_end
