// How ranks are started so that the death of one is not the death of all: the command line for the
// mpirun that is here. Options that are right for one version are errors or nothing for another.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stepladder::launch {

enum class Family {
  open_mpi_4,  // --enable-recovery: the others live on, mpirun's exit code says nothing
  open_mpi_5,  // --with-ft ulfm: the same within a node; the loss of a node ends the job
  other,       // no recovery known: the death of a rank ends the job
};

struct Mpirun {
  std::string program;
  Family family = Family::other;
  std::string version;  // "Open MPI 4.1.4", or the first line of what it says
};

// `text` is what `mpirun --version` prints.
[[nodiscard]] Mpirun mpirun_saying(std::string program, std::string_view text);
// Asks it. Throws std::runtime_error where it cannot be started.
[[nodiscard]] Mpirun find_mpirun(const std::string& program);

struct Host {
  std::string name;
  int ranks = 0;  // that it takes
  friend bool operator==(const Host&, const Host&) = default;
};

struct MpirunCall {
  int ranks = 0;
  std::vector<Host> hosts;             // empty: wherever mpirun puts them
  std::vector<std::string> variables;  // of the environment, to be passed on to other nodes
  std::vector<std::string> options;    // further ones, for mpirun
  std::vector<std::string> command;    // of each rank
};

// Whose first word is the program.
[[nodiscard]] std::vector<std::string> command_line(const Mpirun& mpirun, const MpirunCall& order);

}  // namespace stepladder::launch
