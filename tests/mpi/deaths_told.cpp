// Deaths that MPI itself tells of, to be run by mpirun --with-ft ulfm of Open MPI 5 on four ranks,
// one of which kills itself. The heartbeat's limit is ten minutes and is never reached.
//
// usage: deaths_told RANK     of the one that dies. Whoever is left says that all is well, or exits
// with 1.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

#include "fleet/world.hpp"
#include "stepladder/mpi/mpi_fleet.hpp"
#include "stepladder/mpi/session.hpp"

namespace stepladder::mpi {
namespace {

constexpr Heartbeat kHeartbeat{.silence_max = 600};
constexpr unsigned kPatience = 20;  // seconds, after which the alarm ends this rank

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "FAILED: %s\n", what);
  Session::leave_at_once(1);
}

void expect(bool is_so, const char* what) {
  if (!is_so) fail(what);
}

// The next event of its kind.
template <class What>
What next_of(MpiFleet& ranks, fleet::Arrivals& waiting) {
  for (;;) {
    while (waiting.empty()) waiting = ranks.next();
    const schedule::Event event = waiting.front();
    waiting.erase(waiting.begin());
    if (const What* what = std::get_if<What>(&event.what)) return *what;
  }
}

void schedule_on_rank_0(const Session& session, int victim) {
  MpiFleet ranks(session.communicator(), kHeartbeat);
  fleet::Arrivals waiting;
  for (int rank = 1; rank < session.size(); ++rank)
    static_cast<void>(next_of<schedule::WorkerJoined>(ranks, waiting));
  if (victim == 0) ::raise(SIGKILL);
  const WorkerId dead{static_cast<std::uint32_t>(victim - 1)};
  const Assignment deadly{.lease = LeaseId{1}, .to = 5};
  ranks.carry_out(schedule::Assign{dead, deadly});
  expect(next_of<schedule::WorkerLost>(ranks, waiting).worker == dead, "another worker is lost");
  expect(ranks.anyone_lost() && !ranks.is_deserted(), "the fleet is not as it should be");
  // Neither sending to the dead, nor going on with the living, fails or hangs.
  for (int times = 0; times < 3; ++times) {
    ranks.carry_out(schedule::Assign{dead, deadly});
    static_cast<void>(ranks.next());
  }
  const WorkerId living{dead.value == 0 ? 1U : 0U};
  const Assignment small{.lease = LeaseId{2}, .to = 7};
  ranks.carry_out(schedule::Assign{living, small});
  const auto report = next_of<schedule::Reported>(ranks, waiting);
  expect(report.lease == small.lease, "another report has come");
  expect(report.outcome == Outcome{fleet::fake_score(small)}, "the living works no more");
  ranks.dismiss();
}

void work_on_rank(const Session& session, int victim) {
  MpiLink link(session.communicator(), kHeartbeat);
  fleet::work(link, [&](const Assignment& assignment, const fleet::KeepGoing& keep_going) {
    if (session.rank() == victim) ::raise(SIGKILL);
    return fleet::fake_train(assignment, keep_going);
  });
  expect(link.is_abandoned() == (victim == 0), "a worker left for another reason");
}

}  // namespace
}  // namespace stepladder::mpi

int main(int argc, char** argv) {
  using namespace stepladder;
  const int victim = argc > 1 ? std::atoi(argv[1]) : 1;
  const mpi::Session session(argc, argv);
  ::alarm(mpi::kPatience);
  if (session.rank() == 0)
    mpi::schedule_on_rank_0(session, victim);
  else
    mpi::work_on_rank(session, victim);
  std::fprintf(stderr, "rank %d: all is well\n", session.rank());
  mpi::Session::leave_at_once(0);
}
