// Preloaded into a program (LD_PRELOAD), keeps the rank $HELD_RANK from beginning until the file
// $HELD_UNTIL is there. The others wait for it in MPI_Init: so long, no run begins.
#include <cstdlib>
#include <cstring>
#include <unistd.h>

namespace {

__attribute__((constructor)) void wait_for_the_file() {
  const char* rank = std::getenv("OMPI_COMM_WORLD_RANK");
  const char* held = std::getenv("HELD_RANK");
  const char* file = std::getenv("HELD_UNTIL");
  if (rank == nullptr || held == nullptr || file == nullptr || std::strcmp(rank, held) != 0) return;
  while (::access(file, F_OK) != 0) ::usleep(10'000);
}

}  // namespace
