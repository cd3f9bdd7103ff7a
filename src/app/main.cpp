#include <csignal>
#include <cstdio>
#include <exception>
#include <malloc.h>

#include "stepladder/app/command_line.hpp"
#include "stepladder/run/mpi_ranks.hpp"
#include "stepladder/run/standard_streams.hpp"
#include "stepladder/trial/exit_code.hpp"

int main(int argc, char** argv) {
  stepladder::run::prepare_standard_streams();
  // A large block that is freed, such as a checkpoint, goes back to the system at once. glibc would
  // otherwise raise this bound as it goes and keep some 20 MB a worker.
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
  // A file that may not grow any further (ulimit -f) is an error to be told of, like a full disk.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    return stepladder::app::run_command_line(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(
        stderr, "stepladder: internal error: %s\nPlease report it with the run's stepladder.log.\n",
        error.what());
  }
  // A rank that leaves without a word would leave the others waiting for it.
  stepladder::run::abort_ranks(stepladder::kOurFault);
  return stepladder::kOurFault;
}
