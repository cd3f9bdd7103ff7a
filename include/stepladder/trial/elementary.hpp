// exp, log, pow and cos(pi x) by IEEE additions, multiplications and divisions of doubles and by
// integer operations alone, each of which has one right result. So they have the same bits on every
// processor and with every C library. A mathematics library does not promise that of its own
// functions: glibc picks a variant by what the processor has. Whatever a decision or a training
// depends on is computed with these (and std::sqrt, which IEEE defines); what only tells of them
// may use <cmath>. The series are Taylor's.
//
// Errors are distances from the exact value, in units of the last place of the result; the tests
// hold these bounds over millions of points.
#pragma once

namespace stepladder::elementary {

// Error below 0.54; 1.1 where the result is subnormal. Never falls where x rises. Infinity above
// 709.79, 0 below -745.14; NaN stays NaN.
[[nodiscard]] double exp(double x) noexcept;

// Error below 0.56. Never falls where x rises. -infinity of 0; NaN of what is negative or NaN.
[[nodiscard]] double log(double x) noexcept;

// x^y of x >= 0. Error below 0.6 + |y log x| / 12. 1 where y = 0 or x = 1; else NaN where x is
// negative or either is NaN.
[[nodiscard]] double pow(double x, double y) noexcept;

// cos(pi x). Error below 0.9; exactly 1, 0 and -1 at the multiples of 1/2. NaN of what is not
// finite.
[[nodiscard]] double cos_pi(double x) noexcept;

}  // namespace stepladder::elementary
