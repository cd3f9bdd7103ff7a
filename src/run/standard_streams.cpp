#include "stepladder/run/standard_streams.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace stepladder::run {
namespace {

// The first error of standard output.
std::atomic<int> stdout_error = 0;

// 0 where all of it was written, else the error.
int write_all(int descriptor, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t count = ::write(descriptor, bytes, size);
    if (count >= 0) {
      bytes += count;
      size -= static_cast<std::size_t>(count);
    } else if (errno == EAGAIN) {  // another process has made it non-blocking
      struct pollfd room {
        .fd = descriptor, .events = POLLOUT, .revents = 0
      };
      ::poll(&room, 1, -1);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

// The streams themselves never fail; what a descriptor refuses is dropped.
ssize_t write_to_stdout(void*, const char* bytes, std::size_t size) {
  const int error = write_all(STDOUT_FILENO, bytes, size);
  int none = 0;
  stdout_error.compare_exchange_strong(none, error);
  return static_cast<ssize_t>(size);
}
ssize_t write_to_stderr(void*, const char* bytes, std::size_t size) {
  write_all(STDERR_FILENO, bytes, size);  // where that fails there is nobody to tell
  return static_cast<ssize_t>(size);
}

void replace(std::FILE*& stream, cookie_write_function_t* write, int buffering) {
  std::FILE* const replacement = ::fopencookie(nullptr, "w", {.write = write});
  if (replacement == nullptr) return;
  std::setvbuf(replacement, nullptr, buffering, BUFSIZ);
  stream = replacement;
}

}  // namespace

void prepare_standard_streams() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(descriptor, F_GETFD) < 0)
      static_cast<void>(::open("/dev/null", O_RDWR));  // gets the lowest number that is free: this
  std::signal(SIGPIPE, SIG_IGN);
  replace(stdout, write_to_stdout, ::isatty(STDOUT_FILENO) == 1 ? _IOLBF : _IOFBF);
  replace(stderr, write_to_stderr, _IONBF);
}

std::optional<std::string> lost_output() {
  std::fflush(stdout);
  const int error = stdout_error;
  if (error == 0 || error == EPIPE) return std::nullopt;
  return std::strerror(error);
}

}  // namespace stepladder::run
