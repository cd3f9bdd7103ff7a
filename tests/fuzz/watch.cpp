#include <atomic>
#include <cstdio>
#include <sanitizer/allocator_interface.h>

#include "fuzz/fuzz.hpp"

namespace stepladder::fuzz {
namespace {

constexpr std::int64_t kAllowance = std::int64_t{6} << 20U;  // read buffers, zlib's window

std::atomic<bool> is_watching = false;
std::atomic<std::int64_t> live = 0;
std::int64_t most = 0;

void allocated(const volatile void*, std::size_t size) {
  if (!is_watching) return;
  live += static_cast<std::int64_t>(size);
  if (live <= most) return;
  is_watching = false;
  std::fprintf(stderr, "== memory out of proportion: %lld bytes, at most %lld are warranted\n",
               static_cast<long long>(live), static_cast<long long>(most));
  std::abort();
}

void freed(const volatile void* place) {
  if (is_watching && place != nullptr)
    live -=
        static_cast<std::int64_t>(__sanitizer_get_allocated_size(const_cast<const void*>(place)));
}

}  // namespace

MemoryWatch::MemoryWatch(std::size_t bytes, std::size_t a_byte) {
  static const int installed = __sanitizer_install_malloc_and_free_hooks(allocated, freed);
  require(installed != 0);
  live = 0;
  most = kAllowance + static_cast<std::int64_t>(bytes * a_byte);
  is_watching = true;
}

MemoryWatch::~MemoryWatch() { is_watching = false; }

}  // namespace stepladder::fuzz
