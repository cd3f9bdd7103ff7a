// Data sets in CSV files: the first byte picks the options.
#include "fuzz/data_check.hpp"
#include "stepladder/data/csv.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stepladder;
  if (size == 0) return 0;
  const std::vector<std::string> parts = fuzz::parts_of(fuzz::text_of(data + 1, size - 1), 2);
  const fuzz::MemoryFile train(parts[0]);
  const fuzz::MemoryFile test(parts[1]);
  const fuzz::MemoryWatch watch(fuzz::unpacked_size(parts), 256);
  data::CsvFiles files{.train = train.path(), .has_header = (data[0] & 1U) != 0};
  if ((data[0] & 2U) != 0) files.label = static_cast<std::size_t>(data[0] >> 4U);
  if ((data[0] & 6U) == 4U && files.has_header) files.label = std::string("class");
  if (!parts[1].empty()) files.test = test.path();
  try {
    fuzz::check(data::read_csv(files));
  } catch (const data::DataError&) {
  }
  return 0;
}
