#include "stepladder/experiment/toml_section.hpp"

#include <functional>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepladder::experiment {
namespace {

using ::testing::HasSubstr;

const std::string kText = R"(word = "idx"
whole = 3
fraction = 2.5
flag = true
list = [1, 2]

[inner]
deep = 1
)";

class TomlSectionTest : public ::testing::Test {
 protected:
  static std::string complaint(const std::function<void()>& action) {
    try {
      action();
      return "";
    } catch (const InputError& error) {
      return error.what();
    }
  }

  toml::table table_ = toml::parse(kText, std::string_view("f.toml"));
  TomlSection top_{table_, ""};
};

TEST_F(TomlSectionTest, gives_what_is_there) {
  EXPECT_EQ(top_.text("word"), "idx");
  EXPECT_EQ(top_.integer("whole"), 3);
  EXPECT_EQ(top_.real("fraction"), 2.5);
  EXPECT_EQ(top_.real("whole"), 3.0);
  EXPECT_EQ(top_.truth("flag"), true);
  EXPECT_EQ(top_.integers("list"), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(top_.choice("word", std::array<std::string_view, 2>{"csv", "idx"}), 1U);
  EXPECT_NE(top_.table("inner"), nullptr);
}

TEST_F(TomlSectionTest, gives_nothing_for_what_is_not_there) {
  EXPECT_EQ(top_.text("a"), std::nullopt);
  EXPECT_EQ(top_.integer("a"), std::nullopt);
  EXPECT_EQ(top_.real("a"), std::nullopt);
  EXPECT_EQ(top_.truth("a"), std::nullopt);
  EXPECT_EQ(top_.integers("a"), std::nullopt);
  EXPECT_EQ(top_.choice("a", std::array<std::string_view, 1>{"b"}), std::nullopt);
  EXPECT_EQ(top_.array("a"), nullptr);
  EXPECT_EQ(top_.table("a"), nullptr);
}

TEST_F(TomlSectionTest, refuses_another_type_by_file_line_and_key) {
  TomlSection& s = top_;
  EXPECT_EQ(complaint([&] { static_cast<void>(s.text("whole")); }),
            "f.toml:2: whole must be a text in quotes");
  EXPECT_EQ(complaint([&] { static_cast<void>(s.integer("fraction")); }),
            "f.toml:3: fraction must be a whole number");
  EXPECT_EQ(complaint([&] { static_cast<void>(s.real("flag")); }),
            "f.toml:4: flag must be a number");
  EXPECT_EQ(complaint([&] { static_cast<void>(s.truth("whole")); }),
            "f.toml:2: whole must be true or false");
  EXPECT_EQ(complaint([&] { static_cast<void>(s.array("word")); }),
            "f.toml:1: word must be a list in [ ]");
  EXPECT_EQ(complaint([&] { static_cast<void>(s.table("list")); }),
            "f.toml:5: list must be a table");
  TomlSection inner(*s.table("inner"), "inner");
  EXPECT_EQ(complaint([&] { static_cast<void>(inner.text("deep")); }),
            "f.toml:8: inner.deep must be a text in quotes");
}

TEST_F(TomlSectionTest, knows_only_the_keys_that_were_asked_for) {
  static_cast<void>(top_.text("word"));
  static_cast<void>(top_.integer("whole"));
  static_cast<void>(top_.real("fraction"));
  static_cast<void>(top_.array("list"));
  static_cast<void>(top_.table("inner"));
  EXPECT_THAT(complaint([&] { top_.refuse_unknown_keys(); }),
              HasSubstr("f.toml:4: unknown key flag; known here: word, whole, fraction, list"));
  static_cast<void>(top_.truth("flag"));
  EXPECT_NO_THROW(top_.refuse_unknown_keys());
}

TEST_F(TomlSectionTest, blames_the_key_where_it_is_there_and_the_table_where_it_is_not) {
  TomlSection inner(*top_.table("inner"), "inner");
  EXPECT_EQ(complaint([&] { inner.fail("deep", "wrong"); }), "f.toml:8: wrong");
  EXPECT_EQ(complaint([&] { inner.fail("other", "wrong"); }), "f.toml:7: wrong");
  EXPECT_EQ(complaint([&] { inner.missing("other", "add it"); }),
            "f.toml:7: [inner] has no other; add it");
  EXPECT_EQ(inner.place(), "f.toml:7");
}

TEST(PlaceOf, is_the_option_for_an_override) {
  const toml::table table = toml::parse("a = 1", std::string_view("--set a = 1"));
  EXPECT_EQ(place_of(*table.get("a")), "--set a = 1");
}

}  // namespace
}  // namespace stepladder::experiment
