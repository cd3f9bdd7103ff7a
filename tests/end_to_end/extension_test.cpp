// A range that is too narrow is widened, and a run that is cut anywhere around that ends alike.
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/workbench.hpp"

namespace stepladder::end_to_end {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Rates that are far too low; the synchronous mode decides alike in whatever order results arrive.
class Extension : public Workbench {
 protected:
  void SetUp() override {
    Workbench::SetUp();
    change_experiment("{ min = 1e-4, max = 1e-1, scale = \"log\" }",
                      "{ min = 1e-5, max = 1e-4, scale = \"log\" }");
    change_experiment("[\"sgd\", \"momentum\", \"adam\"]", "[\"momentum\"]");
    change_experiment("trials = 18", "trials = 12\nmode = \"successive_halving\"");
    change_experiment("audit_fraction = 0", "audit_fraction = 0.2\nextend_range = true");
    change_experiment("min_steps = 100", "min_steps = 50");
    change_experiment("max_steps = 900", "max_steps = 450");
  }

  [[nodiscard]] std::string journal_of(const std::string& run) const {
    return read_file(at(run) / "journal.jsonl");
  }

  void expect_like_undisturbed(const std::string& run) const {
    EXPECT_EQ(read_file(at(run) / "leaderboard.csv"), read_file(at("undisturbed/leaderboard.csv")));
    EXPECT_EQ(expect_same_scores(scores_of(at(run)), scores_of(at("undisturbed"))),
              scores_of(at("undisturbed")).size());
    const Finished replay = stepladder({"replay", at(run).string()});
    EXPECT_EQ(replay.exit_code, 0) << replay.out;
    EXPECT_THAT(replay.out, StartsWith("identical: "));
  }
};

TEST_F(Extension, is_told_wherever_the_run_is) {
  ASSERT_EQ(tune_with_ranks(2, "undisturbed").exit_code, 0);
  EXPECT_THAT(journal_of("undisturbed"), HasSubstr("\"event\":\"range_extended\""));
  EXPECT_THAT(
      read_file(at("undisturbed/leaderboard.txt")),
      HasSubstr("begun when the range of learning_rate was extended from [0.00001, 0.0001]"));
  EXPECT_THAT(read_file(at("undisturbed/report.html")), HasSubstr("was extended from [0.00001, "));
  EXPECT_THAT(read_file(at("undisturbed/report.json")), HasSubstr("\"first_trial\": 12"));
  EXPECT_THAT(read_file(at("undisturbed/experiment.toml")), HasSubstr("min = 1e-05, max = 1e-04"));
  const Finished explained = stepladder({"explain", at("undisturbed").string(), "12"});
  EXPECT_THAT(explained.out, HasSubstr("Begun when the range of learning_rate was extended"));
  EXPECT_THAT(stepladder({"explain", at("undisturbed").string(), "11"}).out,
              ::testing::Not(HasSubstr("was extended")));
  const Finished plan =
      stepladder({"plan", experiment(), "--workers", "2", "--seconds-per-step", "0.001"});
  EXPECT_THAT(plan.out, HasSubstr("Warning: extend_range may begin about 48 trials more"));
}

TEST_F(Extension, survives_a_cut_at_each_line_around_it) {
  ASSERT_EQ(tune_with_threads(2, "undisturbed").exit_code, 0);
  const std::string whole = journal_of("undisturbed");
  std::vector<std::size_t> ends;  // of the lines
  std::size_t asked = 0;          // the first line of an answer
  for (std::size_t end = whole.find('\n'); end != std::string::npos;
       end = whole.find('\n', end + 1)) {
    ends.push_back(end + 1);
    const std::size_t begin = ends.size() > 1 ? ends[ends.size() - 2] : 0;
    if (asked == 0 && whole.find("range_extended", begin) < end) asked = ends.size() - 1;
  }
  ASSERT_GT(asked, 2U);
  int workers = 0;
  for (const std::size_t lines : {asked - 1, asked, asked + 1, asked + 3}) {
    const std::string run = "cut-" + std::to_string(lines);
    fs::create_directories(at(run));
    write_file(at(run) / "journal.jsonl", whole.substr(0, ends[lines - 1]));
    const Finished finished =
        ++workers % 2 == 0 ? tune_with_threads(workers, run) : tune_with_ranks(workers, run);
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    expect_like_undisturbed(run);
  }
}

TEST_F(Extension, survives_signals_and_kills_and_other_ranks) {
  ASSERT_EQ(tune_with_threads(2, "undisturbed").exit_code, 0);
  std::unique_ptr<Process> process = start_ranks(2, "run");
  ASSERT_TRUE(process->wait_until(
      [&] { return journal_of("run").find("range_extended") != std::string::npos; }));
  process->kill_everything();
  EXPECT_EQ(process->wait().exit_code, 128 + SIGKILL);
  const std::size_t before = reports_in(at("run"));
  process = start_ranks(3, "run");
  ASSERT_TRUE(process->wait_until([&] { return reports_in(at("run")) > before; }));
  process->send_to_rank_0(SIGTERM);
  const int stopped = process->wait().exit_code;
  EXPECT_TRUE(stopped == 3 || stopped == 0) << stopped;
  EXPECT_EQ(tune_with_ranks(1, "run").exit_code, 0);
  expect_like_undisturbed("run");
}

TEST_F(Extension, is_refused_where_there_is_nothing_to_widen) {
  const Finished finished = tune_with_threads(1, "run", {"--set", "space.learning_rate=0.1"});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("extend_range widens a range of learning_rate"));
  EXPECT_FALSE(fs::exists(at("run")));
}

}  // namespace
}  // namespace stepladder::end_to_end
