#include "stepladder/run/deadline.hpp"

#include <cmath>
#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <utility>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "stepladder/experiment/toml_section.hpp"
#include "stepladder/launch/child.hpp"
#include "stepladder/store/processes.hpp"
#include "stepladder/trial/assignment.hpp"

namespace stepladder::run {
namespace {

constexpr Seconds kMinute = 60;
constexpr Seconds kHour = 60 * kMinute;
constexpr Seconds kDay = 24 * kHour;
constexpr Seconds kMax = 36525 * kDay;
constexpr Seconds kGraceMin = 2;    // for the last messages and tables
constexpr double kGraceFactor = 2;  // other workers, and slower disks, than those seen
constexpr auto kSqueueLimit = std::chrono::seconds(5);
constexpr const char* kOption = "--deadline";
constexpr const char* kSlurmEnd = "SLURM_JOB_END_TIME";

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

Deadline deadline_in(Seconds left, const std::string& source) {
  return {Deadline::Clock::now() +
              std::chrono::round<Deadline::Clock::duration>(std::chrono::duration<double>(left)),
          source};
}

// Of a moment given in seconds since 1970; none where it is no such number, or not within a century
// from now.
std::optional<Seconds> seconds_until(std::string text) {
  const auto moment = take_number(text);
  if (!moment || !text.empty()) return std::nullopt;
  const Seconds left = *moment - store::since_1970();
  if (std::abs(left) > kMax) return std::nullopt;
  return left;
}

// Of a job's time limit, says squeue; none where it does not answer, or the job is over or has no
// limit. The job of an array's number is asked for as one of many.
std::optional<Seconds> seconds_by_squeue(const std::string& job) {
  if (job.empty() || job.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  std::istringstream answer;
  try {
    answer.str(launch::output_of({"squeue", "--noheader", "--format=%A %L", "--job=" + job},
                                 kSqueueLimit));
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
  for (std::string line; std::getline(answer, line);) {
    if (!line.starts_with(job + ' ')) continue;
    const auto left =
        duration_from(line.substr(job.size() + 1, line.find_last_not_of(' ') - job.size()));
    if (left && *left > 0) return left;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Seconds> duration_from(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto seconds = text.find(':') != std::string::npos ? by_colons(text) : by_units(text);
  if (!seconds || *seconds > kMax) return std::nullopt;
  return seconds;
}

FoundDeadline deadline_from(const std::string& text) {
  if (text.starts_with('@'))
    if (const auto left = seconds_until(text.substr(1)))
      return {.deadline = deadline_in(*left, kOption)};
  const auto left = duration_from(text);
  if (!left || *left <= 0)
    throw InputError(fmt::format(
        "{} \"{}\": not a time from now; write seconds, or 2h30m, or 1-12:00:00", kOption, text));
  return {.deadline = deadline_in(*left, kOption)};
}

FoundDeadline deadline_of_slurm_job() {
  const char* job = std::getenv("SLURM_JOB_ID");
  if (job == nullptr) return {};
  const char* end = std::getenv(kSlurmEnd);  // of newer Slurms
  if (end != nullptr)
    if (const auto left = seconds_until(end); left && *left > 0)
      return {.deadline = deadline_in(*left, kSlurmEnd)};
  FoundDeadline found;
  if (const auto left = seconds_by_squeue(job)) found.deadline = deadline_in(*left, "squeue");
  if (end != nullptr)
    found.warnings.push_back(fmt::format(
        "{}={} is no time in the future; {}", kSlurmEnd, end,
        found.deadline.is_set()
            ? "squeue is believed instead"
            : fmt::format("squeue knows no end of job {} either, so this run has no deadline; set "
                          "one with {} if the job has one",
                          job, kOption)));
  return found;
}

Deadline::Deadline(Clock::time_point at, std::string source)
    : at_(at),
      date_(std::chrono::system_clock::now() +
            std::chrono::round<std::chrono::system_clock::duration>(at - Clock::now())),
      source_(std::move(source)) {}

std::string Deadline::moment() const {
  const auto since_1970 = std::chrono::floor<std::chrono::seconds>(date_.time_since_epoch());
  return fmt::format("@{}", since_1970.count());
}

std::string Deadline::text() const {
  const auto date = std::chrono::round<std::chrono::seconds>(date_);
  return fmt::format("the deadline {:%F %T} ({})",
                     fmt::localtime(std::chrono::system_clock::to_time_t(date)), source_);
}

void Deadline::learn(const Effort& effort) {
  const Seconds question = effort.steps > 0
                               ? static_cast<double>(kStepsBetweenQuestions) * effort.training /
                                     static_cast<double>(effort.steps)
                               : 0;
  slowest_ = std::max(slowest_, question + effort.scoring + effort.checkpointing);
}

Seconds Deadline::grace() const { return kGraceMin + kGraceFactor * slowest_; }

bool Deadline::is_near(Clock::time_point now) const {
  return at_ && std::chrono::duration<double>(*at_ - now).count() <= grace();
}

}  // namespace stepladder::run
