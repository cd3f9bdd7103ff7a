// The journals of tests/journals, written by programs of the past: every decision in them is made
// again.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "journals/converter.hpp"
#include "journals/fixture.hpp"
#include "stepladder/run/recorded_run.hpp"
#include "store/temporary_folder.hpp"

namespace stepladder::run {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(STEPLADDER_TESTS_DIR) / "journals";
constexpr std::string_view kEnding = ".jsonl.gz";

std::vector<std::string> names() {
  std::vector<std::string> result;
  for (const auto& file : fs::directory_iterator(kFolder)) {
    std::string name = file.path().filename().string();
    if (!name.ends_with(kEnding)) continue;
    name.resize(name.size() - kEnding.size());
    result.push_back(std::move(name));
  }
  std::sort(result.begin(), result.end());
  return result;
}

class StoredRun {
 public:
  explicit StoredRun(const std::string& name) {
    fs::create_directory(folder_.path() / "run");
    std::ofstream(folder_.path() / "run" / "journal.jsonl", std::ios::binary)
        << journals::converted(journals::read_gzip(kFolder / (name + std::string(kEnding))));
    run_.emplace(folder_.path() / "run");
  }
  [[nodiscard]] run::RecordedRun& operator*() { return *run_; }
  [[nodiscard]] run::RecordedRun* operator->() { return &*run_; }

 private:
  store::TemporaryFolder folder_;
  std::optional<run::RecordedRun> run_;
};

// Real numbers may differ in their last digits: programs of the past decoded the points of a range
// with the mathematics library of their machine.
bool is_nearly(const Value& a, const Value& b) {
  const auto* real_a = std::get_if<double>(&a);
  const auto* real_b = std::get_if<double>(&b);
  if (real_a == nullptr || real_b == nullptr) return a == b;
  return std::abs(*real_a - *real_b) <= 1e-12 * std::abs(*real_b);
}

void expect_nearly(const Configuration& a, const Configuration& b) {
  ASSERT_EQ(a.settings.size(), b.settings.size());
  for (std::size_t i = 0; i < a.settings.size(); ++i) {
    EXPECT_EQ(a.settings[i].name, b.settings[i].name);
    EXPECT_TRUE(is_nearly(a.settings[i].value, b.settings[i].value))
        << text(a.settings[i].value) << " and " << text(b.settings[i].value);
  }
}

class StoredJournals : public ::testing::TestWithParam<std::string> {};

TEST_P(StoredJournals, AreDecidedAgainAsWritten) {
  StoredRun run(GetParam());
  std::string decisions;
  std::size_t event = 0;
  run->replay([&](const wire::Entry& entry, const schedule::Commands& derived) {
    ++event;
    SCOPED_TRACE("event " + std::to_string(event));
    decisions += journals::decisions_text(event, derived, run->scheduler());
    ASSERT_EQ(derived.size(), entry.commands.size());
    for (std::size_t i = 0; i < derived.size(); ++i) {
      const auto* now = std::get_if<schedule::Assign>(&derived[i]);
      const auto* then = std::get_if<schedule::Assign>(&entry.commands[i]);
      if (now == nullptr || then == nullptr) {
        EXPECT_EQ(derived[i], entry.commands[i]);
        continue;
      }
      expect_nearly(now->assignment.configuration, then->assignment.configuration);
      schedule::Assign same = *now;
      same.assignment.configuration = then->assignment.configuration;
      same.cause = then->cause;
      EXPECT_EQ(same, *then);
    }
  });
  EXPECT_EQ(decisions, journals::read_gzip(kFolder / (GetParam() + ".decisions.gz")));
  EXPECT_TRUE(run->scheduler().finished());
}

INSTANTIATE_TEST_SUITE_P(All, StoredJournals, ::testing::ValuesIn(names()),
                         [](const auto& parameter) {
                           std::string name = parameter.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

// What the journals cover, in words.
class Covered {
 public:
  void add(const schedule::Plan& plan) {
    add("mode", static_cast<int>(plan.mode));
    add("promotion", static_cast<int>(plan.promotion));
    add("rung score", static_cast<int>(plan.rung_score));
    add("metric", static_cast<int>(plan.metrics.deciding));
    add("audits", plan.audit_fraction > 0 ? 1 : 0);
    add("confirmation", plan.confirmation_seeds > 0 ? 1 : 0);
    add("extension", plan.extend_range ? 1 : 0);
    add("finished winner", plan.finish_winner ? 1 : 0);
    add("trials", plan.trials > 0 ? 1 : 0);
    add("total steps", plan.total_steps > 0 ? 1 : 0);
  }
  void add(const search::Settings& settings) {
    add("search", static_cast<int>(settings.method));
    add("first", settings.first.empty() ? 0 : 1);
  }
  void add(const wire::Entry& entry) {
    add("event", static_cast<int>(entry.event.what.index()));
    if (const auto* report = std::get_if<schedule::Reported>(&entry.event.what))
      add("outcome", static_cast<int>(report->outcome.index()));
    for (const schedule::Command& command : entry.commands) {
      add("command", static_cast<int>(command.index()));
      if (const auto* assign = std::get_if<schedule::Assign>(&command)) {
        add("part", static_cast<int>(assign->assignment.part));
        add("watched", assign->assignment.is_watched ? 1 : 0);
      }
    }
  }
  [[nodiscard]] std::size_t kinds(const std::string& of) const { return kinds_.at(of).size(); }

 private:
  void add(const std::string& of, int kind) { kinds_[of].insert(kind); }
  std::map<std::string, std::set<int>> kinds_;
};

TEST(StoredJournals, CoverEverythingThatARunCanBe) {
  Covered all;
  std::map<schedule::Mode, Covered> of_mode;
  for (const std::string& name : names()) {
    StoredRun run(name);
    Covered& mode = of_mode[run->experiment().plan.mode];
    for (Covered* covered : {&all, &mode}) {
      covered->add(run->experiment().plan);
      covered->add(run->experiment().search);
    }
    run->replay([&](const wire::Entry& entry, const schedule::Commands&) {
      all.add(entry);
      mode.add(entry);
    });
  }
  EXPECT_EQ(of_mode.size(), 8U);
  EXPECT_EQ(all.kinds("promotion"), 2U);
  for (const auto& [mode, covered] : of_mode) {
    SCOPED_TRACE("mode " + std::to_string(static_cast<int>(mode)));
    for (const char* two : {"metric", "audits", "confirmation", "extension", "finished winner",
                            "total steps", "first", "watched"})
      EXPECT_EQ(covered.kinds(two), 2U) << two;
    for (const char* three : {"search", "part"}) EXPECT_EQ(covered.kinds(three), 3U) << three;
    EXPECT_EQ(covered.kinds("rung score"), 4U);
    EXPECT_EQ(covered.kinds("event"), std::variant_size_v<decltype(schedule::Event::what)>);
    EXPECT_EQ(covered.kinds("outcome"), std::variant_size_v<Outcome>);
    EXPECT_EQ(covered.kinds("command"), std::variant_size_v<schedule::Command>);
  }
}

}  // namespace
}  // namespace stepladder::run
