// Reads a data set from NumPy's .npy files, plain or gzip-compressed: features in one, labels in
// another, as np.save(path, array) writes them. Format: NumPy's documentation, numpy.lib.format,
// versions 1 to 3.
#pragma once

#include <filesystem>

#include "stepladder/data/data_error.hpp"
#include "stepladder/data/data_set.hpp"

namespace stepladder::data {

struct NpyFiles {
  std::filesystem::path train;
  std::filesystem::path train_labels;
  std::filesystem::path test;  // both test paths are empty where there is no test part
  std::filesystem::path test_labels;
};

// Features are float32, float64 or uint8, of shape (rows, ...): what one row has is laid out flat,
// so that images need no reshaping. Floats become reals, not yet standardised; uint8 is taken for
// pixels and treated as read_idx() does: store what is not a pixel as float32. Labels are whole
// numbers of any kind, of shape (rows) or (rows, 1); the classes are the different labels of the
// training file in numeric order. Memory is taken as bytes arrive, never because a header announces
// them. Throws DataError: another type, Fortran or big-endian order, a damaged or cut file, NaN or
// infinity, fewer than two classes or more than 65536, files that do not fit each other.
[[nodiscard]] DataSet read_npy(const NpyFiles& files, Contents contents = Contents::everything);

}  // namespace stepladder::data
