// The tests of the mpi room, to be run by mpirun on at least three ranks. Every rank runs every
// test in the same order; most judge on rank 0 only. With --complain or --die, what start-up does
// when one rank cannot go on.
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sys/resource.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fleet/contract.hpp"
#include "stepladder/doctor/launched.hpp"
#include "stepladder/mpi/mpi_fleet.hpp"
#include "stepladder/mpi/node_memory.hpp"
#include "stepladder/mpi/session.hpp"

namespace stepladder {
namespace {

const mpi::Session* session = nullptr;

bool on_rank_0() { return session->rank() == 0; }

// One for each test, so that nothing of an earlier one arrives in a later one. Never freed: a late
// pulse may still be on its way to it.
MPI_Comm fresh_communicator() {
  MPI_Comm result = MPI_COMM_NULL;
  mpi::require(MPI_Comm_dup(session->communicator(), &result), "MPI_Comm_dup");
  mpi::require(MPI_Comm_set_errhandler(result, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  return result;
}

void wait_for_all_ranks() { mpi::require(MPI_Barrier(session->communicator()), "MPI_Barrier"); }

class RankWorld final : public fleet::World {
 public:
  void run(schedule::Hyperband& scheduler, const fleet::Record& record, const fleet::Train& train,
           const fleet::CoordinateOptions& options) override {
    MPI_Comm communicator = fresh_communicator();
    if (has_scheduler()) {
      mpi::MpiFleet ranks(communicator);
      fleet::coordinate(scheduler, record, ranks, options);
      ranks.dismiss();
      EXPECT_FALSE(ranks.anyone_lost());
    } else {
      mpi::MpiLink link(communicator);
      fleet::work(link, train);
      EXPECT_TRUE(link.drain());
    }
    wait_for_all_ranks();
  }
  [[nodiscard]] bool has_scheduler() const override { return on_rank_0(); }
};

}  // namespace

namespace fleet {
INSTANTIATE_TEST_SUITE_P(Ranks, FleetContract, ::testing::Values([]() -> std::unique_ptr<World> {
                           return std::make_unique<RankWorld>();
                         }));
}  // namespace fleet

namespace mpi {
namespace {

using namespace std::chrono_literals;

TEST(NodeMemory, GivesEveryRankTheKeepersPartsAligned) {
  NodeMemory memory(*session);
  std::vector<std::byte> odd(1001, std::byte{7});
  std::vector<double> numbers = {1.5, -2.5};
  std::vector<NodeMemory::OwnBytes> own;
  if (memory.is_keeper()) own = {odd, {}, std::as_writable_bytes(std::span(numbers))};
  const std::vector<NodeMemory::Bytes> shared = memory.share(own);
  ASSERT_EQ(shared.size(), 3U);
  EXPECT_THAT(shared[0], ::testing::ElementsAreArray(odd));
  EXPECT_TRUE(shared[1].empty());
  EXPECT_THAT(shared[2], ::testing::ElementsAreArray(std::as_bytes(std::span(numbers))));
  for (const NodeMemory::Bytes part : shared)
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(part.data()) % 64, 0U);
  EXPECT_TRUE(memory.is_shared());
  EXPECT_THROW(static_cast<void>(memory.share(own)), std::logic_error);
}

// As where files may not grow, or each rank is in a container of its own.
TEST(NodeMemory, GivesEachRankACopyWhereTheyCannotShare) {
  NodeMemory memory(*session);
  std::vector<std::byte> numbers(5000, std::byte{7});
  std::vector<NodeMemory::OwnBytes> own;
  if (memory.is_keeper()) own = {numbers};
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{.rlim_cur = 1000, .rlim_max = before.rlim_max};
  const auto former = std::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &small);
  const std::vector<NodeMemory::Bytes> shared = memory.share(own);
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, former);
  EXPECT_FALSE(memory.is_shared());
  EXPECT_EQ(memory.trouble(), "ftruncate: File too large");
  ASSERT_EQ(shared.size(), 1U);
  EXPECT_THAT(shared[0], ::testing::Each(std::byte{7}));
  EXPECT_EQ(shared[0].size(), 5000U);
  wait_for_all_ranks();
  const_cast<std::byte&>(shared[0][0]) = static_cast<std::byte>(session->rank());
  wait_for_all_ranks();
  EXPECT_EQ(shared[0][0], static_cast<std::byte>(session->rank()));
}

// Memory of this process alone that is in use now, in pages.
std::size_t private_pages() {
  std::ifstream statm("/proc/self/statm");
  std::size_t size = 0;
  std::size_t resident = 0;
  std::size_t of_files = 0;
  statm >> size >> resident >> of_files;
  return resident - of_files;
}

TEST(NodeMemory, NeverHoldsTheDataTwice) {
  NodeMemory memory(*session);
  constexpr std::size_t kSize = std::size_t{64} << 20U;
  std::vector<std::byte> big;
  if (memory.is_keeper()) {
    big.resize(kSize);
    for (std::size_t i = 0; i < kSize; ++i) big[i] = static_cast<std::byte>(i * 7 / 5);
  }
  const std::size_t before = private_pages();
  const std::vector<NodeMemory::Bytes> shared = memory.share({NodeMemory::OwnBytes(big)});
  ASSERT_EQ(shared[0].size(), kSize);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < kSize; ++i)
    wrong += shared[0][i] == static_cast<std::byte>(i * 7 / 5) ? 0 : 1;
  EXPECT_EQ(wrong, 0U);
  if (memory.is_keeper()) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    EXPECT_GE(before - private_pages(), kSize / page * 9 / 10) << "what was shared is still held";
  }
}

TEST(NodeMemory, IsOneMemoryForTheWholeNode) {
  NodeMemory memory(*session);
  std::vector<std::byte> before(64, std::byte{1});
  const std::vector<NodeMemory::Bytes> shared =
      memory.share(memory.is_keeper() ? std::vector<NodeMemory::OwnBytes>{before}
                                      : std::vector<NodeMemory::OwnBytes>{});
  // Nobody writes in earnest; here it tells one memory from equal copies.
  if (memory.is_keeper()) const_cast<std::byte&>(shared[0][0]) = std::byte{2};
  wait_for_all_ranks();
  EXPECT_EQ(shared[0][0], std::byte{2});
  wait_for_all_ranks();
}

TEST(Session, GivesEveryRankTheComplaintOfTheLowestOne) {
  const int last = session->size() - 1;
  EXPECT_EQ(session->first_complaint(std::nullopt), std::nullopt);
  for (int first = 0; first <= last; ++first) {
    std::optional<std::string> own;
    if (session->rank() >= first) own = "rank " + std::to_string(session->rank());
    EXPECT_EQ(session->first_complaint(own), "rank " + std::to_string(first));
    if (session->rank() != first) own.reset();
    EXPECT_EQ(session->first_complaint(own).has_value(), true);
  }
  EXPECT_EQ(session->first_complaint(session->rank() == last ? std::optional(std::string())
                                                             : std::nullopt),
            "");
  const std::string long_one(300'000, 'x');
  EXPECT_EQ(
      session->first_complaint(session->rank() == last ? std::optional(long_one) : std::nullopt),
      long_one);
}

TEST(Session, BroadcastsTheTextOfRankZero) {
  for (const std::size_t size : {0U, 1U, 500'000U}) {
    const std::string own(size, static_cast<char>('a' + session->rank()));
    EXPECT_EQ(session->broadcast(own), std::string(size, 'a'));
  }
}

Channel::Packet wait_for_packet(Channel& channel) {
  Patience patience;
  for (;;) {
    channel.progress();
    if (auto packet = channel.receive()) return *packet;
    patience.wait();
  }
}

// The n-th message: its number and then as many bytes as fit.
wire::Bytes numbered(std::size_t n) {
  wire::Bytes bytes(n % 2 == 0 ? wire::kMessageBytesMax : 10, static_cast<std::byte>(n));
  bytes[0] = static_cast<std::byte>(n >> 8);
  bytes[1] = static_cast<std::byte>(n);
  return bytes;
}

TEST(Channel, KeepsTheOrderAndTheBytesOfEachRanksMessages) {
  constexpr std::size_t kMessages = 400;
  Channel channel(fresh_communicator());
  if (!on_rank_0()) {
    for (std::size_t n = 0; n < kMessages; ++n) {
      Channel::Packet packet = wait_for_packet(channel);
      EXPECT_EQ(packet.rank, 0);
      EXPECT_EQ(packet.bytes, numbered(n));
      channel.send(0, std::move(packet.bytes));
    }
  } else {
    for (std::size_t n = 0; n < kMessages; ++n)  // all at once: none of these may block
      for (int rank = 1; rank < session->size(); ++rank) channel.send(rank, numbered(n));
    std::map<int, std::size_t> seen;
    for (std::size_t i = 0; i < kMessages * static_cast<std::size_t>(session->size() - 1); ++i) {
      const Channel::Packet packet = wait_for_packet(channel);
      EXPECT_EQ(packet.bytes, numbered(seen[packet.rank]++));
    }
  }
  EXPECT_TRUE(channel.drain(10s));
  for (int rank = 0; rank < session->size(); ++rank) EXPECT_TRUE(channel.nothing_pending(rank));
  EXPECT_FALSE(channel.receive());
  wait_for_all_ranks();
}

TEST(Channel, EndsWithMessagesNobodyTook) {
  {
    Channel channel(fresh_communicator());
    if (on_rank_0())
      for (std::size_t n = 0; n < 50; ++n) channel.send(session->size() - 1, numbered(n));
  }
  wait_for_all_ranks();
}

// What arrives at a fleet, one event at a time; what is not waited for is passed over.
class Arriving {
 public:
  explicit Arriving(MpiFleet& ranks) : ranks_(ranks) {}

  void all_joined() {
    for (int rank = 1; rank < session->size(); ++rank)
      next<schedule::WorkerJoined>([](const auto&) { return true; });
  }
  template <class What>
  What of_worker_0() {
    return next<What>([](const What& what) { return what.worker == WorkerId{0}; });
  }
  Outcome report_of(LeaseId lease) {
    return next<schedule::Reported>([&](const auto& r) { return r.lease == lease; }).outcome;
  }

 private:
  template <class What, class IsIt>
  What next(const IsIt& is_it) {
    for (;;) {
      while (waiting_.empty()) waiting_ = ranks_.next();
      const schedule::Event event = waiting_.front();
      waiting_.erase(waiting_.begin());
      if (const What* what = std::get_if<What>(&event.what); what != nullptr && is_it(*what))
        return *what;
    }
  }

  MpiFleet& ranks_;
  fleet::Arrivals waiting_;
};

TEST(MpiLink, IsRecalledFromAnAssignmentItHasNotTakenYet) {
  MPI_Comm communicator = fresh_communicator();
  const Assignment endless{.lease = LeaseId{1}, .to = 20'000'000};
  const Assignment small{.lease = LeaseId{2}, .to = 7};
  if (on_rank_0()) {
    MpiFleet ranks(communicator);
    Arriving arriving(ranks);
    static_cast<void>(arriving.of_worker_0<schedule::WorkerJoined>());
    ranks.carry_out(schedule::Assign{WorkerId{0}, endless});
    ranks.carry_out(schedule::Recall{WorkerId{0}});
    static_cast<void>(ranks.next());  // both messages go out
    wait_for_all_ranks();
    EXPECT_TRUE(std::holds_alternative<Interrupted>(arriving.report_of(LeaseId{1})));
    // Nor does the old recall end the next assignment.
    ranks.carry_out(schedule::Assign{WorkerId{0}, small});
    EXPECT_EQ(arriving.report_of(LeaseId{2}), Outcome{fleet::fake_score(small)});
    ranks.dismiss();
  } else {
    MpiLink link(communicator);
    wait_for_all_ranks();
    fleet::work(link, fleet::fake_train);
  }
  wait_for_all_ranks();
}

TEST(MpiFleet, TakesASilentWorkerForLostAndLetsItComeBack) {
  MPI_Comm communicator = fresh_communicator();
  const Heartbeat heartbeat{.silence_max = 0.5};
  const Assignment first{.lease = LeaseId{1}, .to = 1'000'000'000, .is_watched = true};
  if (on_rank_0()) {
    MpiFleet ranks(communicator, heartbeat);
    Arriving arriving(ranks);
    static_cast<void>(arriving.of_worker_0<schedule::WorkerJoined>());
    ranks.carry_out(schedule::Assign{WorkerId{0}, first});
    EXPECT_EQ(arriving.of_worker_0<schedule::WorkerLost>().heard_at, 512);
    EXPECT_TRUE(ranks.anyone_lost());
    mpi::require(MPI_Send(nullptr, 0, MPI_BYTE, 1, 77, session->communicator()), "MPI_Send");
    // It is at work still: it is told to give back, reports under its old lease, and joins.
    EXPECT_TRUE(std::holds_alternative<Interrupted>(arriving.report_of(LeaseId{1})));
    static_cast<void>(arriving.of_worker_0<schedule::WorkerJoined>());
    const Assignment second{.lease = LeaseId{2}, .to = 3};
    ranks.carry_out(schedule::Assign{WorkerId{0}, second});
    EXPECT_EQ(arriving.report_of(LeaseId{2}), Outcome{fleet::fake_score(second)});
    for (int rank = 1; rank < session->size(); ++rank)
      ranks.carry_out(schedule::Retire{WorkerId{static_cast<std::uint32_t>(rank - 1)}});
    EXPECT_FALSE(ranks.is_deserted());
    ranks.dismiss();
  } else {
    MpiLink link(communicator, heartbeat);
    fleet::work(link, [](const Assignment& a, const fleet::KeepGoing& keep_going) {
      if (a.lease == LeaseId{1}) {
        EXPECT_TRUE(keep_going(496));  // being watched, it says so at every question
        EXPECT_TRUE(keep_going(512));
        // Silent until rank 0 has given up.
        mpi::require(
            MPI_Recv(nullptr, 0, MPI_BYTE, 0, 77, session->communicator(), MPI_STATUS_IGNORE),
            "MPI_Recv");
      }
      return fleet::fake_train(a, keep_going);
    });
    EXPECT_FALSE(link.is_abandoned());
    EXPECT_TRUE(link.is_anyone_missing());  // one was, once
  }
  wait_for_all_ranks();
}

// Rank 0 makes its fleet, hands out one endless assignment, and then says no more.
TEST(MpiLink, LeavesASchedulerThatIsSilent) {
  MPI_Comm communicator = fresh_communicator();
  const Heartbeat heartbeat{.silence_max = 0.5};
  if (on_rank_0()) {
    MpiFleet ranks(communicator, heartbeat);
    Arriving arriving(ranks);
    arriving.all_joined();
    ranks.carry_out(schedule::Assign{WorkerId{0}, {.lease = LeaseId{1}, .to = 1'000'000'000'000}});
    static_cast<void>(ranks.next());
    wait_for_all_ranks();
  } else {
    MpiLink link(communicator, heartbeat);
    Outcome last;
    fleet::work(link, [&](const Assignment& a, const fleet::KeepGoing& keep_going) {
      const fleet::Result result = fleet::fake_train(a, keep_going);
      last = result.outcome;
      return result;
    });
    EXPECT_TRUE(link.is_abandoned());
    // Who was at work gave back, which saves what it had.
    EXPECT_EQ(std::holds_alternative<Interrupted>(last), session->rank() == 1);
    wait_for_all_ranks();
  }
}

TEST(MpiLink, IsKeptWaitingByASchedulerThatHasNoWork) {
  MPI_Comm communicator = fresh_communicator();
  const Heartbeat heartbeat{.silence_max = 0.5};
  if (on_rank_0()) {
    MpiFleet ranks(communicator, heartbeat);
    Arriving arriving(ranks);
    arriving.all_joined();
    ranks.carry_out(schedule::Retire{WorkerId{0}});  // hears from rank 0 all the same
    const Seconds end = ranks.now() + 1.5 * heartbeat.scheduler_silence_max();
    while (ranks.now() < end) EXPECT_TRUE(ranks.next().empty());
    EXPECT_FALSE(ranks.anyone_lost());
    ranks.dismiss();
  } else {
    MpiLink link(communicator, heartbeat);
    fleet::work(link, fleet::fake_train);
    EXPECT_FALSE(link.is_abandoned());
    EXPECT_FALSE(link.is_anyone_missing());
  }
  wait_for_all_ranks();
}

TEST(MpiFleet, IsDesertedOnceNobodyHasSpokenForTwiceTheLimit) {
  MPI_Comm communicator = fresh_communicator();
  if (on_rank_0()) {
    MpiFleet ranks(communicator, {.silence_max = 0.1});
    EXPECT_FALSE(ranks.is_deserted());
    while (!ranks.is_deserted()) EXPECT_TRUE(ranks.next().empty());
    EXPECT_TRUE(ranks.anyone_lost());
    EXPECT_GT(ranks.now(), 0.2);
  }
  wait_for_all_ranks();
}

TEST(Silence, IsTooLongBeyondItsLimit) {
  Silence silence(10, 0);
  for (Seconds now = 1; now <= 14; ++now) {
    EXPECT_FALSE(silence.look(now));
    EXPECT_EQ(silence.is_too_long(3), now > 13);
    EXPECT_FALSE(silence.is_too_long(5));
  }
}

TEST(Silence, IsCountedAnewByWhoWasAwayHimself) {
  Silence silence(10, 0);
  EXPECT_FALSE(silence.look(1));
  EXPECT_TRUE(silence.look(1000));  // stopped for a quarter of an hour
  EXPECT_FALSE(silence.is_too_long(1));
  for (Seconds now = 1001; now <= 1010; ++now) EXPECT_FALSE(silence.look(now));
  EXPECT_FALSE(silence.is_too_long(1));
  EXPECT_FALSE(silence.look(1011));
  EXPECT_TRUE(silence.is_too_long(1));
  EXPECT_FALSE(silence.is_too_long(1005));
}

TEST(MpiFleet, DismissesWorkersItHasNeverHeardOf) {
  MPI_Comm communicator = fresh_communicator();
  if (on_rank_0()) {
    MpiFleet ranks(communicator);
    ranks.dismiss();
    wait_for_all_ranks();
  } else {
    wait_for_all_ranks();
    MpiLink link(communicator);
    fleet::work(link, fleet::fake_train);
  }
  wait_for_all_ranks();
}

TEST(MpiFleet, CarriesAConfigurationAsLargeAsAMessageMayBe) {
  MPI_Comm communicator = fresh_communicator();
  if (on_rank_0()) {
    MpiFleet ranks(communicator);
    Arriving arriving(ranks);
    arriving.all_joined();
    for (int rank = 1; rank < session->size(); ++rank) {
      const WorkerId worker{static_cast<std::uint32_t>(rank - 1)};
      Assignment large{.lease = LeaseId{static_cast<std::uint64_t>(rank)}, .to = 1};
      large.configuration.settings = {{"name", std::string(3500, 'x')}};
      ranks.carry_out(schedule::Assign{worker, large});
      EXPECT_EQ(arriving.report_of(large.lease), Outcome{Crashed{"3500 x"}});
    }
    ranks.dismiss();
  } else {
    MpiLink link(communicator);
    fleet::work(link, [](const Assignment& a, const fleet::KeepGoing&) -> fleet::Result {
      const auto& name = std::get<std::string>(a.configuration.settings.at(0).value);
      throw std::runtime_error(std::to_string(std::count(name.begin(), name.end(), 'x')) + " x");
    });
  }
  wait_for_all_ranks();
}

TEST(RanksLaunched, IsWhatTheLauncherSays) { EXPECT_EQ(doctor::ranks_launched(), session->size()); }

}  // namespace
}  // namespace mpi
}  // namespace stepladder

namespace {

// One rank prints as usual; the others only what failed.
class OnlyFailures final : public ::testing::EmptyTestEventListener {
  void OnTestPartResult(const ::testing::TestPartResult& result) override {
    if (result.failed())
      std::printf("rank %d: %s:%d: %s\n", stepladder::session->rank(), result.file_name(),
                  result.line_number(), result.message());
  }
};

}  // namespace

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  const stepladder::mpi::Session here(argc, argv);
  stepladder::session = &here;
  const bool on_last_rank = here.rank() == here.size() - 1;
  if (argc > 1 && std::strcmp(argv[1], "--die") == 0 && on_last_rank)
    stepladder::mpi::abort_if_started(5);
  if (argc > 1) {
    std::optional<std::string> own;
    if (on_last_rank) own = "the last rank complains";
    return here.first_complaint(own) == "the last rank complains" ? 2 : 1;
  }
  if (here.rank() != 0) {
    auto& listeners = ::testing::UnitTest::GetInstance()->listeners();
    delete listeners.Release(listeners.default_result_printer());
    listeners.Append(new OnlyFailures);
  }
  return RUN_ALL_TESTS();
}
