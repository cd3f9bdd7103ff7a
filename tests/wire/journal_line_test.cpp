#include "stepladder/wire/journal_line.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "trial/two_metrics.hpp"
#include "wire/samples.hpp"

namespace stepladder::wire {
namespace {

using ::testing::HasSubstr;

Opened some_opened() {
  return {.seed = Seed{std::numeric_limits<std::uint64_t>::max()},
          .experiment = "# an experiment\n[search]\nlearning_rate = \"" + kOddText + "\"\n",
          .data_checksum = std::numeric_limits<std::uint64_t>::max() - 1,
          .rows = {.train = 1, .prune = 2, .final = 3, .test = 4, .prune_by_class = {0, 2}}};
}

// What a hand-made line needs to be taken for whole.
std::string sealed(const std::string& json) {
  const auto crc = crc32_z(0, reinterpret_cast<const Bytef*>(json.data()), json.size());
  std::array<char, 32> tail{};
  std::snprintf(tail.data(), tail.size(), ",\"crc\":\"%08lx\"}", crc);
  return json.substr(0, json.size() - 1) + tail.data();
}

TEST(JournalLine, ReadsBackEveryEntry) {
  std::uint64_t line = 2;
  for (const Entry& entry : all_entries()) {
    const std::string text = to_line(entry, line);
    EXPECT_TRUE(is_whole(text)) << text;
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
    EXPECT_EQ(entry_from(text, line), entry) << text;
    ++line;
  }
}

TEST(JournalLine, ReadsBackTheOpening) {
  const std::string text = to_line(some_opened());
  EXPECT_TRUE(is_whole(text));
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_EQ(opened_from(text), some_opened());
  EXPECT_EQ(opened_from(to_line(Opened{})), Opened{});
}

TEST(JournalLine, KeepsTheKindOfANumber) {
  // 1.0 must not come back as the integer 1: a replay compares configurations.
  Assignment a;
  a.configuration.settings = {{"whole", std::int64_t{1}}, {"real", 1.0}, {"big", 1e15}};
  const Entry entry{.event = {.what = schedule::Restarted{}},
                    .commands = {schedule::Assign{WorkerId{0}, a}}};
  EXPECT_EQ(entry_from(to_line(entry, 2), 2), entry);
}

TEST(JournalLine, KeepsTheOrderOfSettings) {
  Assignment a;
  a.configuration.settings = {{"z", 1.5}, {"a", true}, {"m", std::string("x")}};
  const Entry entry{.event = {.what = schedule::Restarted{}},
                    .commands = {schedule::Assign{WorkerId{0}, a}}};
  EXPECT_EQ(entry_from(to_line(entry, 2), 2), entry);
}

TEST(JournalLine, KeepsAScoreThatIsNoNumberAFailure) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const Score score : {Score{nan, 1}, Score{0.5, nan}, Score{0.5, infinity}, Score{nan, nan},
                            Score{-infinity, 0}}) {
    const Entry entry{.event = {.what = schedule::Reported{LeaseId{1}, score, {}}}};
    const Entry back = entry_from(to_line(entry, 2), 2);
    const auto& outcome = std::get<schedule::Reported>(back.event.what).outcome;
    for (const Metrics& metrics : {by_share(), by_loss()})
      EXPECT_TRUE(standing_of(outcome, TrialId{}, metrics).failed);
    EXPECT_EQ(std::isfinite(score[0]), std::isfinite(std::get<Score>(outcome)[0]));
  }
}

TEST(JournalLine, TakesAReasonOfAnyBytes) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  const Entry entry{.event = {.what = schedule::Reported{LeaseId{1}, Crashed{bytes}, {}}}};
  const std::string text = to_line(entry, 2);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  const Entry back = entry_from(text, 2);
  const auto& outcome = std::get<schedule::Reported>(back.event.what).outcome;
  // What is no UTF-8 is replaced; the rest is kept, and so is what comes of reading it again.
  EXPECT_EQ(std::get<Crashed>(outcome).reason.substr(0, 128), bytes.substr(0, 128));
  EXPECT_EQ(entry_from(to_line(back, 2), 2), back);
}

TEST(JournalLine, ShowsEveryFlippedBit) {
  std::vector<std::string> lines = {to_line(some_opened())};
  for (const Entry& entry : all_entries()) lines.push_back(to_line(entry, 2));
  for (const std::string& line : lines)
    for (std::size_t byte = 0; byte < line.size(); ++byte)
      for (int bit = 0; bit < 8; ++bit) {
        std::string damaged = line;
        damaged[byte] = static_cast<char>(damaged[byte] ^ (1 << bit));
        ASSERT_FALSE(is_whole(damaged)) << damaged;
        ASSERT_THROW(static_cast<void>(entry_from(damaged, 2)), WireError) << damaged;
        ASSERT_THROW(static_cast<void>(opened_from(damaged)), WireError) << damaged;
      }
}

TEST(JournalLine, ShowsEveryCut) {
  for (const Entry& entry : all_entries()) {
    const std::string line = to_line(entry, 2);
    for (std::size_t size = 0; size < line.size(); ++size) {
      ASSERT_FALSE(is_whole(line.substr(0, size)));
      ASSERT_THROW(static_cast<void>(entry_from(line.substr(0, size), 2)), WireError);
    }
  }
}

TEST(JournalLine, SaysWhichLineItIs) {
  const std::string text = to_line(Entry{}, 7);
  EXPECT_NO_THROW(static_cast<void>(entry_from(text, 7)));
  try {
    static_cast<void>(entry_from(text, 8));
    ADD_FAILURE();
  } catch (const WireError& error) {
    EXPECT_THAT(error.what(), HasSubstr("7"));
    EXPECT_THAT(error.what(), HasSubstr("8"));
  }
}

TEST(JournalLine, OfAnotherVersionIsNotRead) {
  Opened opened = some_opened();
  opened.version = kJournalVersion + 1;
  try {
    static_cast<void>(opened_from(to_line(opened)));
    ADD_FAILURE();
  } catch (const WireError& error) {
    EXPECT_THAT(error.what(), HasSubstr("version " + std::to_string(kJournalVersion + 1)));
  }
}

TEST(JournalLine, OfAnotherKindIsNotRead) {
  EXPECT_THROW(static_cast<void>(opened_from(to_line(Entry{}, 1))), WireError);
  EXPECT_THROW(static_cast<void>(entry_from(to_line(some_opened()), 1)), WireError);
}

TEST(JournalLine, OpensWithNumbersThatFit) {
  const std::string line = to_line(some_opened());
  const std::string body = line.substr(0, line.size() - 18) + '}';  // without its checksum
  ASSERT_NO_THROW(static_cast<void>(opened_from(sealed(body))));
  for (const std::string field : {"line", "version", "seed", "data_checksum", "train", "test"})
    for (const char* number : {"1e32", "1.5", "-99999999999999999999", "null", "\"1\""}) {
      std::string text = body;
      const std::size_t begin = text.find('"' + field + "\":") + field.size() + 3;
      text.replace(begin, text.find_first_of(",}", begin) - begin, number);
      EXPECT_THROW(static_cast<void>(opened_from(sealed(text))), WireError) << text;
    }
}

TEST(JournalLine, WithAValidChecksumAndWrongContentIsNotRead) {
  const std::string reported = R"({"line":2,"at":0.0,"event":"reported","lease":1,"outcome":)";
  const std::string effort =
      R"(,"effort":{"steps":1,"training":0.0,"scoring":0.0,"checkpointing":0.0},"commands":[]})";
  ASSERT_NO_THROW(
      static_cast<void>(entry_from(sealed(reported + R"({"diverged":{"at":1}})" + effort), 2)));
  for (const char* outcome :
       {"{}", "[]", "null", "1", R"("score")", R"({"score":{}})", R"({"score":1})",
        R"({"other":{"at":1}})", R"([{"at":1}])", R"({"diverged":{"at":"x"}})",
        R"({"diverged":{"at":1},"crashed":{"reason":""}})"})
    EXPECT_THROW(static_cast<void>(entry_from(sealed(reported + outcome + effort), 2)), WireError)
        << outcome;
  const std::string stop = R"({"line":2,"at":0.0,"event":"stop_requested","commands":)";
  EXPECT_EQ(entry_from(sealed(stop + "[]}"), 2).event.what,  // as older versions wrote it
            (decltype(schedule::Event::what)(schedule::StopRequested{"as asked to"})));
  for (const char* commands :
       {"[{}]", "[null]", "[1]", R"([{"retire":{}}])", R"([{"retire":[]}])",
        R"([{"other":{"worker":1}}])", R"([{"assign":{"worker":1}}])", "[[]]"})
    EXPECT_THROW(static_cast<void>(entry_from(sealed(stop + commands + "}"), 2)), WireError)
        << commands;
  for (const char* text : {R"({"line":2})", R"({"line":2,"at":0.0,"event":"dance","commands":[]})",
                           R"({"line":2,"at":0.0,"event":"worker_joined","commands":[]})",
                           R"({"line":-2,"at":0.0,"event":"restarted","commands":[]})",
                           R"({"line":2,"at":"x","event":"restarted","commands":[]})", "[2]", "{}"})
    EXPECT_THROW(static_cast<void>(entry_from(sealed(text), 2)), WireError) << text;
}

}  // namespace
}  // namespace stepladder::wire
