// Journals: as they come, and with the checksum of each line put right, so that what is behind it
// is tried as well. The scheduler takes whatever events they hold.
#include <algorithm>

#include <zlib.h>

#include "fuzz/fuzz.hpp"
#include "stepladder/schedule/invariants.hpp"
#include "stepladder/store/journal.hpp"

namespace stepladder {
namespace {

constexpr std::size_t kTail = 18;  // ,"crc":"89abcdef"}

std::string sealed(std::string_view journal) {
  std::string result;
  while (!journal.empty()) {
    const std::size_t end = journal.find('\n');
    std::string line(journal.substr(0, end));
    journal.remove_prefix(end == std::string_view::npos ? journal.size() : end + 1);
    if (line.size() > kTail && line.compare(line.size() - kTail, 8, ",\"crc\":\"") == 0)
      line.resize(line.size() - kTail);
    const std::string whole = line + '}';
    char tail[kTail + 1];
    std::snprintf(
        tail, sizeof tail, ",\"crc\":\"%08lx\"}",
        crc32(0, reinterpret_cast<const Bytef*>(whole.data()), static_cast<uInt>(whole.size())));
    result += line + tail + '\n';
  }
  return result;
}

void read(std::string_view journal) {
  const fuzz::MemoryFile file(journal);
  const fuzz::MemoryWatch watch(journal.size(), 256);
  try {
    store::JournalReader reader(file.path());
    const SearchSpace space{{{"rate", Range{.min = 0.1, .max = 1}}}};
    schedule::Hyperband scheduler(
        {.min_steps = 1, .max_steps = 9, .trials = 9},
        search::Sampler(space, Seed{1}, {.method = search::Method::random}));
    std::uint64_t line = 1;
    while (const auto entry = reader.next()) {
      ++line;
      static_cast<void>(scheduler.handle(entry->event));
      fuzz::require(schedule::broken_invariants(scheduler).empty());
      // What is written again reads the same; a NaN is written as null.
      const std::string again = wire::to_line(*entry, line);
      fuzz::require(wire::to_line(wire::entry_from(again, line), line) == again);
    }
  } catch (const store::StorageError&) {
  }
}

}  // namespace
}  // namespace stepladder

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stepladder;
  const std::string_view journal = fuzz::text_of(data, size);
  read(journal);
  read(sealed(journal));
  return 0;
}
