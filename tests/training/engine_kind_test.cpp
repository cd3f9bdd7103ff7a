#include "stepladder/training/engine_kind.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "stepladder/training/recipe.hpp"
#include "trial/enumerators.hpp"

namespace stepladder::training {
namespace {

enum class Three { one, two, three };
static_assert(enumerators<Three>() == 3);

TEST(EngineWords, AreOneForEachEnumerator) {
  EXPECT_EQ(kEngineWords.size(), enumerators<EngineKind>());
  EXPECT_EQ(kPrecisionWords.size(), enumerators<Precision>());
  for (const std::string_view word : kEngineWords)
    EXPECT_EQ(name_of(engine_named(std::string(word))), word);
  for (const std::string_view word : kPrecisionWords)
    EXPECT_EQ(name_of(precision_named(std::string(word))), word);
}

std::string complaint(const auto& read) {
  try {
    read();
  } catch (const ModelError& error) {
    return error.key + ": " + error.what();
  }
  return "";
}

TEST(EngineWords, OfNoEngineOrPrecisionAreRefused) {
  EXPECT_EQ(complaint([] { static_cast<void>(engine_named("fast")); }),
            "engine: engine = \"fast\" does not exist; use \"fused\" or \"reference\"");
  EXPECT_EQ(complaint([] { static_cast<void>(precision_named("fp16")); }),
            "precision: precision = \"fp16\" does not exist; use \"fp32\" or \"bf16\"");
  EXPECT_EQ(complaint([] {
              check(Model{.engine = EngineKind::reference, .precision = Precision::bf16});
            }),
            "precision: precision = \"bf16\" is for the fused engine only; use engine = \"fused\" "
            "or precision = \"fp32\"");
}

}  // namespace
}  // namespace stepladder::training
