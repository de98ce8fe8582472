#include <ebm/diagnostics/summary.hpp>

#include <sstream>

#include "diagnostics/chains.hpp"
#include "support/catch.hpp"

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::WithinAbs;
using ebm::ChainMatrix;
using ebm::Index;
using ebm::testing::autoregressive;

namespace {

// Two coordinates, the second far from the origin.
ebm::Draws<float, 2> good_draws() {
  ebm::Draws<float, 2> draws;
  draws.chains = 4, draws.draws_per_chain = 1000;
  draws.points.resize(4000, 2);
  const ChainMatrix<> x = autoregressive(4, 1000, 0.2, 51), y = autoregressive(4, 1000, 0.2, 52);
  for (Index row = 0; row < 4000; ++row) {
    draws.points(row, 0) = static_cast<float>(x.data()[row]);
    draws.points(row, 1) = static_cast<float>(1000 + 2 * y.data()[row]);
  }
  draws.acceptance = ebm::Values<double>::Constant(4, 0.6);
  draws.status.assign(4, ebm::ChainStatus::healthy);
  return draws;
}

template <class T>
std::string print(const T& value) {
  std::ostringstream stream;
  stream << value;
  return stream.str();
}

}  // namespace

TEST_CASE("a summary holds the moments, quantiles and diagnostics of each coordinate") {
  const ebm::Draws<float, 2> draws = good_draws();
  const ebm::Summary summary = ebm::summary(draws);
  REQUIRE(summary.coordinates.size() == 2);
  CHECK(summary.chains == 4);
  CHECK(summary.draws_per_chain == 1000);
  CHECK_THAT(summary.acceptance, WithinAbs(0.6, 1e-12));

  // Five standard errors at the ESS 4000 (1 - .2) / (1 + .2) = 2667: one failure in 10^6 each.
  const ebm::CoordinateSummary& y = summary.coordinates[1];
  CHECK_THAT(y.mean, WithinAbs(1000, 2 * 5 / std::sqrt(2667.0)));
  CHECK_THAT(y.sd, WithinAbs(2, 2 * 5 / std::sqrt(2 * 2667.0)));
  CHECK_THAT(y.q50, WithinAbs(1000, 2 * 5 * 1.2533 / std::sqrt(2667.0)));
  CHECK_THAT(y.q5, WithinAbs(1000 - 2 * 1.6449, 2 * 5 * 2.113 / std::sqrt(2667.0)));
  CHECK_THAT(y.q95, WithinAbs(1000 + 2 * 1.6449, 2 * 5 * 2.113 / std::sqrt(2667.0)));

  const ChainMatrix<> column = Eigen::Map<const Eigen::ArrayXXf>(draws.points.col(1).data(), 1000, 4).cast<double>();
  CHECK(y.r_hat == ebm::r_hat(column));
  CHECK(y.bulk_ess == ebm::bulk_ess(column));
  CHECK(y.tail_ess == ebm::tail_ess(column));
  CHECK(y.mean_mcse == Approx(ebm::mean_mcse(column)));
  CHECK(summary.warnings().empty());
}

TEST_CASE("a summary prints an aligned table") {
  const std::string text = print(ebm::summary(good_draws()));
  CHECK_THAT(text, ContainsSubstring("R-hat") && ContainsSubstring("bulk ESS") && ContainsSubstring("tail ESS"));
  CHECK_THAT(text, ContainsSubstring("4 chains of 1000 draws, acceptance 0.6"));
  CHECK_THAT(text, !ContainsSubstring("WARNING"));
  std::istringstream lines(text);
  std::string header, x0, x1;
  std::getline(lines, header), std::getline(lines, x0), std::getline(lines, x1);
  CHECK(header.size() == x0.size());
  CHECK(header.size() == x1.size());
}

TEST_CASE("a summary warns in words of what is wrong") {
  ebm::Draws<float, 2> draws = good_draws();
  const auto text = [&] { return print(ebm::summary(draws)); };
  SECTION("diverged") {
    draws.status[2] = ebm::ChainStatus::diverged;
    CHECK_THAT(text(), ContainsSubstring("WARNING: 1 of 4 chains met an energy or gradient that is not finite"));
  }
  SECTION("stuck") {
    draws.status[1] = draws.status[3] = ebm::ChainStatus::stuck;
    CHECK_THAT(text(), ContainsSubstring("WARNING: 2 of 4 chains are stuck: they accepted less than 0.001 of their"));
  }
  SECTION("interrupted") {
    draws.interrupted = true;
    CHECK_THAT(text(), ContainsSubstring("interrupted after 1000 draws"));
  }
  SECTION("low acceptance") {
    draws.acceptance.setConstant(0.02);
    CHECK_THAT(text(), ContainsSubstring("few proposals are accepted"));
  }
  SECTION("chains that disagree") {
    draws.points.col(0).head(1000).array() += 1.0f;
    CHECK_THAT(text(), ContainsSubstring("1 of 2 coordinates have R-hat above 1.01"));
  }
  SECTION("few effective draws") {
    const ChainMatrix<> slow = autoregressive(4, 1000, 0.95, 53);
    for (Index row = 0; row < 4000; ++row) draws.points(row, 0) = static_cast<float>(slow.data()[row]);
    CHECK_THAT(text(), ContainsSubstring("effective sample size below 400"));
  }
  SECTION("not finite, and constant") {
    draws.points(17, 0) = std::numeric_limits<float>::quiet_NaN();
    draws.points.col(1).setConstant(2);
    CHECK_THAT(text(), ContainsSubstring("1 of 2 coordinates hold draws that are not finite"));
    CHECK_THAT(text(), ContainsSubstring("1 of 2 coordinates never moved"));
  }
  SECTION("too short") {
    CHECK_THAT(print(ebm::summary(draws.points.topRows(6), 2)), ContainsSubstring("fewer than 4 draws per chain"));
  }
}

TEST_CASE("any points make a summary, if they divide into chains") {
  const ebm::Draws<float, 2> draws = good_draws();
  CHECK(ebm::summary(draws.points, 4).coordinates[0].r_hat == ebm::summary(draws).coordinates[0].r_hat);
  CHECK_THROWS_AS(ebm::summary(draws.points, 3), ebm::ValueError);
  CHECK_THROWS_AS(ebm::summary(draws.points, 0), ebm::ValueError);
}

TEST_CASE("draws with weights are averaged by them, and the table says what is not") {
  ebm::Draws<float, 2> draws = good_draws();
  draws.weights = ebm::Values<double>::LinSpaced(1000, 2, 1);
  const ebm::Summary summary = ebm::summary(draws), plain = ebm::summary(draws.points, 4);
  double sum = 0;
  for (Index row = 0; row < 4000; ++row) sum += draws.weights[row % 1000] * static_cast<double>(draws.points(row, 0));
  const ebm::CoordinateSummary &x = summary.coordinates[0], &unweighted = plain.coordinates[0];
  CHECK_THAT(x.mean, WithinAbs(sum / (4 * draws.weights.sum()), 1e-12));
  CHECK(x.mean != unweighted.mean);
  // Weights from 2 to 1 leave draws worth (3 / 2)^2 / (7 / 3) of their number.
  CHECK(x.mean_mcse / x.sd == Approx(unweighted.mean_mcse / unweighted.sd * std::sqrt(7 / 3.0 / 2.25)).epsilon(1e-3));
  CHECK(x.q5 < x.q50);
  CHECK(x.q50 != unweighted.q50);
  CHECK(x.r_hat == unweighted.r_hat);
  CHECK(x.bulk_ess == unweighted.bulk_ess);
  CHECK(x.tail_ess == unweighted.tail_ess);
  CHECK_THAT(print(summary), ContainsSubstring("R-hat and ESS are of the unweighted draws"));
  CHECK_THAT(print(plain), !ContainsSubstring("weighted"));
  CHECK_THROWS_AS(ebm::summary(draws.points, 4, draws.weights.head(999)), ebm::ShapeError);
}
