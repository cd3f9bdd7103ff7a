// Data sets in IDX files: images and labels, for training and for test.
#include "fuzz/data_check.hpp"
#include "stepladder/data/idx.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stepladder;
  const std::vector<std::string> parts = fuzz::parts_of(fuzz::text_of(data, size), 4);
  const fuzz::MemoryFile images(parts[0]);
  const fuzz::MemoryFile labels(parts[1]);
  const fuzz::MemoryFile test_images(parts[2]);
  const fuzz::MemoryFile test_labels(parts[3]);
  const fuzz::MemoryWatch watch(fuzz::unpacked_size(parts), 16);
  try {
    fuzz::check(data::read_idx({.train_images = images.path(),
                                .train_labels = labels.path(),
                                .test_images = test_images.path(),
                                .test_labels = test_labels.path()}));
  } catch (const data::DataError&) {
  }
  return 0;
}
