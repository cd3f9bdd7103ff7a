#include "stepladder/schedule/leases.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "stepladder/trial/random.hpp"

namespace stepladder::schedule {
namespace {

// A second, slow reading: flat lists that are searched from end to end.
struct NaiveLeases {
  struct Held {
    WorkerId worker;
    LeaseId lease;
    Task task;
  };
  std::vector<WorkerId> present;
  std::vector<Held> held;  // in order of the leases
  std::vector<Task> waiting;

  [[nodiscard]] std::vector<WorkerId> free() const {
    std::vector<WorkerId> workers;
    for (const WorkerId worker : present)
      if (std::none_of(held.begin(), held.end(), [&](const Held& h) { return h.worker == worker; }))
        workers.push_back(worker);
    std::sort(workers.begin(), workers.end());
    return workers;
  }
  std::optional<Task> drop(const auto& is_meant) {
    const auto found = std::find_if(held.begin(), held.end(), is_meant);
    if (found == held.end()) return std::nullopt;
    const Task task = found->task;
    held.erase(found);
    return task;
  }
  void put_back(Task task) {
    task.is_retry = true;
    waiting.push_back(task);
  }
};

class LeasesAgainstLists : public ::testing::Test {
 protected:
  void step(std::uint64_t number) {
    const RandomStream random(Seed{7}, Purpose::simulation, 1, number);
    const WorkerId worker{static_cast<std::uint32_t>(random.below(0, 6))};
    const LeaseId lease{next_ > 4 ? next_ - random.below(1, 4) : random.below(1, 6)};
    const auto is_of = [&](const NaiveLeases::Held& h) { return h.worker == worker; };
    const auto is_lease = [&](const NaiveLeases::Held& h) { return h.lease == lease; };
    switch (random.below(2, 9)) {
      case 0:
        leases_.join(worker);
        if (const auto task = lists_.drop(is_of)) lists_.put_back(*task);
        std::erase(lists_.present, worker);
        lists_.present.push_back(worker);
        break;
      case 1: {
        const auto lost = leases_.lose(worker);
        ASSERT_EQ(lost, lists_.drop(is_of));
        std::erase(lists_.present, worker);
        if (lost) put_back(*lost);
        break;
      }
      case 2:
      case 3: {
        const auto ended = leases_.end(lease);
        ASSERT_EQ(ended, lists_.drop(is_lease));
        if (!ended) break;
        if (random.uniform(3) < 0.3) {
          put_back(*ended);
        } else {
          leases_.close(*ended);
        }
        break;
      }
      case 4:
        if (random.uniform(4) > 0.1) break;
        leases_.restart();
        for (const auto& held : std::exchange(lists_.held, {})) lists_.put_back(held.task);
        lists_.present.clear();
        break;
      case 5: {
        if (random.uniform(4) > 0.1) break;
        const auto free = lists_.free();
        ASSERT_EQ(leases_.dismiss_free(), free);
        for (const WorkerId gone : free) std::erase(lists_.present, gone);
        break;
      }
      case 6:
        if (random.uniform(4) > 0.05) break;
        leases_.forget_waiting_end();
        std::erase_if(lists_.waiting, [](const Task& task) { return task.part != Part::prune; });
        break;
      default:
        give(number);
    }
  }

  void put_back(const Task& task) {
    leases_.put_back(task);
    lists_.put_back(task);
  }

  static Task some_task(std::uint64_t number) {
    const RandomStream random(Seed{7}, Purpose::simulation, 2, number);
    Task task{.trial = TrialId{static_cast<std::uint32_t>(number)},
              .cause = static_cast<Cause>(random.below(0, 6))};
    if (task.cause == Cause::confirming || task.cause == Cause::scoring) task.part = Part::final;
    return task;
  }

  void give(std::uint64_t number) {
    const auto free = lists_.free();
    const auto worker = leases_.free_worker();
    ASSERT_EQ(worker.has_value(), !free.empty());
    if (!worker) return;
    ASSERT_EQ(*worker, free.front());
    auto task = leases_.take_waiting();
    ASSERT_EQ(task.has_value(), !lists_.waiting.empty());
    if (task) {
      ASSERT_EQ(*task, lists_.waiting.front());
      ASSERT_TRUE(task->is_retry);
      lists_.waiting.erase(lists_.waiting.begin());
    } else {
      task = some_task(number);
    }
    const LeaseId lease = leases_.give(*worker, *task);
    ASSERT_EQ(lease.value, next_++) << "leases count up and are never used again";
    lists_.held.push_back({*worker, lease, *task});
  }

  void compare() {
    ASSERT_EQ(leases_.workers(), lists_.present.size());
    ASSERT_EQ(leases_.all().size(), lists_.held.size());
    std::size_t place = 0;
    for (const auto& [lease, held] : leases_.all()) {
      ASSERT_EQ(lease, lists_.held[place].lease);
      ASSERT_EQ(held.worker, lists_.held[place].worker);
      ASSERT_EQ(held.task, lists_.held[place++].task);
      ASSERT_TRUE(leases_.is_busy(held.task.trial));
    }
    for (const Task& task : lists_.waiting) ASSERT_TRUE(leases_.is_busy(task.trial));
    for (const Cause cause : {Cause::fresh, Cause::promoted, Cause::audited, Cause::finishing,
                              Cause::confirming, Cause::scoring}) {
      const auto is_of = [cause](const Task& task) { return task.cause == cause; };
      const auto held = std::count_if(lists_.held.begin(), lists_.held.end(),
                                      [&](const auto& h) { return is_of(h.task); });
      const auto waiting = std::count_if(lists_.waiting.begin(), lists_.waiting.end(), is_of);
      ASSERT_EQ(leases_.under_way(cause), static_cast<std::size_t>(held + waiting));
    }
    ASSERT_EQ(leases_.are_none(), lists_.held.empty() && lists_.waiting.empty());
  }

  Leases leases_;
  NaiveLeases lists_;
  std::uint64_t next_ = 1;
};

TEST_F(LeasesAgainstLists, AgreeWhateverHappens) {
  for (std::uint64_t number = 0; number < 20'000; ++number) {
    ASSERT_NO_FATAL_FAILURE(step(number)) << "step " << number;
    ASSERT_NO_FATAL_FAILURE(compare()) << "step " << number;
  }
  EXPECT_GT(next_, 1000U);
}

TEST(Leases, ATaskThatIsOverIsNobodysWork) {
  Leases leases;
  leases.join(WorkerId{3});
  const Task task{.trial = TrialId{5}};
  const LeaseId lease = leases.give(WorkerId{3}, task);
  EXPECT_TRUE(leases.is_busy(TrialId{5}));
  ASSERT_TRUE(leases.end(lease));
  leases.close(task);
  EXPECT_FALSE(leases.is_busy(TrialId{5}));
  EXPECT_FALSE(leases.end(lease)) << "a report that comes twice";
}

TEST(Leases, ATrialMayCrashTwice) {
  Leases leases;
  EXPECT_TRUE(leases.may_try_again(TrialId{1}));
  EXPECT_TRUE(leases.may_try_again(TrialId{1}));
  EXPECT_TRUE(leases.may_try_again(TrialId{2}));
  EXPECT_FALSE(leases.may_try_again(TrialId{1}));
}

TEST(Leases, LossesAreForgottenWhenATaskIsDone) {
  Leases leases;
  for (int i = 0; i < kLossesAtOnePlace; ++i) leases.count_loss(TrialId{1}, 100);
  EXPECT_TRUE(leases.losses(TrialId{1}).are_too_many());
  EXPECT_FALSE(leases.losses(TrialId{2}).any());
  leases.forget_losses(TrialId{1});
  EXPECT_FALSE(leases.losses(TrialId{1}).any());
}

}  // namespace
}  // namespace stepladder::schedule
