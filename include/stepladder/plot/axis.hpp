// How numbers become places along an axis, which of them are marked, and how
// they are written.
#pragma once

#include <string>
#include <vector>

namespace stepladder::plot {

enum class Spacing { linear, log };

// Numbers from `low` to `high` (low < high; above 0 where logarithmic) to pixels from `first` to
// `last`, which may run either way.
struct Axis {
  Spacing spacing = Spacing::linear;
  double low = 0;
  double high = 1;
  double first = 0;
  double last = 1;

  [[nodiscard]] double at(double value) const;
  [[nodiscard]] double value_at(double pixel) const;
  // The same, moved to the nearer end where it lies beyond.
  [[nodiscard]] double clamped(double value) const;
};

// A range with some room on either side, as a share of its length; one of no length gets some.
[[nodiscard]] Axis padded(Axis axis, double share);

struct Tick {
  double value = 0;
  std::string label;  // empty: a small mark without a number
};

// Round numbers within the axis. Logarithmic: 1, 2, 5 of each decade, or its beginning alone where
// there are many, with small marks between; linear: steps of 1, 2, 5 times a power of ten. At most
// `labels` of them are labelled, at least two where the range allows it.
[[nodiscard]] std::vector<Tick> ticks_of(const Axis& axis, std::size_t labels);

}  // namespace stepladder::plot
