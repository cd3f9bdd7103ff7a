// The name of a start, and what a rank leaves for the launcher that started it.
#pragma once

#include <string>

namespace stepladder::store {

// What the launcher tells the ranks in their environment: the name of this start, and the file for
// the words of one that ends before its run directory is open.
inline constexpr const char* kIncarnation = "STEPLADDER_INCARNATION";
inline constexpr const char* kEarlyEnd = "STEPLADDER_EARLY_END";

// The name of this start: the launcher's, or one made up here.
[[nodiscard]] std::string incarnation();

// For a rank that ends before its run directory is open: leaves word for its launcher, if it has
// one. Never fails.
void leave_word(int exit_code, const std::string& why);

}  // namespace stepladder::store
