#include "stepladder/trial/number_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace stepladder {
namespace {

std::string with_thousands(std::string digits) {
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

// As printf has it, which rounds the exact value.
std::string formatted(const char* format, int digits, double value) {
  std::array<char, 400> text{};
  std::snprintf(text.data(), text.size(), format, digits, value);
  return text.data();
}

// Without closing zeros behind the point.
std::string shortened(std::string text) {
  if (text.find('.') == std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace

std::string steps_text(Steps steps) {
  const std::string digits = with_thousands(std::to_string(steps < 0 ? -steps : steps));
  return steps < 0 ? "−" + digits : digits;
}

std::string number_text(double value, int digits) {
  if (value == 0) return "0";
  if (value < 0) return "−" + number_text(-value, digits);
  const std::string scientific = formatted("%.*e", digits - 1, value);
  if (!std::isfinite(value)) return scientific;
  const std::size_t e = scientific.find('e');
  const int exponent = std::stoi(scientific.substr(e + 1));
  if (exponent >= 6 || exponent < -6)
    return shortened(scientific.substr(0, e)) + 'e' + std::to_string(exponent);
  const int decimals = digits - 1 - exponent;
  if (decimals > 0) return formatted("%.*f", decimals, value);
  return with_thousands(formatted("%.*f", 0, std::stod(scientific)));
}

std::string plain_text(double value, int digits) {
  if (value < 0) return '-' + plain_text(-value, digits);
  std::string text = number_text(value, digits);
  std::erase(text, ',');
  return text.find('e') == std::string::npos ? shortened(text) : text;
}

std::string decimals_text(double value, int decimals) {
  const std::string text = formatted("%.*f", decimals, std::abs(value));
  const bool is_zero = text.find_first_not_of("0.") == std::string::npos;
  return value < 0 && !is_zero ? "−" + text : text;
}

}  // namespace stepladder
