// The whole way from the files to a test accuracy, on the real Fashion-MNIST; skipped where
// Debian's dataset-fashion-mnist is not installed, and under AddressSanitizer, which takes minutes.
#include <filesystem>
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "stepladder/data/idx.hpp"
#include "stepladder/data/split.hpp"
#include "stepladder/training/trainer.hpp"

namespace stepladder::training {
namespace {

class FashionMnist : public ::testing::Test {
 protected:
  static const std::filesystem::path& folder() {
    static const std::filesystem::path path = "/usr/share/datasets/fashion-mnist";
    return path;
  }
  void SetUp() override {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "takes minutes under AddressSanitizer";
#endif
    if (!std::filesystem::exists(folder())) GTEST_SKIP() << "no data set in " << folder();
    set_ = data::read_idx({.train_images = folder() / "train-images-idx3-ubyte.gz",
                           .train_labels = folder() / "train-labels-idx1-ubyte.gz",
                           .test_images = folder() / "t10k-images-idx3-ubyte.gz",
                           .test_labels = folder() / "t10k-labels-idx1-ubyte.gz"});
    split_ = data::split_rows(60000, 5000, 1000, Seed{1});
  }

  double test_accuracy(const Model& model, const Recipe& recipe, std::int64_t epochs) {
    Trainer trainer(set_.train_rows(), split_.train, model, recipe, Seed{1}, TrialId{0});
    const Steps steps = epochs * static_cast<Steps>(split_.train.size()) / model.batch;
    EXPECT_EQ(trainer.train_to(steps, [](Steps) { return true; }), Progress{Reached{steps}});
    std::vector<std::uint32_t> test(set_.test_rows().count());
    std::iota(test.begin(), test.end(), 0U);
    return std::get<Score>(trainer.score(set_.test_rows(), test))[0];
  }

  data::DataSet set_;
  data::Split split_;
};

TEST_F(FashionMnist, has_the_published_shape) {
  EXPECT_EQ(set_.train.labels.size(), 60000U);
  EXPECT_EQ(set_.test.labels.size(), 10000U);
  EXPECT_EQ(set_.columns, 784U);
  EXPECT_EQ(set_.classes, 10);
}

TEST_F(FashionMnist, logistic_regression_passes_0_80_after_two_epochs) {
  const Model model{.hidden = {}, .batch = 128, .keep_probability = 1.0};
  const double accuracy = test_accuracy(model, {.policy = ConstantRate{0.1}, .optimizer = {}}, 2);
  EXPECT_GT(accuracy, 0.80);
  EXPECT_LT(accuracy, 0.86);  // a linear model cannot; above this the test set has leaked
}

TEST_F(FashionMnist, the_threads_network_passes_0_845_after_two_epochs_of_adam) {
  const Recipe recipe{.policy = ConstantRate{1e-3}, .optimizer = {.kind = OptimizerKind::adam}};
  EXPECT_GT(test_accuracy(Model{}, recipe, 2), 0.845);
}

}  // namespace
}  // namespace stepladder::training
