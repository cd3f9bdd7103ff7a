// A run's log for people: one line a decision.
#pragma once

#include <filesystem>
#include <span>

#include "stepladder/wire/journal_line.hpp"

namespace stepladder::run {

// Whatever is logged goes to this file from now on; what a person must know at once also to the
// terminal. Throws store::StorageError.
void begin_log(const std::filesystem::path& path);
void end_log();

// `metrics`: of the scores.
void log_decisions(std::span<const wire::Entry> entries, const Metrics& metrics);

}  // namespace stepladder::run
