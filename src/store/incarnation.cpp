#include "stepladder/store/incarnation.hpp"

#include <cstdlib>

#include "stepladder/store/files.hpp"
#include "stepladder/store/processes.hpp"
#include "stepladder/wire/run_records.hpp"

namespace stepladder::store {

std::string incarnation() {
  if (const char* given = std::getenv(kIncarnation)) return given;
  const wire::ProcessName process = this_process();
  return process.host + '-' + std::to_string(process.number) + '-' +
         std::to_string(static_cast<long long>(since_1970()));
}

void leave_word(int exit_code, const std::string& why) {
  const char* file = std::getenv(kEarlyEnd);
  if (file == nullptr) return;
  try {
    write_atomically(
        file,
        wire::to_json(wire::Ended{
            .incarnation = incarnation(), .exit_code = exit_code, .why = why, .at = since_1970()}));
  } catch (const StorageError&) {  // the launcher will have to judge without it
  }
}

}  // namespace stepladder::store
