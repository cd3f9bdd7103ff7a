// What the values of a score mean, and which of two scores is better. Whoever makes scores declares
// their metrics; everybody else goes by the declaration.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepladder {

inline constexpr std::size_t kMetricsMax = 4;

enum class Direction : std::uint8_t { maximise, minimise };

enum class MetricKind : std::uint8_t {
  share,     // of the rows that were scored, in [0, 1]; differences are told in points of 0.01
  log_loss,  // mean cross-entropy in nats, at least 0
  plain,     // any number
};

struct Metric {
  std::string name;  // as in settings, in JSON and in columns
  Direction direction = Direction::maximise;
  MetricKind kind = MetricKind::plain;

  [[nodiscard]] bool is_share() const noexcept { return kind == MetricKind::share; }
  // The value, turned so that smaller is better.
  [[nodiscard]] double key(double value) const noexcept {
    return direction == Direction::minimise ? value : -value;
  }
  friend bool operator==(const Metric&, const Metric&) = default;
};

struct Metrics {
  // In the order of a score's values; 1 to kMetricsMax.
  std::vector<Metric> all = {{.name = "score"}};
  // The one that decides. Where two scores are equal in it, the others do, in their order.
  std::size_t deciding = 0;

  [[nodiscard]] const Metric& first() const { return all[deciding]; }
  [[nodiscard]] std::size_t size() const noexcept { return all.size(); }
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;
  // The share that tells how well a trial does: the deciding metric if it is one, else the first
  // that is; none where none is.
  [[nodiscard]] std::optional<std::size_t> share() const;
  // The same with another one deciding. std::out_of_range where there is none of this name.
  [[nodiscard]] Metrics decided_by(std::string_view name) const;
  friend bool operator==(const Metrics&, const Metrics&) = default;
};

}  // namespace stepladder
