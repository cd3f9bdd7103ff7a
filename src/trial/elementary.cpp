#include "stepladder/trial/elementary.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace stepladder::elementary {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// log 2 and pi in two parts. That of log 2 in front has 42 bits: a multiple of it by a whole number
// below 2^11 is exact.
constexpr double kLog2 = 0x1.62e42fefa38p-1;
constexpr double kLog2Rest = 0x1.ef35793c7673p-45;
constexpr double kPi = 0x1.921fb54442d18p+1;
constexpr double kPiRest = 0x1.1a62633145c07p-53;

// An unevaluated sum: a number with about twice the digits of a double.
struct Sum {
  double high;
  double low;
};

// a + b without an error, where |a| >= |b| (Dekker 1971).
constexpr Sum sum(double a, double b) {
  const double high = a + b;
  return {high, b - (high - a)};
}

// a * b without an error but of the last bits of a * b's rest: products of halves of the digits are
// exact (Veltkamp, Dekker 1971).
constexpr Sum product(double a, double b) {
  const auto front = [](double x) {
    return std::bit_cast<double>(std::bit_cast<std::uint64_t>(x) & ~std::uint64_t{0x7FFFFFF});
  };
  const double a1 = front(a);
  const double b1 = front(b);
  const double a2 = a - a1;
  const double b2 = b - b1;
  const double high = a * b;
  return {high, ((a1 * b1 - high) + a1 * b2 + a2 * b1) + a2 * b2};
}

// c[0] + c[1] x + c[2] x^2 + ..., every fourth power apart: they need not wait for each other.
template <std::size_t count>
constexpr double polynomial(const double (&c)[count], double x) {
  static_assert(count % 4 == 0);
  const double square = x * x;
  const double fourth = square * square;
  double part[4] = {c[count - 4], c[count - 3], c[count - 2], c[count - 1]};
  for (std::size_t i = count - 4; i > 0; i -= 4)
    for (std::size_t j = 0; j < 4; ++j) part[j] = part[j] * fourth + c[i - 4 + j];
  return (part[0] + part[1] * x) + (part[2] + part[3] * x) * square;
}

// 2^n, -1022 <= n <= 1023.
double power_of_two(std::int64_t n) {
  return std::bit_cast<double>(static_cast<std::uint64_t>(n + 1023) << 52U);
}

// The nearest whole number, for |x| below 2^51: a double above 2^52 has no room for less.
double nearest(double x) {
  constexpr double kShift = 0x1.8p52;
  return (x + kShift) - kShift;
}

// e^(x.high + x.low), |x.low| far below |x.high|. With n the number of times that log 2 goes into
// x, e^x = 2^n e^r, |r| <= 0.35. Of 1 + r + r^2 / 2 + ... the first three terms are summed in
// double digits, what is left is below 0.8 % of the whole.
double exp_of(Sum x) {
  constexpr double kReciprocals[] = {// of 3!, 4!, ...
                                     1.0 / 6,         1.0 / 24,         1.0 / 120,
                                     1.0 / 720,       1.0 / 5040,       1.0 / 40320,
                                     1.0 / 362880,    1.0 / 3628800,    1.0 / 39916800,
                                     1.0 / 479001600, 1.0 / 6227020800, 1.0 / 87178291200};
  if (!(x.high < 709.79)) return x.high + kInfinity;  // NaN stays NaN
  if (x.high < -745.14) return 0;
  const double n = nearest(x.high * (1 / (kLog2 + kLog2Rest)));
  const Sum r = sum(x.high - n * kLog2, x.low - n * kLog2Rest);
  const Sum square = product(r.high, r.high);
  const Sum two = sum(1, r.high);
  const Sum three = sum(two.high, square.high / 2);
  const double rest = polynomial(kReciprocals, r.high) * square.high * r.high;
  const double low = (two.low + three.low) + (square.low / 2 + r.low * two.high) + rest;
  // In two steps, because 2^n itself may be no double.
  const auto whole = static_cast<std::int64_t>(n);
  return (three.high + low) * power_of_two(whole / 2) * power_of_two(whole - whole / 2);
}

// log x of a finite x > 0. With x = 2^n m, m from sqrt(1/2) to sqrt(2), log x = n log 2 + 2
// artanh(s), s = (m - 1) / (m + 1), |s| <= 0.172. s is taken in double digits; what follows 2 s in
// artanh's series is below 1 % of it.
Sum log_of(double x) {
  constexpr double kOddParts[] = {2.0 / 3,  2.0 / 5,  2.0 / 7,  2.0 / 9,  2.0 / 11, 2.0 / 13,
                                  2.0 / 15, 2.0 / 17, 2.0 / 19, 2.0 / 21, 2.0 / 23, 2.0 / 25};
  constexpr std::uint64_t kRootOfHalf = 0x3FE6A09E667F3BCD;
  constexpr std::uint64_t kMantissa = 0x000FFFFFFFFFFFFF;
  std::int64_t exponent = 0;
  if (x < std::numeric_limits<double>::min()) {
    x *= 0x1p54;
    exponent = -54;
  }
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(x) - kRootOfHalf;
  exponent += static_cast<std::int64_t>(bits) >> 52;
  const double m = std::bit_cast<double>((bits & kMantissa) + kRootOfHalf);

  const Sum over = sum(m >= 1 ? m : 1, m >= 1 ? 1 : m);
  const double reciprocal = 1 / over.high;
  const double s = (m - 1) * reciprocal;
  const Sum back = product(s, over.high);
  const double s_rest = (((m - 1) - back.high) - back.low - s * over.low) * reciprocal;
  const double square = s * s;
  const double rest = polynomial(kOddParts, square) * square * s;

  const auto n = static_cast<double>(exponent);
  const Sum front = n == 0 ? Sum{2 * s, 0} : sum(n * kLog2, 2 * s);
  return sum(front.high, front.low + (n * kLog2Rest + 2 * s_rest + rest));
}

}  // namespace

double exp(double x) noexcept { return exp_of({x, 0}); }

double log(double x) noexcept {
  if (!(x > 0)) return x == 0 ? -kInfinity : kNaN;
  if (x == kInfinity) return x;
  return log_of(x).high;
}

double pow(double x, double y) noexcept {
  if (y == 0 || x == 1) return 1;
  if (!(x >= 0) || y != y) return kNaN;
  if (x == 0 || x == kInfinity) return (x == 0) == (y > 0) ? 0 : kInfinity;
  const Sum log_x = log_of(x);
  const double power = y * log_x.high;
  if (!(power > -746 && power < 710)) return exp(power);
  const Sum exact = product(y, log_x.high);
  return exp_of(sum(exact.high, exact.low + y * log_x.low));
}

// With 2 x = n + f, |f| <= 1/2, the cosine or sine of t = pi f / 2 by their series; t is at most
// pi / 4, and taken in double digits.
double cos_pi(double x) noexcept {
  constexpr double kEven[] = {
      1.0 / 24,        -1.0 / 720,         1.0 / 40320,          -1.0 / 3628800,
      1.0 / 479001600, -1.0 / 87178291200, 1.0 / 20922789888000, -1.0 / 6402373705728000};
  constexpr double kOdd[] = {
      -1.0 / 6,        1.0 / 120,        -1.0 / 5040,          1.0 / 362880,
      -1.0 / 39916800, 1.0 / 6227020800, -1.0 / 1307674368000, 1.0 / 355687428096000};
  if (!(x < kInfinity && x > -kInfinity)) return kNaN;
  if (x >= 0x1p53 || x <= -0x1p53) return 1;  // an even number
  auto n = static_cast<std::int64_t>(2 * x);
  double f = 2 * x - static_cast<double>(n);
  if (f > 0.5 || f < -0.5) {
    n += f > 0 ? 1 : -1;
    f -= f > 0 ? 1 : -1;
  }
  const Sum t = product(kPi, f / 2);
  const double t_rest = t.low + kPiRest * (f / 2);
  const auto [square, square_rest] = product(t.high, t.high);
  const bool is_negative = (n & 3) == 1 || (n & 3) == 2;
  if (n % 2 == 0) {
    const Sum front = sum(1, -square / 2);
    const double cosine = front.high + (front.low + (polynomial(kEven, square) * square * square -
                                                     (t.high * t_rest + square_rest / 2)));
    return is_negative ? -cosine : cosine;
  }
  const double sine =
      t.high + (polynomial(kOdd, square) * square * t.high + t_rest * (1 - square / 2));
  return is_negative ? 0 - sine : sine;
}

}  // namespace stepladder::elementary
