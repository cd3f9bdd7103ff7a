// `stepladder report`, and its page in a real browser.
#include <algorithm>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "end_to_end/workbench.hpp"

namespace stepladder::end_to_end {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;

class ReportCommand : public Workbench {
 protected:
  void expect_good_page(const std::string& run) const {
    const auto check = start({CHECK_PAGE, (at(run) / "report.html").string()});
    const Finished checked = check->wait();
    EXPECT_EQ(checked.exit_code, 0) << checked.err;
  }
};

TEST_F(ReportCommand, writes_again_what_tune_wrote_and_the_page_is_good_in_a_browser) {
  ASSERT_EQ(tune_with_threads(2, "run").exit_code, 0);
  const std::string page = read_file(at("run") / "report.html");
  const std::string numbers = read_file(at("run") / "report.json");
  ASSERT_NE(page, "");
  const Finished reported = stepladder({"report", at("run").string()});
  EXPECT_EQ(reported.exit_code, 0) << reported.err;
  EXPECT_EQ(read_file(at("run") / "report.html"), page);
  EXPECT_EQ(read_file(at("run") / "report.json"), numbers);
  const json parsed = json::parse(numbers);
  EXPECT_EQ(parsed["leaderboard"]["run"], "small");
  std::string said = reported.out;
  std::replace(said.begin(), said.end(), '\n', ' ');  // it is wrapped
  for (const json& sentence : parsed["answer"])
    EXPECT_THAT(said, HasSubstr(sentence.get<std::string>()));
  expect_good_page("run");
}

TEST_F(ReportCommand, page_of_a_single_trial_is_good_in_a_browser) {
  ASSERT_EQ(tune_with_threads(1, "one", {"--set", "schedule.trials=1"}).exit_code, 0);
  expect_good_page("one");
}

TEST_F(ReportCommand, reports_a_simulated_run) {
  ASSERT_EQ(stepladder(
                {"simulate", experiment(), "--workers", "5", "--run-dir", at("simulated").string()})
                .exit_code,
            0);
  EXPECT_EQ(stepladder({"report", at("simulated").string()}).exit_code, 0);
  expect_good_page("simulated");
}

TEST_F(ReportCommand, says_when_it_has_read_a_part_of_the_trials_only) {
  ASSERT_EQ(stepladder({"simulate", experiment(), "--workers", "64", "--set",
                        "schedule.trials=3000", "--run-dir", at("large").string()})
                .exit_code,
            0);
  const Finished reported = stepladder({"report", at("large").string()});
  EXPECT_EQ(reported.exit_code, 0) << reported.err;
  EXPECT_THAT(reported.out, HasSubstr("read from 2,048 of 3,000 trials"));
  const json parsed = json::parse(read_file(at("large") / "report.json"));
  EXPECT_EQ(parsed["trials_read"], 2048);
  EXPECT_EQ(parsed["trials"].size(), 3000U);
}

TEST_F(ReportCommand, writes_the_map_alone_where_it_is_asked_for) {
  ASSERT_EQ(tune_with_threads(2, "run").exit_code, 0);
  const fs::path map = at("map.svg");
  const Finished reported = stepladder({"report", at("run").string(), "--map", map.string()});
  EXPECT_EQ(reported.exit_code, 0) << reported.err;
  EXPECT_THAT(read_file(map), HasSubstr("</svg>"));
  EXPECT_THAT(reported.out, HasSubstr("the map alone: " + map.string()));

  fs::remove(at("run") / "report.html");
  const Finished refused =
      stepladder({"report", at("run").string(), "--map", at("nowhere/map.svg").string()});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("there is no folder " + at("nowhere").string()));
  EXPECT_FALSE(fs::exists(at("run") / "report.html"));
}

TEST_F(ReportCommand, refuses_what_is_no_run) {
  const Finished refused = stepladder({"report", at("nowhere").string()});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("no run there"));
  EXPECT_FALSE(fs::exists(at("nowhere")));
}

}  // namespace
}  // namespace stepladder::end_to_end
