#include <ebm/objectives/parameter_gradient.hpp>

#include <ebm/core/thread_pool.hpp>
#include <ebm/energies/mlp.hpp>
#include <ebm/energies/quadratic.hpp>

#include "objectives/minibatch.hpp"
#include "support/catch.hpp"

namespace {

using Mlp = ebm::Mlp<float, 2, 16, 16>;

// Two parts of 11 and 6 tiles, weights between -1 and 1.
template <class E>
struct Problem {
  using Scalar = typename E::Scalar;
  static constexpr ebm::Index tiles[] = {11, 6};

  std::vector<ebm::Lanes<Scalar>> x{17 * E::dim}, weights{17}, values{17};

  Problem() {
    const ebm::Stream stream(3);
    for (std::size_t line = 0; line < x.size(); ++line) {
      for (int lane = 0; lane < ebm::kLanes<Scalar>; ++lane)
        x[line][lane] =
            static_cast<Scalar>(stream.normal(static_cast<std::uint32_t>(line), static_cast<std::uint64_t>(lane)));
    }
    for (std::size_t line = 0; line < weights.size(); ++line) {
      for (int lane = 0; lane < ebm::kLanes<Scalar>; ++lane) {
        weights[line][lane] = static_cast<Scalar>(
            2 * stream.uniform(static_cast<std::uint32_t>(line), static_cast<std::uint64_t>(lane)) - 1);
        values[line][lane] = Scalar(-77);
      }
    }
  }

  std::vector<typename ebm::ParameterGradient<E>::Part> parts() {
    std::vector<typename ebm::ParameterGradient<E>::Part> result;
    for (const ebm::Index p : {0, 1}) {
      const auto first = static_cast<std::size_t>(p * tiles[0]);
      result.push_back(
          {{x[first * E::dim].data(), tiles[p]}, {weights[first].data(), tiles[p]}, {values[first].data(), tiles[p]}});
    }
    return result;
  }
};

template <class E, class Exec>
std::vector<typename E::Scalar> gradient_of(const E& energy, Problem<E>& problem, Exec&& executor) {
  using Scalar = typename E::Scalar;
  ebm::ParameterGradient<E> sum;
  ebm::RunMemory<Scalar> memory(executor.workers(), 1);
  ebm::FlatVector<Scalar> gradient(energy.parameters().size());
  std::fill_n(gradient.data(), gradient.padded_size(), Scalar(9));  // to be overwritten
  const auto parts = problem.parts();
  sum.sum(energy, std::span<const typename ebm::ParameterGradient<E>::Part>(parts), gradient, memory, executor);
  for (ebm::Index i = static_cast<ebm::Index>(gradient.size()); i < gradient.padded_size(); ++i)
    CHECK(gradient.data()[i] == Scalar(0));
  return objectives::copy<Scalar>(gradient.span());
}

}  // namespace

TEST_CASE("the parameter gradient is the weighted sum over all lanes of all parts, and the values are the energies") {
  const Mlp energy{ebm::Rng{1}};
  Problem<Mlp> problem;
  const auto given = gradient_of(energy, problem, ebm::Serial{});

  // Lane by lane, summed in double.
  std::vector<double> expected(given.size(), 0.0), largest(given.size(), 0.0);
  ebm::Workspace workspace;
  for (std::size_t t = 0; t < 17; ++t) {
    for (int lane = 0; lane < 16; ++lane) {
      ebm::Lanes<float> alone = ebm::Lanes<float>::Zero(), value;
      alone[lane] = 1;
      std::vector<float> one(given.size(), 0.0f);
      energy.add_parameter_gradient({problem.x[2 * t].data(), 1}, {alone.data(), 1}, {value.data(), 1}, one, workspace);
      for (std::size_t i = 0; i < one.size(); ++i) {
        expected[i] += static_cast<double>(problem.weights[t][lane]) * static_cast<double>(one[i]);
        largest[i] += std::abs(static_cast<double>(problem.weights[t][lane]) * static_cast<double>(one[i]));
      }
      CHECK(problem.values[t][lane] == value[lane]);
    }
  }
  double worst = 0;
  for (std::size_t i = 0; i < given.size(); ++i)
    worst = std::max(worst, std::abs(static_cast<double>(given[i]) - expected[i]) / (1e-3 + largest[i]));
  CHECK(worst < 2e-6);
}

TEMPLATE_TEST_CASE("the parameter gradient has the same bits for any number of workers", "", float, double) {
  const ebm::Mlp<TestType, 2, 16, 16> energy{ebm::Rng{1}};
  Problem<ebm::Mlp<TestType, 2, 16, 16>> problem;
  const auto serial = gradient_of(energy, problem, ebm::Serial{});
  CHECK(gradient_of(energy, problem, ebm::ThreadPool{2}) == serial);
  CHECK(gradient_of(energy, problem, ebm::ThreadPool{5}) == serial);
}

TEST_CASE("lanes of weight 0 do not count") {
  using Energy = ebm::QuadraticEnergy<double, 2>;
  Problem<Energy> problem;
  double expected = 0;
  for (std::size_t t = 0; t < 17; ++t) {
    for (int lane = 0; lane < 8; ++lane) {
      if ((t + static_cast<std::size_t>(lane)) % 3 == 0) problem.weights[t][lane] = 0;
      const double x = problem.x[2 * t][lane], y = problem.x[2 * t + 1][lane];
      expected += problem.weights[t][lane] * 0.5 * (x * x + y * y);
      if (problem.weights[t][lane] == 0) problem.x[2 * t][lane] = 1e100;
    }
  }
  CHECK(gradient_of(Energy(0.7), problem, ebm::Serial{})[0] == Approx(expected).epsilon(1e-13));
}
