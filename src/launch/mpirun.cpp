#include "stepladder/launch/mpirun.hpp"

#include <array>
#include <charconv>

#include "stepladder/launch/child.hpp"

namespace stepladder::launch {
namespace {

// As "mpirun (Open MPI) 4.1.4"; of version 4, mpiexec calls itself after the library beneath.
constexpr std::array<std::string_view, 2> kOpenMpi = {"(Open MPI) ", "(OpenRTE) "};

std::vector<std::string> recovery_options(Family family) {
  switch (family) {
    // --bind-to none: else all threads of a rank share one core. Oversubscribing: rank 0 is one
    // more rank than there are cores, and sleeps nearly always. -q, which 5 does not know under any
    // such name: that a rank has ended is told by us.
    case Family::open_mpi_4:
      return {"-q", "--enable-recovery", "--oversubscribe", "--bind-to", "none"};
    case Family::open_mpi_5:
      return {"--with-ft", "ulfm", "--map-by",  ":OVERSUBSCRIBE",
              "--bind-to", "none", "--prtemca", "prte_execute_quiet",
              "1"};
    case Family::other:
      break;
  }
  return {};
}

std::string list_of(const std::vector<Host>& hosts) {
  std::string list;
  for (const Host& host : hosts)
    list += (list.empty() ? "" : ",") + host.name + ':' + std::to_string(host.ranks);
  return list;
}

}  // namespace

Mpirun mpirun_saying(std::string program, std::string_view text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  Mpirun mpirun{.program = std::move(program), .version = std::string(line)};
  for (const std::string_view name : kOpenMpi) {
    const std::size_t found = line.find(name);
    if (found == std::string_view::npos) continue;
    const std::string_view number = line.substr(found + name.size());
    int major = 0;
    std::from_chars(number.data(), number.data() + number.size(), major);
    mpirun.version = "Open MPI " + std::string(number);
    mpirun.family = major >= 5   ? Family::open_mpi_5
                    : major == 4 ? Family::open_mpi_4
                                 : Family::other;
  }
  return mpirun;
}

Mpirun find_mpirun(const std::string& program) {
  return mpirun_saying(program, output_of({program, "--version"}, std::chrono::minutes(1)));
}

std::vector<std::string> command_line(const Mpirun& mpirun, const MpirunCall& order) {
  const bool is_open_mpi = mpirun.family != Family::other;
  std::vector<std::string> words = {mpirun.program};
  const auto add = [&](const std::vector<std::string>& more) {
    words.insert(words.end(), more.begin(), more.end());
  };
  add(recovery_options(mpirun.family));
  add({"-n", std::to_string(order.ranks)});
  if (!order.hosts.empty()) add({is_open_mpi ? "--host" : "-hosts", list_of(order.hosts)});
  if (is_open_mpi)  // others pass the whole environment on
    for (const std::string& variable : order.variables) add({"-x", variable});
  add(order.options);
  add(order.command);
  return words;
}

}  // namespace stepladder::launch
