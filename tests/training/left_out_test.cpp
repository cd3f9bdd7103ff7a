// The defaults that a space leaves as they are.
#include "stepladder/training/left_out.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepladder::training {
namespace {

using ::testing::ElementsAre;
using namespace std::string_literals;

// "adam: beta1=0.9 beta2=0.999", one for each choice.
std::vector<std::string> said_of(std::vector<Hyperparameter> hyperparameters) {
  std::vector<std::string> said;
  for (const LeftOut& left : left_out(SearchSpace{std::move(hyperparameters)}))
    said.push_back(left.choice + ": " + text(Configuration{left.defaults}));
  return said;
}

TEST(LeftOut, IsWhatEachChoiceUsesAndTheSpaceDoesNotName) {
  EXPECT_THAT(said_of({{"policy", Fixed{"cosine"s}}, {"optimizer", Fixed{"adam"s}}}),
              ElementsAre("cosine: end_factor=0.0",
                          "adam: beta1=0.9 beta2=0.999 epsilon=1e-08 l2=0.0 weight_decay=0.0"));
  EXPECT_THAT(said_of({{"policy", Choices{{"constant"s, "exponential"s, "polynomial"s, "wsd"s}}},
                       {"power", Fixed{2.0}},
                       {"optimizer", Choices{{"sgd"s, "adamw"s, "nesterov_hd"s}}},
                       {"l2", Range{.min = 0, .max = 1}},
                       {"beta1", Fixed{0.8}}}),
              ElementsAre("exponential: staircase=false", "polynomial: end_factor=0.0",
                          "wsd: cooldown_fraction=0.2", "sgd: weight_decay=0.0",
                          "adamw: beta2=0.999 epsilon=1e-08 weight_decay=0.01",
                          "nesterov_hd: momentum=0.9 weight_decay=0.0 hypergradient_rate=0.02 "
                          "hypergradient=\"multiplicative\""));
  EXPECT_THAT(said_of({{"optimizer", Fixed{"adam_hd"s}}, {"hypergradient", Fixed{"additive"s}}}),
              ElementsAre("adam_hd: beta1=0.9 beta2=0.999 epsilon=1e-08 l2=0.0 weight_decay=0.0 "
                          "hypergradient_rate=1e-07"));
}

}  // namespace
}  // namespace stepladder::training
