#include <ebm/training/sgd.hpp>

#include "training/optimizer_checks.hpp"

TEST_CASE("Sgd steps against the gradient") {
  const auto after = training::run<double>(ebm::Sgd{}, {1.0, -2.0}, {{0.5, 4.0}, {0.0, -1.0}}, 0.1);
  CHECK(after[0][0] == Approx(0.95).epsilon(1e-14));
  CHECK(after[0][1] == Approx(-2.4).epsilon(1e-14));
  CHECK(after[1][0] == Approx(0.95).epsilon(1e-14));
  CHECK(after[1][1] == Approx(-2.3).epsilon(1e-14));
}

TEMPLATE_TEST_CASE("Sgd with momentum and decay follows its definition", "", float, double) {
  const ebm::Sgd sgd{.momentum = 0.9, .weight_decay = 0.2};
  const std::vector<std::vector<TestType>> gradients{std::vector<TestType>(21, TestType(0.5)),
                                                     std::vector<TestType>(21, TestType(-2)),
                                                     std::vector<TestType>(21, TestType(1))};
  const auto given = training::run<TestType>(sgd, std::vector<TestType>(21, TestType(0.7)), gradients, 0.05);
  double theta = 0.7, velocity = 0;
  for (std::size_t t = 0; t < 3; ++t) {
    velocity = 0.9 * velocity + static_cast<double>(gradients[t][0]) + 0.2 * theta;
    theta -= 0.05 * velocity;
    for (const double value : given[t]) CHECK(value == Approx(theta).epsilon(sizeof(TestType) == 4 ? 1e-6 : 1e-13));
  }
}

TEST_CASE("Sgd's settings are checked") {
  using Catch::Matchers::Message;
  STATIC_REQUIRE(ebm::Optimizer<ebm::Sgd>);
  CHECK_THROWS_MATCHES(ebm::Sgd{.learning_rate = -1}.check(), ebm::ValueError,
                       Message("learning_rate: -1, wanted more than 0"));
  CHECK_THROWS_MATCHES(ebm::Sgd{.momentum = 1}.check(), ebm::ValueError,
                       Message("momentum: 1, wanted 0 to less than 1"));
  CHECK_THROWS_MATCHES(ebm::Sgd{.weight_decay = -1}.check(), ebm::ValueError,
                       Message("weight_decay: -1, wanted at least 0"));
}
