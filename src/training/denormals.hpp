// While it lives, denormal numbers count as 0 on this thread. The moments of a unit that has died
// shrink by a constant factor at every step and would end there for ever, where x86 processors take
// a hundred cycles for each operation. Elsewhere it does nothing.
#pragma once

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

namespace stepladder::training {

class DenormalsAreZero {
 public:
#if defined(__SSE__)
  DenormalsAreZero() noexcept : before_(_mm_getcsr()) { _mm_setcsr(before_ | kFlushBothWays); }
  ~DenormalsAreZero() { _mm_setcsr(before_); }

 private:
  static constexpr unsigned kFlushBothWays = 0x8040;  // FTZ and DAZ
  unsigned before_;
#elif defined(__aarch64__) && defined(__GNUC__) && !defined(__clang__)
  DenormalsAreZero() noexcept : before_(__builtin_aarch64_get_fpcr()) {
    __builtin_aarch64_set_fpcr(before_ | kFlushBothWays);
  }
  ~DenormalsAreZero() { __builtin_aarch64_set_fpcr(before_); }

 private:
  static constexpr unsigned kFlushBothWays = 1U << 24U;  // FZ
  unsigned before_;
#else
  DenormalsAreZero() noexcept {}
  ~DenormalsAreZero() {}
#endif
 public:
  DenormalsAreZero(const DenormalsAreZero&) = delete;
  DenormalsAreZero& operator=(const DenormalsAreZero&) = delete;
};

}  // namespace stepladder::training
