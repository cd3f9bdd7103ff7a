#include "stepladder/simulation/curves.hpp"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <numeric>
#include <string>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stepladder/report/simulation_report.hpp"
#include "stepladder/schedule/ledger.hpp"
#include "stepladder/simulation/virtual_run.hpp"

namespace stepladder::simulation {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Curves : public ::testing::Test {
 protected:
  Curves() : file_(fs::path(::testing::TempDir()) / ("curves-" + std::to_string(::getpid()))) {}
  ~Curves() override { fs::remove(file_); }

  [[nodiscard]] CurveTable read(const std::string& text) const {
    std::ofstream(file_, std::ios::binary) << text;
    return read_curves(file_);
  }
  // The message is "FILE:line: ...part...".
  void expect_refused(const std::string& text, int line, const std::string& part) const {
    try {
      static_cast<void>(read(text));
      ADD_FAILURE() << "accepted: " << text;
    } catch (const CurveError& error) {
      EXPECT_THAT(error.what(), StartsWith(file_.string() + ':' + std::to_string(line) + ": "));
      EXPECT_THAT(error.what(), HasSubstr(part));
    }
  }
  [[nodiscard]] const fs::path& file() const { return file_; }

 private:
  fs::path file_;
};

Assignment assignment(std::uint32_t trial, Steps from, Steps to) {
  return {.lease = LeaseId{1}, .trial = TrialId{trial}, .from = from, .to = to};
}

TEST_F(Curves, AreReadWithTheirSeconds) {
  const CurveTable table = read("id,rate,m1,m2,s1,s2\na,0.1,0.5,0.25,2,3.5\nb,0.2,1e-3,-7,1,1\n");
  EXPECT_EQ(table.epochs, 2U);
  ASSERT_EQ(table.curves.size(), 2U);
  EXPECT_EQ(table.curves[0].id, "a");
  EXPECT_THAT(table.curves[0].metric, ElementsAre(0.5, 0.25));
  EXPECT_THAT(table.curves[0].seconds, ElementsAre(2, 3.5));
  EXPECT_THAT(table.curves[1].metric, ElementsAre(1e-3, -7));
}

TEST_F(Curves, TakeASecondAnEpochWhereNoneAreGiven) {
  EXPECT_THAT(read("id,m1,m2,m3\n7,3,2,1\n").curves[0].seconds, ElementsAre(1, 2, 3));
}

TEST_F(Curves, MayBeWrittenInAnyReasonableWay) {
  // Columns in any order, names of hyperparameters that only begin like a series, spaces, the other
  // system's line ends, empty lines, no newline at the end.
  const CurveTable table =
      read("id , m2, momentum, m1 , s, mean1, m0\r\n x , 2, 0.9 ,1,q,w,\r\n\r\ny,4,,3,,,-");
  EXPECT_EQ(table.epochs, 2U);
  ASSERT_EQ(table.curves.size(), 2U);
  EXPECT_EQ(table.curves[0].id, "x");
  EXPECT_THAT(table.curves[0].metric, ElementsAre(1, 2));
  EXPECT_THAT(table.curves[1].metric, ElementsAre(3, 4));
}

// As spreadsheets and R write them.
TEST_F(Curves, MayHaveCellsInQuotes) {
  const CurveTable table = read(
      "\xef\xbb\xbf\"id\",\"hidden\",\"m1\",\"m2\"\n"
      "\"a\", \"[32, 16]\" ,0.5,\"0.25\"\n\"b, the \"\"second\"\"\",\"\",NA,1\n");
  ASSERT_EQ(table.curves.size(), 2U);
  EXPECT_EQ(table.curves[0].id, "a");
  EXPECT_THAT(table.curves[0].metric, ElementsAre(0.5, 0.25));
  EXPECT_FALSE(std::isfinite(table.curves[1].metric[0]));
  expect_refused("id,m1\n\"a,1\n", 2, "the row has 1 cells");
}

TEST_F(Curves, MoreThanNineEpochsAreInOrderOfNumber) {
  const CurveTable table = read("id,m1,m10,m2,m3,m4,m5,m6,m7,m8,m9\na,1,10,2,3,4,5,6,7,8,9\n");
  EXPECT_THAT(table.curves[0].metric, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
}

TEST_F(Curves, ThatHaveNoNumberHaveDiverged) {
  const CurveTable table =
      read("id,m1,m2,m3,m4,m5,m6\na,1,,nan,inf,-inf,NaN\nb,Infinity,2,3,4,5,6\n");
  EXPECT_EQ(table.curves[0].metric[0], 1);
  for (std::size_t epoch = 1; epoch < 6; ++epoch)
    EXPECT_FALSE(std::isfinite(table.curves[0].metric[epoch])) << epoch;
  EXPECT_FALSE(std::isfinite(table.curves[1].metric[0]));
}

TEST_F(Curves, ErrorsNameTheFileAndTheLine) {
  expect_refused("", 1, "the table is empty");
  expect_refused("rate,m1\n", 1, "the first column is \"rate\"");
  expect_refused("id,rate\n1,2\n", 1, "no metric columns");
  expect_refused("id,m1,m3\n", 1, "column m2 is missing");
  expect_refused("id,m2\n", 1, "column m1 is missing");
  expect_refused("id,m1,m1\n", 1, "column m1 stands twice");
  expect_refused("id,m1,m2,s1\n", 1, "2 metric columns but 1 columns of seconds");
  expect_refused("id,m1\n", 1, "no rows");
  expect_refused("id,m1\na,1\nb,1,2\n", 3, "the row has 3 cells, the header 2");
  expect_refused("id,m1\na\n", 2, "the row has 1 cells");
  expect_refused("id,m1\na,1\n\nb,x\n", 4, "\"x\" is not a number");
  expect_refused("id,m1\na,1.5e\n", 2, "\"1.5e\" is not a number");
  expect_refused("id,m1\na,0x1\n", 2, "\"0x1\" is not a number");
  expect_refused("id,m1,s1\na,1,\n", 2, "not a number");
  expect_refused("id,m1,s1\na,1,-1\n", 2, "seconds of epoch 1");
  expect_refused("id,m1,m2,s1,s2\na,1,1,2,1.5\n", 2, "seconds of epoch 2");
  expect_refused("id,m1,s1\na,1,nan\n", 2, "seconds of epoch 1");
  expect_refused("id,m1,s1\na,1,inf\n", 2, "seconds of epoch 1");
}

TEST_F(Curves, ThatAreNotThereAreRefused) {
  fs::remove(file());
  try {
    static_cast<void>(read_curves(file()));
    ADD_FAILURE();
  } catch (const CurveError& error) {
    EXPECT_THAT(error.what(), StartsWith(file().string() + ": cannot be read"));
  }
  EXPECT_THROW(static_cast<void>(read_curves(fs::path(::testing::TempDir()))), CurveError);
}

TEST_F(Curves, AreAWorkload) {
  const CurveTable table = read("id,m1,m2,m3,s1,s2,s3\na,0.5,0.25,0.125,2,3,7\n");
  const Training training = training_of(table);
  EXPECT_EQ(training(assignment(0, 0, 1)).outcome, Outcome(Score{0.5}));
  EXPECT_EQ(training(assignment(0, 0, 1)).duration, 2);
  EXPECT_EQ(training(assignment(0, 1, 3)).outcome, Outcome(Score{0.125}));
  EXPECT_EQ(training(assignment(0, 1, 3)).duration, 5);
  EXPECT_EQ(training(assignment(0, 3, 3)).duration, 0);
}

TEST_F(Curves, AreSharesWhereTheyAreToBeLargeAndLieWithinZeroAndOne) {
  const CurveTable shares = read("id,m1,m2\na,0.5,0.25\nb,,1\n");
  const CurveTable others = read("id,m1,m2\na,0.5,0.25\nb,93,0.5\n");
  EXPECT_TRUE(metrics_of(shares, Direction::maximise).first().is_share());
  EXPECT_FALSE(metrics_of(shares, Direction::minimise).first().is_share());
  EXPECT_FALSE(metrics_of(others, Direction::maximise).first().is_share());
  EXPECT_EQ(metrics_of(others, Direction::minimise).first().direction, Direction::minimise);
}

TEST_F(Curves, DivergeAtTheFirstEpochWithoutANumber) {
  const CurveTable table = read("id,m1,m2,m3,s1,s2,s3\na,0.5,,0.1,1,2,4\n");
  const Training workload = training_of(table);
  EXPECT_EQ(workload(assignment(0, 0, 1)).outcome, Outcome(Score{0.5}));
  EXPECT_EQ(workload(assignment(0, 1, 3)).outcome, Outcome(Diverged{2}));
  EXPECT_EQ(workload(assignment(0, 1, 3)).duration, 1);
  EXPECT_EQ(workload(assignment(0, 0, 3)).duration, 2);
}

// Six rows, one worker, levels 1, 3, 9, eta 3. Worked out by hand: trials 0, 1 and 2 take an epoch
// each; of the three trial 1 is best and goes to 3, at time 5. Trials 3 and 4 (which diverges) and
// 5 follow; of the six trial 5 is best, then 1: trial 5 goes to 3, at time 10. Nobody else may
// climb; the best at 3 epochs, trial 1, is carried on to 9.
const char* const kSix =
    "id,m1,m2,m3,m4,m5,m6,m7,m8,m9\n"
    "0,9,9,9,9,9,9,9,9,9\n"
    "1,2,2,1,1,1,1,1,1,0.5\n"
    "2,8,8,8,8,8,8,8,8,8\n"
    "3,7,7,7,7,7,7,7,7,7\n"
    "4,,1,1,1,1,1,1,1,1\n"
    "5,1.5,1.5,1.25,1,1,1,1,1,0.1\n";

schedule::Plan plan_of_six() {
  return {.eta = 3,
          .min_steps = 1,
          .max_steps = 9,
          .trials = 6,
          .metrics = {.all = {{"score", Direction::minimise, MetricKind::plain}}}};
}

TEST_F(Curves, GiveTheReportWorkedOutByHand) {
  const CurveTable table = read(kSix);
  schedule::Hyperband scheduler(plan_of_six(), search::Sampler({}, Seed{1}));
  const VirtualRun run =
      run_in_virtual_time(scheduler, training_of(table), {.workers = 1, .keep_spans = true},
                          [](std::span<const wire::Entry>) {});
  EXPECT_EQ(report::simulation_json(scheduler, run, false),
            R"({
  "best_score": 0.5,
  "best_trial": 1,
  "epochs_spent": 16,
  "makespan_s": 16.0,
  "utilisation": 1.0,
  "rungs": [
    {
      "bracket": 0,
      "steps": 1,
      "trials": 6
    },
    {
      "bracket": 0,
      "steps": 3,
      "trials": 2
    },
    {
      "bracket": 0,
      "steps": 9,
      "trials": 1
    }
  ],
  "trials": [
    {
      "id": 0,
      "steps": 1,
      "score": 9.0,
      "status": "pruned"
    },
    {
      "id": 1,
      "steps": 9,
      "score": 0.5,
      "status": "finished"
    },
    {
      "id": 2,
      "steps": 1,
      "score": 8.0,
      "status": "pruned"
    },
    {
      "id": 3,
      "steps": 1,
      "score": 7.0,
      "status": "pruned"
    },
    {
      "id": 4,
      "steps": 1,
      "score": null,
      "status": "diverged"
    },
    {
      "id": 5,
      "steps": 3,
      "score": 1.25,
      "status": "pruned"
    }
  ],
  "assignments": [
    {
      "trial": 0,
      "from": 0,
      "to": 1
    },
    {
      "trial": 1,
      "from": 0,
      "to": 1
    },
    {
      "trial": 2,
      "from": 0,
      "to": 1
    },
    {
      "trial": 1,
      "from": 1,
      "to": 3
    },
    {
      "trial": 3,
      "from": 0,
      "to": 1
    },
    {
      "trial": 4,
      "from": 0,
      "to": 1
    },
    {
      "trial": 5,
      "from": 0,
      "to": 1
    },
    {
      "trial": 5,
      "from": 1,
      "to": 3
    },
    {
      "trial": 1,
      "from": 3,
      "to": 9
    }
  ]
}
)");
  EXPECT_THAT(report::simulation_json(scheduler, run, true), EndsWith("    }\n  ]\n}\n"));
}

TEST_F(Curves, OfTwoWorkersAreDoneSooner) {
  const CurveTable table = read(kSix);
  schedule::Hyperband scheduler(plan_of_six(), search::Sampler({}, Seed{1}));
  const VirtualRun run = run_in_virtual_time(scheduler, training_of(table), {.workers = 2},
                                             [](std::span<const wire::Entry>) {});
  EXPECT_EQ(run.steps, 16);
  // Trials 0 and 1 until 1 s, 2 and 3 until 2 s, 1 -> 3 until 4 s beside 4 and 5, then 5 -> 3 until
  // 6 s, and 1 -> 9 until 12 s.
  EXPECT_EQ(run.makespan, 12);
  EXPECT_DOUBLE_EQ(run.utilisation, 16.0 / 24);
  EXPECT_TRUE(run.spans.empty());  // not asked for
}

TEST_F(Curves, CountAsSpentWhatWasTrainedBeforeADivergence) {
  const CurveTable table = read("id,m1,m2,m3,m4\na,1,nan,,\nb,1,1,1,1\n");
  schedule::Hyperband scheduler({.min_steps = 4, .max_steps = 4, .trials = 2},
                                search::Sampler({}, Seed{1}));
  Steps reported = 0;
  const VirtualRun run = run_in_virtual_time(
      scheduler, training_of(table), {.workers = 2}, [&](std::span<const wire::Entry> entries) {
        for (const wire::Entry& entry : entries)
          if (const auto* report = std::get_if<schedule::Reported>(&entry.event.what))
            reported += report->effort.steps;
      });
  EXPECT_EQ(run.steps, 2 + 4);
  EXPECT_EQ(reported, 2 + 4);
}

TEST_F(Curves, MayAllDiverge) {
  const CurveTable table = read("id,m1\na,nan\nb,\n");
  schedule::Hyperband scheduler({.min_steps = 1, .max_steps = 1, .trials = 2},
                                search::Sampler({}, Seed{1}));
  const VirtualRun run = run_in_virtual_time(scheduler, training_of(table), {.workers = 3},
                                             [](std::span<const wire::Entry>) {});
  EXPECT_THAT(
      report::simulation_json(scheduler, run, true),
      ::testing::AllOf(HasSubstr("\"best_score\": null"), HasSubstr("\"best_trial\": null")));
}

TEST(PlanningWorkload, TakesTheGivenTimes) {
  const Training workload = planned_training(
      {.seed = Seed{1}, .per_step = 0.5, .overhead = [](const Assignment&) { return 3.0; }});
  EXPECT_EQ(workload(assignment(2, 10, 30)).duration, 13);
  EXPECT_EQ(workload(assignment(2, 30, 30)).duration, 3);
  EXPECT_EQ(workload(assignment(2, 0, 30)).outcome, workload(assignment(2, 10, 30)).outcome);
  const auto loss = [&](Steps to) {
    return std::get<Score>(workload(assignment(2, 0, to)).outcome)[1];
  };
  EXPECT_LT(loss(100), loss(10));
}

TEST(PlanningWorkload, LetsAShareOfTheTrialsDivergeAtOnce) {
  const Training workload = planned_training(
      {.per_step = 0.5, .overhead = [](const Assignment&) { return 3.0; }, .diverging = 0.5});
  int diverged = 0;
  for (std::uint32_t trial = 0; trial < 400; ++trial) {
    const Trained work = workload(assignment(trial, 0, 30));
    if (!std::holds_alternative<Diverged>(work.outcome)) continue;
    ++diverged;
    EXPECT_EQ(work.duration, 0.5);
  }
  EXPECT_NEAR(diverged, 200, 40);  // four standard deviations
}

// The run's length as it is told while it goes on, over its real length. Its scores are others than
// planning takes for granted.
std::vector<double> told_of(schedule::Mode mode, std::int64_t seeds, double diverging, Seed seed) {
  const PlannedTraining planned{.per_step = 0.5, .overhead = [](const Assignment&) { return 2.0; }};
  PlannedTraining real = planned;
  real.seed = seed;
  real.diverging = diverging;
  schedule::Hyperband scheduler({.mode = mode,
                                 .eta = 3,
                                 .min_steps = 10,
                                 .max_steps = 270,
                                 .trials = 60,
                                 .finalists = 2,
                                 .confirmation_seeds = seeds},
                                search::Sampler({}, Seed{1}));
  std::vector<double> told;
  schedule::Ledger ledger;
  const VirtualRun run = run_in_virtual_time(
      scheduler,
      [&](const Assignment& assignment) {
        Trained work = planned_training(real)(assignment);
        if (auto* score = std::get_if<Score>(&work.outcome))
          *score = {(*score)[0] / 2, (*score)[1]};
        return work;
      },
      {.workers = 4},
      [&](std::span<const wire::Entry> entries) {
        for (const wire::Entry& entry : entries)
          static_cast<void>(ledger.add(entry.event, entry.commands));
        if (scheduler.finished() || scheduler.workers() < 4 || scheduler.trials().size() < 15)
          return;
        std::map<TrialId, Seconds> under_way;
        for (const schedule::Stretch& stretch : ledger.under_way())
          if (stretch.work) under_way[stretch.work->trial] = stretch.to - stretch.from;
        told.push_back(entries.back().event.at +
                       time_left(scheduler, planned.per_step, planned.overhead, under_way));
      });
  for (double& length : told) length /= run.makespan;
  return told;
}

TEST(TimeLeft, IsWhatTheRestOfTheRunTakes) {
  struct Case {
    schedule::Mode mode;
    std::int64_t seeds;
    double diverging;
  };
  for (const auto& [mode, seeds, diverging] :
       {Case{schedule::Mode::asha, 0, 0}, Case{schedule::Mode::asha, 3, 0},
        Case{schedule::Mode::asha, 3, 0.4}, Case{schedule::Mode::hyperband, 3, 0}}) {
    std::vector<double> told;
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      const std::vector<double> one = told_of(mode, seeds, diverging, Seed{seed});
      told.insert(told.end(), one.begin(), one.end());
    }
    const auto count = static_cast<double>(told.size());
    const double mean = std::accumulate(told.begin(), told.end(), 0.0) / count;
    const auto good = static_cast<double>(std::count_if(
        told.begin(), told.end(), [](double ratio) { return std::abs(ratio - 1) < 0.2; }));
    EXPECT_NEAR(mean, 1, 0.1) << seeds << ' ' << diverging;
    EXPECT_GT(good / count, 0.75) << seeds << ' ' << diverging;
    std::cout << seeds << " seeds, " << diverging << " diverge: mean " << mean
              << ", within 20 % in " << good / count << '\n';
  }
}

}  // namespace
}  // namespace stepladder::simulation
