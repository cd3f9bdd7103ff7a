// Preloaded into a program (LD_PRELOAD), kills it with SIGKILL whenever it is about to rename a
// file to $DEADLY_NAME: a trial whose checkpoint has that name kills every worker that has trained
// it so far, at the same step each time.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

extern "C" int rename(const char* from, const char* to) noexcept {
  const char* deadly = std::getenv("DEADLY_NAME");
  const char* slash = std::strrchr(to, '/');
  if (deadly != nullptr && std::strcmp(slash == nullptr ? to : slash + 1, deadly) == 0)
    ::kill(::getpid(), SIGKILL);
  return static_cast<int>(::syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to));
}
