#include "stepladder/run/ranks.hpp"

#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stepladder/trial/input_error.hpp"

namespace stepladder::run {
namespace {

using ::testing::StartsWith;

// A rank of three. What the other ranks complain of is given.
class OneOfThree final : public Ranks {
 public:
  OneOfThree(int rank, std::optional<std::string> others)
      : rank_(rank), others_(std::move(others)) {}
  [[nodiscard]] int rank() const override { return rank_; }
  [[nodiscard]] int size() const override { return 3; }
  [[nodiscard]] int threads() const override { return 0; }
  [[nodiscard]] std::optional<std::string> first_complaint(
      const std::optional<std::string>& own) override {
    own_ = own;
    return own ? own : others_;
  }
  [[nodiscard]] std::string broadcast(const std::string& text) override { return text; }
  [[nodiscard]] std::vector<std::string> gather(const std::string&) override { return {}; }
  [[nodiscard]] bool is_keeper() const override { return false; }
  [[nodiscard]] std::vector<Bytes> share(const std::vector<OwnBytes>&) override { return {}; }
  [[nodiscard]] std::string sharing_trouble() const override { return ""; }
  [[nodiscard]] int carry_out(TuningRun*, Workload&, const store::RunDirectory&,
                              const Deadline&) override {
    return 0;
  }
  [[nodiscard]] const std::optional<std::string>& own() const { return own_; }

 private:
  int rank_;
  std::optional<std::string> others_;
  std::optional<std::string> own_;
};

void do_nothing() {}
[[noreturn]] void complain() { throw std::runtime_error("no such file"); }

TEST(AllWell, IsTrueWhereNobodyComplains) {
  Alone alone(2);
  EXPECT_TRUE(all_well(alone, do_nothing));
  OneOfThree last(2, std::nullopt);
  EXPECT_TRUE(all_well(last, do_nothing));
}

TEST(AllWell, ThrowsOnRankZeroWhoeverComplains) {
  Alone alone(2);
  EXPECT_THROW(static_cast<void>(all_well(alone, complain)), InputError);
  OneOfThree first(0, "rank 2 on b: no such file");
  EXPECT_THROW(static_cast<void>(all_well(first, do_nothing)), InputError);
}

TEST(AllWell, IsFalseOnTheOtherRanksWhichNameThemselves) {
  OneOfThree last(2, std::nullopt);
  EXPECT_FALSE(all_well(last, complain));
  ASSERT_TRUE(last.own().has_value());
  EXPECT_THAT(*last.own(), StartsWith("rank 2 on "));
  OneOfThree healthy(1, "no such file");
  EXPECT_FALSE(all_well(healthy, do_nothing));
  EXPECT_EQ(healthy.own(), std::nullopt);
}

TEST(AllWell, LeavesOurOwnBugsAlone) {
  Alone alone(1);
  EXPECT_THROW(static_cast<void>(all_well(alone, [] { throw std::logic_error("a bug"); })),
               std::logic_error);
}

TEST(Ranks, TrainButForTheSchedulersUnlessItIsAlone) {
  EXPECT_TRUE(Alone(1).trains());
  EXPECT_FALSE(OneOfThree(0, std::nullopt).trains());
  EXPECT_TRUE(OneOfThree(1, std::nullopt).trains());
}

TEST(Alone, HasAWorkerForEachProcessorUnlessToldOtherwise) {
  EXPECT_EQ(Alone(3).threads(), 3);
  EXPECT_GE(Alone(0).threads(), 1);
}

}  // namespace
}  // namespace stepladder::run
