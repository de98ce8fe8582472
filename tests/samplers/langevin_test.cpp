#include <ebm/samplers/langevin.hpp>
#include <ebm/samplers/mala.hpp>
#include <ebm/samplers/sgld.hpp>

#include "samplers/plain_mala.hpp"
#include "samplers/run_kernel.hpp"
#include "samplers/targets.hpp"
#include "support/catch.hpp"

using namespace ebm;
using plain_mala::PlainMala;
using run_kernel::run;
using targets::InPlace;
using targets::Normal;
using targets::UnequalPair;

namespace {

template <class S>
void check_against_textbook(double tolerance) {
  const Points<S, 2> start = UnequalPair<S>::draw(512, 21);
  const UnequalPair<S> energy;
  for (const double epsilon : {0.03, 0.5}) {
    for (const double temperature : {0.6, 1.0, 3.0}) {
      CAPTURE(epsilon, temperature);
      const auto one = run(energy, Mala{.temperature = temperature}, start, 1, epsilon);
      const auto plain = run(energy, PlainMala{.temperature = temperature}, start, 1, epsilon);
      CHECK((one.acceptance - plain.acceptance).cwiseAbs().maxCoeff() < tolerance);
      CHECK((one.points - plain.points).cwiseAbs().maxCoeff() < tolerance);
      CHECK(one.acceptance.minCoeff() < 0.9);
    }
  }
}

}  // namespace

TEST_CASE("the Metropolis ratio is that of energies and proposal densities") {
  check_against_textbook<double>(1e-12);
  check_against_textbook<float>(2e-5);
}

TEST_CASE("many steps in double precision follow the textbook's chains") {
  const Points<double, 2> start = UnequalPair<double>::draw(256, 22);
  const UnequalPair<double> energy;
  const auto fast = run(energy, Mala{}, start, 50, 0.2), plain = run(energy, PlainMala{}, start, 50, 0.2);
  CHECK((fast.points - plain.points).cwiseAbs().maxCoeff() < 1e-8);
  CHECK((fast.acceptance - plain.acceptance).cwiseAbs().maxCoeff() < 1e-8);
}

TEST_CASE("lane by lane or by tile, with static or dynamic dimension: the same bits") {
  const Points<float, 2> start = UnequalPair<float>::draw(100, 23);
  const UnequalPair<float> energy;
  const auto check = [&](const auto& kernel) {
    const auto by_lane = run(energy, kernel, start, 40, 0.2);
    const auto by_tile = run(InPlace<UnequalPair<float>>{energy}, kernel, start, 40, 0.2);
    const auto dynamic =
        run(InPlace<UnequalPair<float>, Dynamic>{energy}, kernel, Points<float, Dynamic>(start), 40, 0.2);
    CHECK(by_lane.points == by_tile.points);
    CHECK(by_lane.points == dynamic.points);
    CHECK(by_lane.acceptance == by_tile.acceptance);
    CHECK(by_lane.acceptance == dynamic.acceptance);
  };
  check(Mala{});
  check(Sgld{});
  check(Sgld{.step_size = 0.2});
}

TEST_CASE("the acceptance probability of a ratio, its limits and what is no number") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  alignas(kAlignment) double ratio[] = {-1, 0, 1000, infinity, -infinity, std::numeric_limits<double>::quiet_NaN(),
                                        0,  0};
  for (Index p = 0; p < kLanes<double>; p += Pack<double>::size)
    detail::acceptance_probability(Pack<double>::load(ratio + p)).store(ratio + p);
  const double wanted[] = {std::exp(-1), 1, 1, 1, 0, 0, 1, 1};
  for (Index i = 0; i < kLanes<double>; ++i) CHECK(ratio[i] == Approx(wanted[i]));
}

TEST_CASE("a proposal whose ratio overflows is rejected, and the chain has not failed") {
  // From its mean the steep Gaussian proposes points with gradients whose squares are beyond float.
  const Points<float, 1> start = Points<float, 1>::Zero(64, 1);
  const auto outcome = run(Normal<float, 1>{1e8}, Mala{}, start, 20, 1e20);
  CHECK(outcome.acceptance.maxCoeff() == 0);
  CHECK(outcome.failed.maxCoeff() == 0);
  CHECK(outcome.points.cwiseAbs().maxCoeff() == 0);
}
