// Keeps the checkpoints of a run below a number of bytes: rank 0, which knows the scheduler,
// removes what is least likely to be needed again. Nothing is lost by it but time.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "stepladder/schedule/hyperband.hpp"
#include "stepladder/store/checkpoints.hpp"
#include "stepladder/wire/journal_line.hpp"

namespace stepladder::run {

class CheckpointCap {
 public:
  // bytes_max 0: no limit.
  CheckpointCap(store::Checkpoints checkpoints, std::int64_t bytes_max)
      : checkpoints_(std::move(checkpoints)), bytes_max_(bytes_max) {}

  // To be told every group of entries, once the scheduler has handled it. Looks into the folder
  // only where it may be over the limit, or soon: room is kept for one more checkpoint of every
  // trial under way. Returns what was removed. Throws store::StorageError.
  std::vector<store::Checkpoints::Saved> observe(const schedule::Hyperband& scheduler,
                                                 std::span<const wire::Entry> entries);

 private:
  std::vector<store::Checkpoints::Saved> make_room(const schedule::Hyperband& scheduler);

  store::Checkpoints checkpoints_;
  std::int64_t bytes_max_;
  std::int64_t bytes_ = 0;    // at the last look
  std::int64_t largest_ = 0;  // checkpoint, ever
  std::int64_t saved_since_ = 0;
};

}  // namespace stepladder::run
