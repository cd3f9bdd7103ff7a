// Bytes from anywhere: decoding ends in a value or a WireError, and never asks for more memory than
// the bytes could fill.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

#include <gtest/gtest.h>

#include "stepladder/trial/random.hpp"
#include "wire/checkpoint_bytes.hpp"
#include "wire/samples.hpp"

namespace {
std::atomic<std::size_t> largest_allocation{0};
}

// g++ 12 pairs an inlined delete with a new it did not inline, and takes them for strangers.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

// The whole test program allocates through these.
void* operator new(std::size_t size) {
  std::size_t seen = largest_allocation.load();
  while (seen < size && !largest_allocation.compare_exchange_weak(seen, size)) {
  }
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace stepladder::wire {
namespace {

constexpr std::size_t kSlack = 1000;  // an exception's text, a vector's growth

// Random bytes behind a plausible beginning, or a real message with a few bytes changed.
Bytes foreign(const RandomStream& random, const Bytes& real) {
  Bytes bytes;
  if (random.uniform(0) < 0.5) {
    bytes.resize(random.below(1, 300));
    for (std::size_t i = 0; i < bytes.size(); ++i)
      bytes[i] = static_cast<std::byte>(random.bits(100 + i));
    for (std::size_t i = 0; i < std::min<std::size_t>(bytes.size(), random.below(2, 30)); ++i)
      bytes[i] = i < real.size() ? real[i] : bytes[i];
  } else {
    bytes = real;
    const std::uint64_t changes = 1 + random.below(3, 6);
    for (std::uint64_t i = 0; i < changes; ++i)
      bytes[random.below(10 + 2 * i, bytes.size())] =
          static_cast<std::byte>(random.bits(11 + 2 * i));
    if (random.uniform(4) < 0.3) bytes.resize(random.below(5, bytes.size() + 20));
  }
  return bytes;
}

template <class Decode>
bool is_read(const Bytes& bytes, const Decode& decode) {
  largest_allocation = 0;
  bool read = true;
  try {
    static_cast<void>(decode(bytes));
  } catch (const WireError&) {
    read = false;
  }
  // A setting of a configuration takes more room in memory than on the wire.
  EXPECT_LE(largest_allocation, 32 * bytes.size() + kSlack);
  return read;
}

TEST(ForeignBytes, AreReadAsMessagesOrRefused) {
  const auto to_scheduler = all_messages_to_scheduler();
  const auto to_worker = all_messages_to_worker();
  int read = 0;
  for (std::uint64_t i = 0; i < 100'000 && !::testing::Test::HasFailure(); ++i) {
    const RandomStream random(Seed{i}, Purpose::simulation);
    if (i % 2 == 0) {
      const Bytes real = encode(to_scheduler[random.below(9, to_scheduler.size())]);
      read += is_read(foreign(random, real), [](const Bytes& b) { return to_scheduler_from(b); });
    } else {
      const Bytes real = encode(to_worker[random.below(9, to_worker.size())]);
      read += is_read(foreign(random, real), [](const Bytes& b) { return to_worker_from(b); });
    }
  }
  EXPECT_GT(read, 1000);  // the test reaches beyond the first checks
  EXPECT_LT(read, 99'000);
}

TEST(ForeignBytes, AreNoCheckpoint) {
  const Bytes real = encode(training::State{.step = 9, .values = {1, 2, 3, 4, 5, 6, 7, 8}});
  int read = 0;
  for (std::uint64_t i = 0; i < 50'000 && !::testing::Test::HasFailure(); ++i) {
    const RandomStream random(Seed{i}, Purpose::simulation, 1);
    const Bytes bytes = foreign(random, real);
    const bool same = bytes == real;
    read += is_read(bytes, [](const Bytes& b) { return state_from(b); }) && !same;
  }
  EXPECT_EQ(read, 0);
}

TEST(ForeignBytes, AreNoJournalLine) {
  const auto entries = all_entries();
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    const RandomStream random(Seed{i}, Purpose::simulation, 2);
    const std::string line = to_line(entries[random.below(9, entries.size())], 2);
    const auto* data = reinterpret_cast<const std::byte*>(line.data());
    const Bytes bytes = foreign(random, Bytes(data, data + line.size()));
    const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (text == line) continue;
    ASSERT_FALSE(is_whole(text));
    ASSERT_THROW(static_cast<void>(entry_from(text, 2)), WireError);
    ASSERT_THROW(static_cast<void>(opened_from(text)), WireError);
  }
}

}  // namespace
}  // namespace stepladder::wire
