#include "data_section.hpp"

#include <utility>

#include <fmt/core.h>

#include "stepladder/experiment/experiment_text.hpp"

namespace stepladder::experiment {
namespace {

constexpr std::array<std::string_view, 3> kFormatWords = {"idx", "csv", "npy"};

namespace fs = std::filesystem;

fs::path given_path(const std::string& text, const fs::path& folder) {
  return fs::absolute(folder / text).lexically_normal();
}

fs::path data_path(TomlSection& section, const std::string& key, const fs::path& folder) {
  const auto text = section.text(key);
  if (!text) section.missing(key, "give the path of the file");
  return given_path(*text, folder);
}

// Empty where the key is not there.
fs::path optional_path(TomlSection& section, const std::string& key, const fs::path& folder) {
  const auto text = section.text(key);
  return text ? given_path(*text, folder) : fs::path();
}

// Rows and their labels are given together.
void check_pair(TomlSection& section, const char* rows, const fs::path& rows_file,
                const char* labels, const fs::path& labels_file) {
  if (rows_file.empty() && !labels_file.empty())
    section.missing(rows, std::string("give the path of the rows that ") + labels + " belongs to");
  if (!rows_file.empty() && labels_file.empty())
    section.missing(labels, std::string("give the path of the labels of ") + rows);
}

data::IdxFiles read_idx_files(TomlSection& section, const fs::path& folder) {
  data::IdxFiles files{.train_images = data_path(section, "train_images", folder),
                       .train_labels = data_path(section, "train_labels", folder),
                       .test_images = optional_path(section, "test_images", folder),
                       .test_labels = optional_path(section, "test_labels", folder)};
  check_pair(section, "test_images", files.test_images, "test_labels", files.test_labels);
  return files;
}

data::CsvFiles read_csv_files(TomlSection& section, const fs::path& folder) {
  data::CsvFiles files;
  files.train = data_path(section, "train", folder);
  files.test = optional_path(section, "test", folder);
  files.has_header = section.truth("header").value_or(files.has_header);
  const toml::node* label = section.any("label");
  if (label == nullptr) return files;
  if (label->is_string()) {
    if (!files.has_header)
      section.fail("label",
                   "without a header no column has a name; give the label's number, from 0, or "
                   "write header = true");
    files.label = label->as_string()->get();
  } else if (label->is_integer() && label->as_integer()->get() >= 0) {
    files.label = static_cast<std::size_t>(label->as_integer()->get());
  } else {
    section.fail("label", "data.label must be the name of a column, or its number, from 0");
  }
  return files;
}

data::NpyFiles read_npy_files(TomlSection& section, const fs::path& folder) {
  data::NpyFiles files{.train = data_path(section, "train", folder),
                       .train_labels = data_path(section, "train_labels", folder),
                       .test = optional_path(section, "test", folder),
                       .test_labels = optional_path(section, "test_labels", folder)};
  check_pair(section, "test", files.test, "test_labels", files.test_labels);
  return files;
}

// How many rows each part takes of the training file; 0 where the file leaves it open.
void read_rows(TomlSection& section, DataSource& data) {
  const bool has_test = has_test_file(data);
  if (const auto rows = section.integer("test_rows"); rows && has_test)
    section.fail("test_rows",
                 "test_rows is for data without a test file, but there is one; remove either");
  for (const auto& [key, target] : {std::pair{"prune_rows", &data.prune_rows},
                                    {"final_rows", &data.final_rows},
                                    {"test_rows", &data.test_rows}}) {
    const auto rows = section.integer(key);
    if (rows && *rows < 1)
      section.fail(key, std::string(key) + " = " + std::to_string(*rows) + "; use 1 or more");
    *target = rows.value_or(0);
  }
}

struct HasTestFile {
  bool operator()(const data::IdxFiles& files) const { return !files.test_images.empty(); }
  bool operator()(const data::CsvFiles& files) const { return !files.test.empty(); }
  bool operator()(const data::NpyFiles& files) const { return !files.test.empty(); }
};

struct FormatText {
  std::string operator()(const data::IdxFiles& files) const {
    std::string text = fmt::format("format = \"idx\"\ntrain_images = {}\ntrain_labels = {}\n",
                                   path(files.train_images), path(files.train_labels));
    if (!files.test_images.empty())
      text += fmt::format("test_images = {}\ntest_labels = {}\n", path(files.test_images),
                          path(files.test_labels));
    return text;
  }
  std::string operator()(const data::CsvFiles& files) const {
    std::string text = fmt::format("format = \"csv\"\ntrain = {}\n", path(files.train));
    if (!files.test.empty()) text += fmt::format("test = {}\n", path(files.test));
    text += fmt::format("header = {}\n", files.has_header);
    if (!files.label) return text;
    if (const auto* number = std::get_if<std::size_t>(&*files.label))
      return text + fmt::format("label = {}\n", *number);
    return text + fmt::format("label = {}\n", quoted(std::get<std::string>(*files.label)));
  }
  std::string operator()(const data::NpyFiles& files) const {
    std::string text = fmt::format("format = \"npy\"\ntrain = {}\ntrain_labels = {}\n",
                                   path(files.train), path(files.train_labels));
    if (!files.test.empty())
      text +=
          fmt::format("test = {}\ntest_labels = {}\n", path(files.test), path(files.test_labels));
    return text;
  }

 private:
  static std::string path(const fs::path& file) { return quoted(file.string()); }
};

}  // namespace

DataSource read_data(TomlSection section, const fs::path& folder) {
  DataSource data;
  const auto format = section.choice("format", kFormatWords);
  if (!format) section.missing("format", "write format = \"idx\", \"csv\" or \"npy\"");
  if (*format == 0)
    data.files = read_idx_files(section, folder);
  else if (*format == 1)
    data.files = read_csv_files(section, folder);
  else
    data.files = read_npy_files(section, folder);
  read_rows(section, data);
  data.is_stratified = section.truth("stratified").value_or(data.is_stratified);
  section.refuse_unknown_keys();
  data.place = section.place();
  return data;
}

bool has_test_file(const DataSource& data) { return std::visit(HasTestFile{}, data.files); }

std::string data_text(const DataSource& data) {
  std::string text = "[data]\n" + std::visit(FormatText{}, data.files);
  for (const auto& [key, rows] : {std::pair{"test_rows", data.test_rows},
                                  {"prune_rows", data.prune_rows},
                                  {"final_rows", data.final_rows}})
    if (rows > 0) text += fmt::format("{} = {}\n", key, rows);
  return text + fmt::format("stratified = {}\n", data.is_stratified);
}

}  // namespace stepladder::experiment
