// exp, log, pow and cos(pi x) against the C library's long doubles, which have eleven bits more,
// and against themselves: their bits are the same everywhere.
#include "stepladder/trial/elementary.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

#include "stepladder/trial/random.hpp"

namespace stepladder {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::uint64_t kPoints = 2'000'000;

class Points {
 public:
  explicit Points(std::uint64_t salt) : random_(Seed{1}, Purpose::simulation, salt) {}
  double between(double low, double high) { return low + (high - low) * random_.uniform(next_++); }
  // Positive, of any exponent, subnormal ones included.
  double positive() {
    const auto bits = random_.below(next_++, std::bit_cast<std::uint64_t>(kInfinity));
    return std::bit_cast<double>(bits);
  }

 private:
  RandomStream random_;
  std::uint64_t next_ = 0;
};

// |value - exact| in units of the last place of the exact value's double.
double error(double value, long double exact) {
  int exponent = 0;
  static_cast<void>(std::frexp(static_cast<double>(exact), &exponent));
  const long double last_place = std::ldexp(1.0L, std::max(exponent - 53, -1074));
  return static_cast<double>(std::abs(static_cast<long double>(value) - exact) / last_place);
}

template <class Function, class Exact, class Draw>
double worst_error(const Function& function, const Exact& exact, const Draw& draw) {
  double worst = 0;
  for (std::uint64_t i = 0; i < kPoints; ++i) {
    const double x = draw();
    worst = std::max(worst, error(function(x), exact(x)));
  }
  return worst;
}

// cos(pi x), x folded to [0, 1/2] without an error; near 1/2 the sine of what is missing.
long double cosine(double x) {
  constexpr long double kPi = 3.14159265358979323846264338327950288L;
  long double part = std::fmod(std::abs(static_cast<long double>(x)), 2.0L);
  if (part > 1) part = 2 - part;
  const bool is_negative = part > 0.5L;
  if (is_negative) part = 1 - part;
  const long double value = part < 0.25L ? std::cos(kPi * part) : std::sin(kPi * (0.5L - part));
  return is_negative ? -value : value;
}

TEST(Elementary, ExpIsRight) {
  const auto exact = [](double x) { return std::exp(static_cast<long double>(x)); };
  Points points(1);
  EXPECT_LT(worst_error(elementary::exp, exact, [&] { return points.between(-1, 1); }), 0.54);
  EXPECT_LT(worst_error(elementary::exp, exact, [&] { return points.between(-708, 709.78); }),
            0.54);
  EXPECT_LT(worst_error(elementary::exp, exact, [&] { return points.between(-745.13, -708); }),
            1.1);
}

TEST(Elementary, LogIsRight) {
  const auto exact = [](double x) { return std::log(static_cast<long double>(x)); };
  Points points(2);
  EXPECT_LT(worst_error(elementary::log, exact, [&] { return points.between(0, 2); }), 0.56);
  EXPECT_LT(worst_error(elementary::log, exact, [&] { return points.between(0.999, 1.001); }),
            0.56);
  EXPECT_LT(worst_error(elementary::log, exact, [&] { return points.positive(); }), 0.56);
}

TEST(Elementary, PowIsRight) {
  Points points(3);
  for (std::uint64_t i = 0; i < kPoints; ++i) {
    const double x = i % 2 == 0 ? points.between(0, 2) : points.positive();
    const double most = std::pow(10, points.between(-3, 2.8));  // of |y log x|
    const double y = points.between(-most, most) / std::log(x);
    const long double exact = std::pow(static_cast<long double>(x), static_cast<long double>(y));
    ASSERT_LT(error(elementary::pow(x, y), exact), 0.6 + most / 12) << x << ' ' << y;
  }
}

TEST(Elementary, CosineIsRight) {
  Points points(4);
  EXPECT_LT(worst_error(elementary::cos_pi, cosine, [&] { return points.between(-1, 1); }), 0.9);
  EXPECT_LT(worst_error(elementary::cos_pi, cosine, [&] { return points.between(-1e6, 1e6); }),
            0.9);
}

TEST(Elementary, ExpAndLogNeverFall) {
  Points points(5);
  for (std::uint64_t i = 0; i < kPoints; ++i) {
    // The ends of the series' range, where one power of two hands over to the next, and anywhere.
    const double end = (std::floor(points.between(-1000, 1000)) + 0.5) * std::log(2.0);
    for (const double x : {end + points.between(-1e-14, 1e-14), points.between(-708, 709)})
      ASSERT_LE(elementary::exp(x), elementary::exp(std::nextafter(x, kInfinity))) << x;
    const double root = std::ldexp(std::sqrt(0.5), static_cast<int>(points.between(-1000, 1000)));
    for (const double x : {root * (1 + points.between(-1e-14, 1e-14)), points.positive()})
      ASSERT_LE(elementary::log(x), elementary::log(std::nextafter(x, kInfinity))) << x;
  }
}

TEST(Elementary, KnowsTheValuesThatAreKnown) {
  EXPECT_EQ(elementary::exp(0), 1);
  EXPECT_EQ(elementary::exp(-0.0), 1);
  EXPECT_EQ(elementary::exp(1), 2.718281828459045);
  EXPECT_EQ(elementary::exp(5e-324), 1);
  EXPECT_EQ(elementary::log(1), 0);
  EXPECT_EQ(elementary::log(2), 0.6931471805599453);
  EXPECT_EQ(elementary::log(10), 2.302585092994046);
  EXPECT_EQ(elementary::log(1e-3), -6.907755278982137);
  for (int n = -1074; n < 1024; ++n) EXPECT_EQ(elementary::pow(2, n), std::ldexp(1.0, n)) << n;
  EXPECT_EQ(elementary::pow(10, 3), 1000);
  EXPECT_EQ(elementary::pow(9, 0.5), 3);
  EXPECT_EQ(elementary::pow(0.9, 1), 0.9);
  for (int n = -9; n < 10; ++n) EXPECT_EQ(elementary::cos_pi(n), n % 2 == 0 ? 1 : -1);
  for (int n = -9; n < 10; ++n) {
    EXPECT_EQ(elementary::cos_pi(n + 0.5), 0);
    EXPECT_FALSE(std::signbit(elementary::cos_pi(n + 0.5)));
  }
  EXPECT_EQ(elementary::cos_pi(0.25), 0.7071067811865476);
  EXPECT_EQ(elementary::cos_pi(-0.75), -0.7071067811865476);
}

TEST(Elementary, KnowsWhatIsNoNumberAndWhatHasNoEnd) {
  EXPECT_TRUE(std::isnan(elementary::exp(kNaN)));
  EXPECT_EQ(elementary::exp(kInfinity), kInfinity);
  EXPECT_EQ(elementary::exp(-kInfinity), 0);
  EXPECT_EQ(elementary::exp(709.79), kInfinity);
  EXPECT_LT(elementary::exp(709.78), kInfinity);
  EXPECT_EQ(elementary::exp(-745.14), 0);
  EXPECT_EQ(elementary::exp(-745.13), 5e-324);

  EXPECT_TRUE(std::isnan(elementary::log(kNaN)));
  EXPECT_TRUE(std::isnan(elementary::log(-1)));
  EXPECT_TRUE(std::isnan(elementary::log(-kInfinity)));
  EXPECT_EQ(elementary::log(0), -kInfinity);
  EXPECT_EQ(elementary::log(-0.0), -kInfinity);
  EXPECT_EQ(elementary::log(kInfinity), kInfinity);
  EXPECT_EQ(elementary::log(5e-324), -744.4400719213812);

  EXPECT_EQ(elementary::pow(kNaN, 0), 1);
  EXPECT_EQ(elementary::pow(1, kNaN), 1);
  EXPECT_EQ(elementary::pow(1, kInfinity), 1);
  EXPECT_TRUE(std::isnan(elementary::pow(kNaN, 1)));
  EXPECT_TRUE(std::isnan(elementary::pow(-1, 2)));
  for (const double x : {0.0, 0.5, 2.0, kInfinity}) {
    EXPECT_TRUE(std::isnan(elementary::pow(x, kNaN)));
    for (const double y : {-kInfinity, -1e300, -1.0, 1.0, 1e300, kInfinity})
      EXPECT_EQ(elementary::pow(x, y), std::pow(x, y)) << x << ' ' << y;
  }

  EXPECT_TRUE(std::isnan(elementary::cos_pi(kNaN)));
  EXPECT_TRUE(std::isnan(elementary::cos_pi(kInfinity)));
  EXPECT_TRUE(std::isnan(elementary::cos_pi(-kInfinity)));
  EXPECT_EQ(elementary::cos_pi(0x1p53), 1);
  EXPECT_EQ(elementary::cos_pi(0x1p53 - 1), -1);
  EXPECT_EQ(elementary::cos_pi(0x1p51 + 0.5), 0);
  EXPECT_EQ(elementary::cos_pi(1e308), 1);
}

// Whatever the compiler, the processor and the C library: a journal replays only while these stay.
TEST(Elementary, HasTheSameBitsEverywhere) {
  Points points(6);
  std::uint64_t sum = 0;
  const auto add = [&sum](double value) {
    sum = mix(sum ^ std::bit_cast<std::uint64_t>(value)) + 1;
  };
  for (int i = 0; i < 100'000; ++i) {
    add(elementary::exp(points.between(-746, 710)));
    add(elementary::log(points.positive()));
    const double base = points.between(0, 2);
    add(elementary::pow(base, points.between(-50, 50)));
    add(elementary::cos_pi(points.between(-4, 4)));
  }
  EXPECT_EQ(sum, 4858355482840191709U);
}

}  // namespace
}  // namespace stepladder
