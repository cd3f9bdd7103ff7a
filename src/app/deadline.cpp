#include "stepladder/app/deadline.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <vector>

namespace stepladder::app {
namespace {

constexpr Seconds kMinute = 60;
constexpr Seconds kHour = 60 * kMinute;
constexpr Seconds kDay = 24 * kHour;
constexpr Seconds kMax = 36525 * kDay;
constexpr Seconds kGraceMin = 2;    // for the last messages and tables
constexpr double kGraceFactor = 2;  // other workers, and slower disks, than those seen
constexpr double kStepsBetweenQuestions = 16;

// A whole number off the front of `text`.
std::optional<Seconds> take_number(std::string& text) {
  const std::size_t length = text.find_first_not_of("0123456789");
  const std::string digits = text.substr(0, length);
  if (digits.empty() || digits.size() > 12) return std::nullopt;
  text.erase(0, digits.size());
  return std::stod(digits);
}

// [D-]H:M:S or M:S
std::optional<Seconds> by_colons(std::string text) {
  Seconds days = 0;
  const std::size_t dash = text.find('-');
  if (dash != std::string::npos) {
    std::string number = text.substr(0, dash);
    const auto value = take_number(number);
    if (!value || !number.empty()) return std::nullopt;
    days = *value;
    text.erase(0, dash + 1);
  }
  std::vector<Seconds> fields;
  for (;;) {
    const auto value = take_number(text);
    if (!value) return std::nullopt;
    fields.push_back(*value);
    if (text.empty()) break;
    if (text.front() != ':') return std::nullopt;
    text.erase(0, 1);
  }
  if (fields.size() > 3 || (dash != std::string::npos && fields.size() != 3)) return std::nullopt;
  Seconds sum = 0;
  for (const Seconds field : fields) sum = sum * 60 + field;
  return days * kDay + sum;
}

// 2h30m; a number alone is seconds.
std::optional<Seconds> by_units(std::string text) {
  Seconds sum = 0;
  Seconds last = 2 * kDay;  // units come largest first
  while (!text.empty()) {
    const auto value = take_number(text);
    if (!value) return std::nullopt;
    const char letter = text.empty() ? 's' : text.front();
    text.erase(0, 1);
    const Seconds unit = letter == 'd'   ? kDay
                         : letter == 'h' ? kHour
                         : letter == 'm' ? kMinute
                         : letter == 's' ? 1
                                         : 0;
    if (unit == 0 || unit >= last) return std::nullopt;
    last = unit;
    sum += *value * unit;
  }
  return sum;
}

// What a command prints on its first line; empty where it fails.
std::string first_line_of(const std::string& command) {
  struct Close {
    void operator()(std::FILE* pipe) const { ::pclose(pipe); }
  };
  const std::unique_ptr<std::FILE, Close> pipe(::popen(command.c_str(), "r"));
  std::array<char, 100> line{};
  if (!pipe || std::fgets(line.data(), line.size(), pipe.get()) == nullptr) return "";
  const std::string text = line.data();
  return text.substr(0, text.find_last_not_of(" \n") + 1);
}

}  // namespace

std::optional<Seconds> duration_from(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto seconds = text.find(':') != std::string::npos ? by_colons(text) : by_units(text);
  if (!seconds || *seconds > kMax) return std::nullopt;
  return seconds;
}

std::optional<Seconds> seconds_left_in_job() {
  const char* job = std::getenv("SLURM_JOB_ID");
  if (job == nullptr) return std::nullopt;
  if (const char* end = std::getenv("SLURM_JOB_END_TIME"))  // of newer Slurms
    return std::atof(end) - static_cast<Seconds>(std::time(nullptr));
  if (std::string(job).find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  return duration_from(first_line_of(
      "timeout 10 squeue --noheader --format=%L --job=" + std::string(job) + " 2>/dev/null"));
}

void Deadline::learn(const Effort& effort) {
  const Seconds question = effort.steps > 0 ? kStepsBetweenQuestions * effort.training /
                                                  static_cast<double>(effort.steps)
                                            : 0;
  slowest_ = std::max(slowest_, question + effort.scoring + effort.checkpointing);
}

Seconds Deadline::grace() const { return kGraceMin + kGraceFactor * slowest_; }

bool Deadline::is_near(Clock::time_point now) const {
  return at_ && std::chrono::duration<double>(*at_ - now).count() <= grace();
}

}  // namespace stepladder::app
