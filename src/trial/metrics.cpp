#include "stepladder/trial/metrics.hpp"

#include <stdexcept>

namespace stepladder {

std::optional<std::size_t> Metrics::find(std::string_view name) const {
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].name == name) return i;
  return std::nullopt;
}

std::optional<std::size_t> Metrics::share() const {
  if (first().is_share()) return deciding;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].is_share()) return i;
  return std::nullopt;
}

Metrics Metrics::decided_by(std::string_view name) const {
  const auto found = find(name);
  if (!found) throw std::out_of_range("no metric is named " + std::string(name));
  Metrics metrics = *this;
  metrics.deciding = *found;
  return metrics;
}

}  // namespace stepladder
