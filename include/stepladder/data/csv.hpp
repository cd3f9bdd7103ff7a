// Reads a data set from tables of comma-separated values, plain or gzip-compressed: one row a line,
// one column the label, all others numbers.
//
// The format is RFC 4180's: a field may stand in double quotes, and may then hold commas, line
// breaks and doubled quotes. Lines end in LF or CRLF; a byte order mark and lines with nothing in
// them are skipped; blanks around a field that is not quoted do not count. Numbers are written with
// a point, such as 1, -0.5, +2 or 1e-3.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>

#include "stepladder/data/data_error.hpp"
#include "stepladder/data/data_set.hpp"

namespace stepladder::data {

struct CsvFiles {
  std::filesystem::path train;
  std::filesystem::path test;  // empty: there is none
  bool has_header = true;      // of both files: the first line names the columns
  // By number, from 0, or by name, which needs a header. Default: the last.
  std::optional<std::variant<std::size_t, std::string>> label;
};

// Features are reals, not yet standardised. The classes are the labels of the training file, in the
// order of their numbers where all of them are numbers (1 and 1.0 are the same), else sorted as
// texts byte by byte. Throws DataError: what cannot be read as said above, an empty field, NaN or
// infinity, rows of different lengths, fewer than two classes or more than 65536, a test file with
// other columns or a label that the training file does not have.
// `rows_read` goes up as it gets on, for other threads to look at.
[[nodiscard]] DataSet read_csv(const CsvFiles& files, Contents contents = Contents::everything,
                               std::atomic<std::int64_t>* rows_read = nullptr);

}  // namespace stepladder::data
