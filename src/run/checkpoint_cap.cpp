#include "stepladder/run/checkpoint_cap.hpp"

#include <algorithm>

#include "stepladder/schedule/expendable.hpp"

namespace stepladder::run {

std::vector<store::Checkpoints::Saved> CheckpointCap::observe(
    const schedule::Hyperband& scheduler, std::span<const wire::Entry> entries) {
  if (bytes_max_ == 0 || entries.empty()) return {};
  for (const wire::Entry& entry : entries)
    if (std::holds_alternative<schedule::Reported>(entry.event.what)) ++saved_since_;
  const auto under_way = static_cast<std::int64_t>(scheduler.leases().size());
  const std::int64_t bound = bytes_ + (saved_since_ + under_way) * largest_;
  if (largest_ > 0 && bound <= bytes_max_) return {};
  return make_room(scheduler);
}

std::vector<store::Checkpoints::Saved> CheckpointCap::make_room(
    const schedule::Hyperband& scheduler) {
  const std::vector<store::Checkpoints::Saved> all = checkpoints_.all();
  bytes_ = 0;
  saved_since_ = 0;
  for (const store::Checkpoints::Saved& saved : all) {
    bytes_ += saved.bytes;
    largest_ = std::max(largest_, saved.bytes);
  }
  const std::int64_t allowed =
      bytes_max_ - static_cast<std::int64_t>(scheduler.leases().size()) * largest_;
  std::vector<store::Checkpoints::Saved> removed;
  if (bytes_ <= allowed) return removed;
  for (const TrialId trial : schedule::expendable(scheduler)) {
    const auto is_of = [](const store::Checkpoints::Saved& saved, TrialId id) {
      return saved.trial < id;
    };
    auto saved = std::lower_bound(all.begin(), all.end(), trial, is_of);
    for (; saved != all.end() && saved->trial == trial && bytes_ > allowed; ++saved) {
      checkpoints_.remove(saved->trial, saved->step);
      bytes_ -= saved->bytes;
      removed.push_back(*saved);
    }
    if (bytes_ <= allowed) break;
  }
  return removed;
}

}  // namespace stepladder::run
