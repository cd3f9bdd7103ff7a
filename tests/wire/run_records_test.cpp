#include "stepladder/wire/run_records.hpp"

#include <gtest/gtest.h>

namespace stepladder::wire {
namespace {

const Incumbent kIncumbent{.incarnation = "host-12-1",
                           .process = {.host = "host", .number = 12, .started = 345},
                           .since = 1.75e9,
                           .hosts = {"host", "host", "other"}};
const Ended kEnded{.incarnation = "host-12-1", .exit_code = 3, .why = "a \"full\"\ndisk", .at = 5};

TEST(RunRecords, AreReadBack) {
  EXPECT_EQ(incumbent_from(to_json(kIncumbent)), kIncumbent);
  EXPECT_EQ(ended_from(to_json(kEnded)), kEnded);
}

TEST(RunRecords, CutAnywhereAreErrors) {
  const std::string incumbent = to_json(kIncumbent);
  const std::string ended = to_json(kEnded);
  for (std::size_t size = 0; size + 1 < incumbent.size(); ++size)
    EXPECT_THROW(static_cast<void>(incumbent_from(incumbent.substr(0, size))), WireError);
  for (std::size_t size = 0; size + 1 < ended.size(); ++size)
    EXPECT_THROW(static_cast<void>(ended_from(ended.substr(0, size))), WireError);
}

TEST(RunRecords, OfTheWrongKindAreErrors) {
  EXPECT_THROW(static_cast<void>(ended_from(to_json(kIncumbent))), WireError);
  EXPECT_THROW(static_cast<void>(ended_from("[]")), WireError);
  EXPECT_THROW(static_cast<void>(incumbent_from(R"({"incarnation": 5})")), WireError);
}

TEST(RunRecords, WithNumbersThatDoNotFitAreErrors) {
  for (const char* number : {"1e30", "3.5", "3000000000", "18446744073709551615", "\"3\""})
    EXPECT_THROW(static_cast<void>(ended_from(R"({"incarnation": "a", "exit_code": )" +
                                              std::string(number) + R"(, "why": "b", "at": 5})")),
                 WireError)
        << number;
}

TEST(RunRecords, HoldAnyBytes) {
  EXPECT_NO_THROW(static_cast<void>(ended_from(to_json(Ended{.why = "\xff\xfe"}))));
}

}  // namespace
}  // namespace stepladder::wire
