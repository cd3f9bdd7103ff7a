#include "stepladder/trial/number_text.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace stepladder {
namespace {

TEST(NumberText, has_the_digits_asked_for) {
  EXPECT_EQ(number_text(0.1098), "0.11");
  EXPECT_EQ(number_text(0.0996), "0.10");
  EXPECT_EQ(number_text(0.002064), "0.0021");
  EXPECT_EQ(number_text(0.002064, 4), "0.002064");
  EXPECT_EQ(number_text(2412.3), "2,400");
  EXPECT_EQ(number_text(999.9), "1,000");
  EXPECT_EQ(number_text(1.0), "1.0");
  EXPECT_EQ(number_text(1.0, 1), "1");
  EXPECT_EQ(number_text(0), "0");
  EXPECT_EQ(number_text(-0.25), "−0.25");
  EXPECT_EQ(number_text(0.0000312), "0.000031");
  EXPECT_EQ(number_text(1e-5, 1), "0.00001");
  EXPECT_EQ(number_text(3.12e-8), "3.1e-8");
  EXPECT_EQ(number_text(1.25e7), "1.2e7");
}

TEST(PlainText, is_a_number_as_an_experiment_file_may_have_it) {
  EXPECT_EQ(plain_text(0.1), "0.1");
  EXPECT_EQ(plain_text(1), "1");
  EXPECT_EQ(plain_text(10), "10");
  EXPECT_EQ(plain_text(2700), "2700");
  EXPECT_EQ(plain_text(1e-5), "0.00001");
  EXPECT_EQ(plain_text(0.000097656), "0.00009766");
  EXPECT_EQ(plain_text(1e-8), "1e-8");
  EXPECT_EQ(plain_text(-0.25), "-0.25");
}

TEST(StepsText, groups_thousands) {
  EXPECT_EQ(steps_text(0), "0");
  EXPECT_EQ(steps_text(999), "999");
  EXPECT_EQ(steps_text(2700), "2,700");
  EXPECT_EQ(steps_text(1234567), "1,234,567");
}

TEST(DecimalsText, never_writes_a_negative_zero) {
  EXPECT_EQ(decimals_text(-0.001, 1), "0.0");
  EXPECT_EQ(decimals_text(-0.06, 1), "−0.1");
  EXPECT_EQ(decimals_text(12.345, 2), "12.35");
}

TEST(NumberText, OfWhatIsNoNumberSaysSo) {
  EXPECT_EQ(number_text(std::numeric_limits<double>::infinity()), "inf");
  EXPECT_EQ(plain_text(-std::numeric_limits<double>::infinity()), "-inf");
}

}  // namespace
}  // namespace stepladder
