#include <ebm/training/adam.hpp>

#include "training/optimizer_checks.hpp"

TEST_CASE("Adam's first step is the rate, against the gradient's sign") {
  const auto after = training::run<double>(ebm::Adam{}, {1.0, -2.0, 5.0}, {{1e-3, -700.0, 0.0}}, 0.01)[0];
  CHECK(after[0] == Approx(0.99).epsilon(1e-6));  // epsilon takes 1e-8 / 1e-3 of the step
  CHECK(after[1] == Approx(-1.99).epsilon(1e-12));
  CHECK(after[2] == 5.0);
}

TEMPLATE_TEST_CASE("Adam follows its definition", "", float, double) {
  // Written as in the paper, with powers, one parameter at a time.
  const auto reference = [](const ebm::Adam& adam, double theta, const std::vector<double>& gradients, double rate) {
    std::vector<double> result;
    double m = 0, v = 0;
    for (std::size_t t = 1; t <= gradients.size(); ++t) {
      const double g = gradients[t - 1], steps = static_cast<double>(t);
      m = adam.beta1 * m + (1 - adam.beta1) * g;
      v = adam.beta2 * v + (1 - adam.beta2) * g * g;
      const double mean = m / (1 - std::pow(adam.beta1, steps)), square = v / (1 - std::pow(adam.beta2, steps));
      theta -= rate * (mean / (std::sqrt(square) + adam.epsilon) + adam.weight_decay * theta);
      result.push_back(theta);
    }
    return result;
  };
  const std::vector<TestType> g0{TestType(0.5), TestType(-1.5), TestType(2.0), TestType(0.125), TestType(0)};
  std::vector<std::vector<TestType>> gradients;
  for (const TestType g : g0) gradients.push_back(std::vector<TestType>(19, g));
  const std::vector<double> doubles(g0.begin(), g0.end());
  for (const ebm::Adam& adam : {ebm::Adam{}, ebm::Adam{.beta1 = 0, .beta2 = 0.9, .epsilon = 0.1},
                                ebm::Adam{.beta1 = 0.5, .weight_decay = 0.3}}) {
    const auto expected = reference(adam, 0.7, doubles, 0.05);
    const auto given = training::run<TestType>(adam, std::vector<TestType>(19, TestType(0.7)), gradients, 0.05);
    for (std::size_t t = 0; t < 5; ++t) {
      for (const double theta : given[t])
        CHECK(theta == Approx(expected[t]).epsilon(sizeof(TestType) == 4 ? 1e-5 : 1e-12));
    }
  }
}

TEST_CASE("the weight decay of Adam is decoupled from the gradient") {
  // Without a gradient, theta shrinks by rate times decay a step.
  const auto after = training::run<double>(ebm::Adam{.weight_decay = 0.1}, {2.0}, {{0.0}, {0.0}}, 0.5);
  CHECK(after[0][0] == Approx(2.0 * 0.95).epsilon(1e-14));
  CHECK(after[1][0] == Approx(2.0 * 0.95 * 0.95).epsilon(1e-14));
}

TEST_CASE("a copy of Adam's state is a checkpoint") {
  const ebm::Adam adam;
  ebm::FlatVector<float> parameters(std::size_t{3}), gradient(std::size_t{3});
  gradient.data()[0] = 1, gradient.data()[1] = -3;
  auto state = adam.make_state<float>(3);
  adam.step(state, gradient, parameters, 0.1);
  auto kept = state;
  auto kept_parameters = parameters;
  gradient.data()[2] = 0.5f;
  adam.step(state, gradient, parameters, 0.1);
  adam.step(kept, gradient, kept_parameters, 0.1);
  CHECK(std::equal(parameters.data(), parameters.data() + 3, kept_parameters.data()));
}

TEST_CASE("Adam's settings are checked") {
  using Catch::Matchers::Message;
  STATIC_REQUIRE(ebm::Optimizer<ebm::Adam>);
  CHECK_THROWS_MATCHES(ebm::Adam{.learning_rate = 0}.check(), ebm::ValueError,
                       Message("learning_rate: 0, wanted more than 0"));
  CHECK_THROWS_MATCHES(ebm::Adam{.beta1 = 1}.check(), ebm::ValueError, Message("beta1: 1, wanted 0 to less than 1"));
  CHECK_THROWS_MATCHES(ebm::Adam{.beta2 = -0.5}.check(), ebm::ValueError,
                       Message("beta2: -0.5, wanted 0 to less than 1"));
  CHECK_THROWS_MATCHES(ebm::Adam{.epsilon = 0}.check(), ebm::ValueError, Message("epsilon: 0, wanted more than 0"));
  CHECK_THROWS_MATCHES(ebm::Adam{.weight_decay = -1}.check(), ebm::ValueError,
                       Message("weight_decay: -1, wanted at least 0"));
  CHECK_THROWS_AS(ebm::Adam{.learning_rate = std::nan("")}.check(), ebm::ValueError);
}
