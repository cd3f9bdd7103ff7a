// A minimum of a smooth function of a few variables.
#pragma once

#include <functional>

#include <Eigen/Core>

namespace stepladder::analysis {

// The function's value at a point, its gradient written to the second argument (of the same
// length). A value that is not finite marks a point that must not be entered.
using Smooth = std::function<double(const Eigen::VectorXd&, Eigen::VectorXd&)>;

struct Minimum {
  Eigen::VectorXd point;
  double value = 0;
  Eigen::VectorXd gradient;
};

// The quasi-Newton method of Broyden, Fletcher, Goldfarb and Shanno with backtracking (Nocedal,
// Wright: Numerical optimization, 2006, algorithms 3.1 and 6.1), no step longer than 1 along any
// axis: meant for logarithms of scales. Stops when the gradient is below `gradient_max` everywhere,
// when no step gets lower, or after `rounds`. The start's value must be finite.
[[nodiscard]] Minimum minimise(const Smooth& function, Eigen::VectorXd start,
                               double gradient_max = 1e-3, int rounds = 100);

}  // namespace stepladder::analysis
