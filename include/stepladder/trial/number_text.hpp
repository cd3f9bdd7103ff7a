// Numbers as people read them, the same in text, on the page and in plots.
#pragma once

#include <string>

#include "stepladder/trial/ids.hpp"

namespace stepladder {

// "2,700".
[[nodiscard]] std::string steps_text(Steps steps);
// So many significant digits, "0.000031" and "999,999": one notation for everything that stands on
// one page. Below 1e-6 and from 1e6 on "3.1e-7".
[[nodiscard]] std::string number_text(double value, int digits = 2);
// The same without closing zeros and commas, as it may stand in an experiment file: 0.00001, 2700.
[[nodiscard]] std::string plain_text(double value, int digits = 4);
// As many decimals as it takes to tell `low` from `high`.
[[nodiscard]] std::string decimals_text(double value, int decimals);

}  // namespace stepladder
