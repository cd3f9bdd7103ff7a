#include "stepladder/launch/verdict.hpp"

#include <algorithm>
#include <set>

#include <fmt/core.h>

#include "stepladder/trial/exit_code.hpp"

namespace stepladder::launch {
namespace {

// 128 + a signal's number: a rank, or mpirun itself, was killed.
bool tells_a_signal(int code) { return code > 128 && code <= 128 + 64; }

Verdict never_began(const Ending& ending) {
  if (ending.reason == Reason::by_itself && ending.mpirun_code != 0 &&
      !tells_a_signal(ending.mpirun_code))
    return {.exit_code = kWrongInput,
            .why = fmt::format("mpirun ended with exit code {} before the run began; what it said "
                               "is above",
                               ending.mpirun_code)};
  return {.exit_code = kOurFault, .why = "the program ended before the run began"};
}

// A rank 0 that comes round when it is told to end saves and stops, and nobody wanted that.
bool was_our_doing(Reason reason) {
  return reason == Reason::silent || reason == Reason::never_began ||
         reason == Reason::rank_0_died || reason == Reason::rank_died_early;
}

bool made_no_progress_twice(const std::vector<Ending>& endings) {
  const std::size_t count = endings.size();
  return count > 1 && !endings[count - 1].has_progressed && !endings[count - 2].has_progressed;
}

}  // namespace

Verdict judge(const std::vector<Ending>& endings, int restarts_max) {
  const Ending& last = endings.back();
  if (last.record && !(last.record->exit_code == kResumable && was_our_doing(last.reason)))
    return {.exit_code = last.record->exit_code, .why = last.record->why};
  if (last.was_asked_to_stop)
    return {.exit_code = kResumable, .why = "stopped; the same command goes on from the journal"};
  if (endings.size() == 1 && !last.has_begun && last.reason != Reason::rank_died_early)
    return never_began(last);
  if (made_no_progress_twice(endings) && !last.has_begun)
    return {.exit_code = kResumable,
            .why =
                "mpirun cannot start the ranks any more; when it can, the same command goes on "
                "from the journal"};
  if (made_no_progress_twice(endings))
    return {.exit_code = kOurFault,
            .why =
                "two starts in a row came to nothing new; the journal is safe, and "
                "stepladder.log has what there is to know"};
  if (endings.size() > static_cast<std::size_t>(restarts_max))
    return {.exit_code = kResumable,
            .why = fmt::format("{} restarts are used up; the same command goes on from the journal",
                               restarts_max)};
  return {.restart = true, .why = "going on from the journal"};
}

std::vector<Host> hosts_left(const std::vector<std::string>& hosts, const std::vector<int>& lost) {
  if (hosts.empty()) return {};
  const std::set<int> missing(lost.begin(), lost.end());
  std::set<std::string> answering = {hosts.front()};  // rank 0's own
  bool has_worker = false;
  for (std::size_t rank = 1; rank < hosts.size(); ++rank) {
    if (missing.contains(static_cast<int>(rank))) continue;
    answering.insert(hosts[rank]);
    has_worker = true;
  }
  std::vector<Host> left;
  bool is_smaller = false;
  for (const std::string& host : hosts) {
    if (!answering.contains(host)) {
      is_smaller = true;
      continue;
    }
    const auto found =
        std::find_if(left.begin(), left.end(), [&](const Host& each) { return each.name == host; });
    if (found == left.end())
      left.push_back({.name = host, .ranks = 1});
    else
      ++found->ranks;
  }
  return is_smaller && has_worker ? left : std::vector<Host>{};
}

}  // namespace stepladder::launch
