#include <algorithm>
#include <array>
#include <chrono>
#include <deque>
#include <stdexcept>

#include <gtest/gtest.h>

#include "stepladder/fleet/fleet.hpp"
#include "stepladder/store/files.hpp"

namespace stepladder::fleet {
namespace {

using schedule::Assign;
using schedule::Hyperband;
using schedule::Reported;
using schedule::WorkerJoined;

// Hands out prepared rounds; writes down what it is told to do. Its workers report a score at once.
class PreparedFleet final : public Fleet {
 public:
  explicit PreparedFleet(std::vector<std::string>& history) : history_(history) {}

  void prepare(Arrivals arrivals) { rounds_.push_back(std::move(arrivals)); }

  Arrivals next() override {
    if (rounds_.empty()) return {};
    Arrivals round = std::move(rounds_.front());
    rounds_.pop_front();
    return round;
  }
  void carry_out(const schedule::Command& command) override {
    static constexpr std::array kNames = {"assign", "recall", "retire", "choose"};
    history_.emplace_back(kNames[command.index()]);
    if (const auto* assign = std::get_if<Assign>(&command); assign != nullptr && answers_)
      prepare({{.at = 0, .what = Reported{assign->assignment.lease, Score{0.5, 1}, {}}}});
  }
  [[nodiscard]] Seconds now() const override { return 17; }

  void answer(bool answers) { answers_ = answers; }

 private:
  std::vector<std::string>& history_;
  std::deque<Arrivals> rounds_;
  bool answers_ = true;
};

schedule::Event joins(std::uint32_t worker) {
  return {.at = 1, .what = WorkerJoined{WorkerId{worker}}};
}

class Coordinate : public ::testing::Test {
 protected:
  Record record() {
    return [this](std::span<const wire::Entry> entries) {
      for (const wire::Entry& entry : entries) {
        history_.push_back("record " + std::to_string(entry.commands.size()));
        recorded_.push_back(entry);
      }
    };
  }
  std::vector<std::string> history_;
  std::vector<wire::Entry> recorded_;
  PreparedFleet fleet_{history_};
  Hyperband scheduler_{{.min_steps = 1, .max_steps = 1, .trials = 2}, search::Sampler({}, Seed{})};
};

TEST_F(Coordinate, RecordsWhatIsSaidOfTheRangeLikeAnyEvent) {
  const SearchSpace rates{{{"learning_rate", Range{.min = 0.1, .max = 1, .scale = Scale::log}}}};
  Hyperband scheduler({.min_steps = 1, .max_steps = 1, .trials = 2, .extend_range = true},
                      search::Sampler(rates, Seed{}));
  fleet_.prepare({joins(0)});
  int asked = 0;
  const auto judge = [&](const Hyperband& state) -> schedule::Answer {
    EXPECT_TRUE(state.awaits_range());
    if (++asked > 1) return schedule::RangeKept{};
    return schedule::RangeExtended{{.name = "learning_rate", .min = 0.1, .max = 3, .trials = 2}};
  };
  coordinate(scheduler, record(), fleet_, {.judge = judge});
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(scheduler.trials().size(), 4U);
  const auto is = [&](std::size_t kind) {
    return std::count_if(recorded_.begin(), recorded_.end(), [kind](const wire::Entry& entry) {
      return entry.event.what.index() == kind && entry.event.at == 17;
    });
  };
  EXPECT_EQ(is(decltype(schedule::Event::what)(schedule::RangeExtended{}).index()), 1);
  EXPECT_EQ(is(decltype(schedule::Event::what)(schedule::RangeKept{}).index()), 1);
}

TEST_F(Coordinate, RecordsAGroupBeforeItCarriesAnyOfItOut) {
  fleet_.prepare({joins(0), joins(1)});
  coordinate(scheduler_, record(), fleet_);
  ASSERT_GE(history_.size(), 4U);
  EXPECT_EQ(std::vector(history_.begin(), history_.begin() + 4),
            (std::vector<std::string>{"record 1", "record 1", "assign", "assign"}));
  // Never more deeds than were recorded.
  int owed = 0;
  for (const std::string& deed : history_) {
    owed += deed.starts_with("record ") ? std::stoi(deed.substr(7)) : -1;
    EXPECT_GE(owed, 0);
  }
  EXPECT_EQ(owed, 0);
}

TEST_F(Coordinate, CarriesNothingOutThatCouldNotBeRecorded) {
  fleet_.prepare({joins(0), joins(1)});
  const Record failing = [](std::span<const wire::Entry>) {
    throw std::runtime_error("disk full");
  };
  EXPECT_THROW(coordinate(scheduler_, failing, fleet_), std::runtime_error);
  EXPECT_TRUE(history_.empty());
}

TEST_F(Coordinate, ReturnsWhenEveryWorkerIsRetired) {
  fleet_.prepare({});
  fleet_.prepare({joins(0)});
  fleet_.prepare({joins(1)});
  fleet_.prepare({});
  coordinate(scheduler_, record(), fleet_);
  EXPECT_TRUE(scheduler_.finished());
  EXPECT_EQ(scheduler_.workers(), 0U);
  EXPECT_EQ(std::count(history_.begin(), history_.end(), "retire"), 2);
  EXPECT_EQ(std::count(history_.begin(), history_.end(), "choose"), 1);
}

TEST_F(Coordinate, AsksForAStopOnceAndStampsIt) {
  fleet_.answer(false);
  fleet_.prepare({joins(0)});
  fleet_.prepare({});
  fleet_.prepare({});
  fleet_.prepare({{.at = 2, .what = Reported{LeaseId{1}, Interrupted{0}, {}}}});
  coordinate(scheduler_, record(), fleet_,
             {.reason_to_stop = [this]() -> std::optional<std::string> {
               if (recorded_.empty()) return std::nullopt;
               return "on SIGTERM";
             }});
  const std::vector<std::string> expected = {"record 1", "assign",   "record 1",
                                             "recall",   "record 1", "retire"};
  EXPECT_EQ(history_, expected);
  EXPECT_EQ(recorded_[1].event,
            (schedule::Event{.at = 17, .what = schedule::StopRequested{"on SIGTERM"}}));
  EXPECT_FALSE(scheduler_.finished());
}

TEST_F(Coordinate, ObservesEachRoundAfterItWasRecorded) {
  fleet_.prepare({joins(0), joins(1)});
  std::vector<std::size_t> sizes;
  std::size_t seen = 0;
  coordinate(
      scheduler_, record(), fleet_,
      {.observe = [&](const Hyperband& now, std::span<const wire::Entry> entries) {
        EXPECT_EQ(&now, &scheduler_);
        seen += entries.size();
        EXPECT_EQ(recorded_.size(), seen);
        EXPECT_TRUE(std::equal(entries.begin(), entries.end(),
                               recorded_.end() - static_cast<std::ptrdiff_t>(entries.size())));
        sizes.push_back(entries.size());
      }});
  EXPECT_EQ(sizes.front(), 2U);
  EXPECT_EQ(seen, recorded_.size());
}

TEST_F(Coordinate, RecordsWhatReplaysToTheSameCommands) {
  fleet_.prepare({joins(4), joins(2)});
  coordinate(scheduler_, record(), fleet_);
  Hyperband again{{.min_steps = 1, .max_steps = 1, .trials = 2}, search::Sampler({}, Seed{})};
  for (const wire::Entry& entry : recorded_) EXPECT_EQ(again.handle(entry.event), entry.commands);
  EXPECT_TRUE(again.finished());
}

// ---- work() -------------------------------------------------------------------------------------

class PreparedLink final : public WorkerLink {
 public:
  explicit PreparedLink(std::uint64_t assignments) : left_(assignments) {}
  std::optional<Assignment> next() override {
    if (left_ == 0) return std::nullopt;
    const auto start = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - start < kWait) {
    }
    return Assignment{.lease = LeaseId{left_--}, .to = 10};
  }
  bool keep_going(LeaseId lease, Steps at) override {
    asked_.emplace_back(lease, at);
    return at < 5;
  }
  void report(const Reported& report) override { reports_.push_back(report); }

  static constexpr std::chrono::microseconds kWait{100};
  std::vector<std::pair<LeaseId, Steps>> asked_;
  std::vector<Reported> reports_;

 private:
  std::uint64_t left_;
};

TEST(Work, ReportsEachAssignmentUnderItsLeaseAndLeaves) {
  PreparedLink link(3);
  work(link, [](const Assignment& a, const KeepGoing&) -> Result {
    return {Score{static_cast<double>(a.lease.value), 0}, {.steps = 7, .training = 2}};
  });
  ASSERT_EQ(link.reports_.size(), 3U);
  for (std::uint64_t i = 0; i < 3; ++i) {
    Reported& report = link.reports_[i];
    EXPECT_GE(report.effort.waiting, std::chrono::duration<double>(PreparedLink::kWait).count());
    report.effort.waiting = 0;
    const auto lease = static_cast<double>(3 - i);
    EXPECT_EQ(report, (Reported{LeaseId{3 - i}, Score{lease, 0}, {.steps = 7, .training = 2}}));
  }
}

TEST(Work, AsksTheLinkWhetherToKeepGoing) {
  PreparedLink link(1);
  work(link, [](const Assignment& a, const KeepGoing& keep_going) -> Result {
    for (Steps step = a.from; step < a.to; ++step)
      if (!keep_going(step)) return {Interrupted{step}, {}};
    return {Score{}, {}};
  });
  EXPECT_EQ(link.reports_.at(0).outcome, Outcome{Interrupted{5}});
  EXPECT_EQ(link.asked_.back(), std::make_pair(LeaseId{1}, Steps{5}));
}

TEST(Work, TurnsAnExceptionIntoACrashAndGoesOn) {
  PreparedLink link(2);
  work(link, [](const Assignment& a, const KeepGoing&) -> Result {
    if (a.lease == LeaseId{2}) throw std::runtime_error("out of memory");
    return {Score{}, {}};
  });
  ASSERT_EQ(link.reports_.size(), 2U);
  EXPECT_EQ(link.reports_[0].outcome, Outcome{Crashed{"out of memory"}});
  EXPECT_EQ(link.reports_[1].outcome, Outcome{Score{}});
}

TEST(Work, TellsAFailureOfTheStorageFromOneOfTheTrial) {
  PreparedLink link(1);
  work(link, [](const Assignment&, const KeepGoing&) -> Result {
    throw store::StorageError("file", "no space left");
  });
  EXPECT_EQ(link.reports_.at(0).outcome, Outcome{StorageFailed{"no space left"}});
}

}  // namespace
}  // namespace stepladder::fleet
