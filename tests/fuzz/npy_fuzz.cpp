// Data sets in .npy files: features and labels, for training and, where there are any, for test.
#include "fuzz/data_check.hpp"
#include "stepladder/data/npy.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stepladder;
  const std::vector<std::string> parts = fuzz::parts_of(fuzz::text_of(data, size), 4);
  const fuzz::MemoryFile features(parts[0]);
  const fuzz::MemoryFile labels(parts[1]);
  const fuzz::MemoryFile test(parts[2]);
  const fuzz::MemoryFile test_labels(parts[3]);
  const fuzz::MemoryWatch watch(fuzz::unpacked_size(parts), 64);
  data::NpyFiles files{.train = features.path(), .train_labels = labels.path()};
  if (!parts[2].empty()) {
    files.test = test.path();
    files.test_labels = test_labels.path();
  }
  try {
    fuzz::check(data::read_npy(files));
  } catch (const data::DataError&) {
  }
  return 0;
}
