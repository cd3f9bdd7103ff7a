// `stepladder status`: whether a run is running and by whom, finished, or to be resumed.
#pragma once

#include <filesystem>

namespace stepladder::app {

struct StatusOptions {
  std::filesystem::path run_directory;
  bool json = false;
};

// Prints it; returns the exit code. Writes nothing. Throws store::StorageError, InputError.
[[nodiscard]] int show_status(const StatusOptions& options);

}  // namespace stepladder::app
