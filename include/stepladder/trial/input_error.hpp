// The user's input is wrong. The text is complete: where, what, what to do.
#pragma once

#include <stdexcept>

namespace stepladder {

struct InputError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace stepladder
