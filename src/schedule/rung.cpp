#include "stepladder/schedule/rung.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace stepladder::schedule {
namespace {

using Entries = std::vector<Rung::Entry>;

// Heap orders: the standard heap functions keep the "largest" element at the root.
struct WorstAtRoot {
  const Entries& entries;
  bool operator()(std::uint32_t a, std::uint32_t b) const {
    return entries[a].standing < entries[b].standing;
  }
};
struct BestAtRoot {
  const Entries& entries;
  bool operator()(std::uint32_t a, std::uint32_t b) const {
    return entries[b].standing < entries[a].standing;
  }
};

template <class Order>
void push(std::vector<std::uint32_t>& heap, std::uint32_t index, Order order) {
  heap.push_back(index);
  std::push_heap(heap.begin(), heap.end(), order);
}

template <class Order>
std::uint32_t pop(std::vector<std::uint32_t>& heap, Order order) {
  std::pop_heap(heap.begin(), heap.end(), order);
  const std::uint32_t index = heap.back();
  heap.pop_back();
  return index;
}

}  // namespace

void Rung::add(const Standing& standing) {
  const auto index = static_cast<Index>(entries_.size());
  entries_.push_back({.standing = standing});
  push(rest_, index, BestAtRoot{entries_});
  rebalance();
  drop_stale_candidates();
}

std::size_t Rung::top_size() const noexcept {
  const std::size_t share = entries_.size() / static_cast<std::size_t>(eta_);
  return std::min(entries_.size(), std::max(top_min_, share));
}

void Rung::rebalance() {
  const std::size_t quota = top_size();
  const auto enter = [this] {
    const Index index = pop(rest_, BestAtRoot{entries_});
    Entry& entry = entries_[index];
    entry.in_top = true;
    push(top_, index, WorstAtRoot{entries_});
    if (!entry.promoted && !entry.standing.failed) push(candidates_, index, BestAtRoot{entries_});
  };
  const auto leave = [this] {
    const Index index = pop(top_, WorstAtRoot{entries_});
    entries_[index].in_top = false;
    push(rest_, index, BestAtRoot{entries_});
  };

  while (top_.size() < quota) enter();
  // Only the newest entry can be out of place, so one exchange is enough.
  if (!top_.empty() && !rest_.empty() &&
      entries_[rest_.front()].standing < entries_[top_.front()].standing) {
    leave();
    enter();
  }
}

void Rung::drop_stale_candidates() {
  while (!candidates_.empty()) {
    const Entry& best = entries_[candidates_.front()];
    if (best.in_top && !best.promoted) return;
    pop(candidates_, BestAtRoot{entries_});
  }
}

std::optional<TrialId> Rung::promotable() const {
  if (candidates_.empty()) return std::nullopt;
  return entries_[candidates_.front()].standing.trial;
}

void Rung::promote(TrialId trial) {
  Entry* entry = nullptr;
  if (promotable() == trial) {
    entry = &entries_[candidates_.front()];
  } else {
    // From the back: it is mostly the entry that came last.
    const auto found = std::find_if(entries_.rbegin(), entries_.rend(),
                                    [trial](const Entry& e) { return e.standing.trial == trial; });
    if (found != entries_.rend()) entry = &*found;
  }
  if (entry == nullptr || entry->promoted)
    throw std::logic_error("Rung::promote: the trial has no unpromoted entry in this rung");
  entry->promoted = true;
  ++promoted_;
  drop_stale_candidates();
}

std::vector<TrialId> Rung::promote_best(std::size_t count) {
  std::vector<Index> order(entries_.size());
  std::iota(order.begin(), order.end(), Index{0});
  const auto is_better = [this](Index a, Index b) {
    return entries_[a].standing < entries_[b].standing;
  };
  if (count < order.size()) {
    std::nth_element(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
                     is_better);
    order.resize(count);
  }
  std::sort(order.begin(), order.end(), is_better);
  std::vector<TrialId> best;
  for (const Index index : order) {
    Entry& entry = entries_[index];
    if (entry.promoted || entry.standing.failed) continue;
    entry.promoted = true;
    best.push_back(entry.standing.trial);
  }
  promoted_ += best.size();
  // Most candidates are stale now: that is quicker than to take them off the heap one by one.
  std::erase_if(candidates_,
                [this](Index i) { return entries_[i].promoted || !entries_[i].in_top; });
  std::make_heap(candidates_.begin(), candidates_.end(), BestAtRoot{entries_});
  return best;
}

}  // namespace stepladder::schedule
