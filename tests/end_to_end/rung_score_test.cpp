// Runs whose scores are of averages, of annealed copies or of runs begun anew, audited and
// confirmed, are stopped and killed and go on with other numbers of ranks; they end as if nothing
// had happened.
#include <csignal>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "end_to_end/workbench.hpp"

namespace stepladder::end_to_end {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class RungScores : public Workbench, public ::testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    Workbench::SetUp();
    change_experiment("policy = \"exponential\"",
                      "policy = { choices = [\"exponential\", \"linear\"] }");
    change_experiment("audit_fraction = 0",
                      std::string("audit_fraction = 0.3\nrung_score = \"") + GetParam() + '"');
    // This mode decides alike in whatever order results arrive.
    change_experiment("trials = 18", "trials = 18\nmode = \"successive_halving\"");
  }

  void let_work(Process& process, std::size_t reports) const {
    const std::size_t before = reports_in(at("run"));
    ASSERT_TRUE(process.wait_until([&] { return reports_in(at("run")) >= before + reports; }))
        << process.wait().err;
  }
  [[nodiscard]] nlohmann::json board_of(const std::string& run) const {
    return nlohmann::json::parse(read_file(at(run) / "leaderboard.json"));
  }
};

TEST_P(RungScores, come_through_stops_and_kills_to_the_last_bit) {
  ASSERT_EQ(tune_with_threads(2, "undisturbed").exit_code, 0);

  std::unique_ptr<Process> process = start_ranks(3, "run");
  let_work(*process, 5);
  process->send_to_rank_0(SIGTERM);
  EXPECT_EQ(process->wait().exit_code, 3);
  process = start_ranks(1, "run");
  let_work(*process, 4);
  process->kill_everything();
  EXPECT_EQ(process->wait().exit_code, 128 + SIGKILL);
  process = start_threads(2, "run");
  let_work(*process, 4);
  process->send(SIGINT);
  EXPECT_EQ(process->wait().exit_code, 3);
  const Finished finished = tune_with_ranks(4, "run");
  EXPECT_EQ(finished.exit_code, 0) << finished.err;

  const Scores undisturbed = scores_of(at("undisturbed"));
  EXPECT_EQ(expect_same_scores(undisturbed, scores_of(at("run"))), undisturbed.size());
  EXPECT_EQ(scores_of(at("run")).size(), undisturbed.size());
  EXPECT_EQ(read_file(at("run/leaderboard.csv")), read_file(at("undisturbed/leaderboard.csv")));
  for (const char* part : {"finalists", "winner", "audited", "rung_score"})
    EXPECT_EQ(board_of("run")[part], board_of("undisturbed")[part]) << part;
  EXPECT_FALSE(board_of("run")["audited"].empty());
  EXPECT_EQ(board_of("run")["rung_score"], GetParam());
  const Finished replay = stepladder({"replay", at("run").string()});
  EXPECT_EQ(replay.exit_code, 0) << replay.out;
  EXPECT_THAT(replay.out, StartsWith("identical: "));
}

INSTANTIATE_TEST_SUITE_P(Of, RungScores, ::testing::Values("average", "cooldown", "restart"));

}  // namespace
}  // namespace stepladder::end_to_end
