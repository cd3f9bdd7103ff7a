// Reads a data set from the files of the MNIST family: images (idx3-ubyte) and labels
// (idx1-ubyte) for training and test, plain or gzip-compressed. Format: LeCun, Cortes, Burges, "The
// MNIST database", section "file formats": a big-endian magic number, the big-endian sizes of the
// dimensions, then the bytes.
#pragma once

#include <filesystem>

#include "stepladder/data/data_error.hpp"
#include "stepladder/data/data_set.hpp"

namespace stepladder::data {

struct IdxFiles {
  std::filesystem::path train_images;
  std::filesystem::path train_labels;
  std::filesystem::path test_images;  // both test paths are empty where there is no test part
  std::filesystem::path test_labels;
};

// A pixel p enters the network as (p - 127.5) / 255, in [-0.5, 0.5]. The classes are 0 up to the
// highest training label. A file whose name does not end in .gz may be compressed all the same; one
// that ends in .gz must be. Memory is taken as bytes arrive, never because a header announces them.
// Throws DataError.
[[nodiscard]] DataSet read_idx(const IdxFiles& files, Contents contents = Contents::everything);

}  // namespace stepladder::data
