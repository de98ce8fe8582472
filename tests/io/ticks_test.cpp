#include <ebm/io/ticks.hpp>

#include "support/catch.hpp"

#include <limits>

namespace {

std::string labels(const std::vector<ebm::Tick>& ticks) {
  std::string text;
  for (const ebm::Tick& tick : ticks) {
    if (!tick.label.empty()) text += (text.empty() ? "" : " ") + tick.label;
  }
  return text;
}

}  // namespace

TEST_CASE("Nice numbers are 1, 2 and 5 times powers of ten") {
  for (const auto& [value, nice] : {std::pair{1.0, 1.0},
                                    {1.3, 1.0},
                                    {1.5, 2.0},
                                    {3.1, 2.0},
                                    {3.3, 5.0},
                                    {7.0, 5.0},
                                    {7.2, 10.0},
                                    {0.013, 0.01},
                                    {4200.0, 5000.0}}) {
    CHECK(ebm::nice_number(value) == Approx(nice).epsilon(1e-12));
  }
}

TEST_CASE("Ticks are the round numbers within the range, with equal decimals") {
  CHECK(labels(ebm::linear_ticks(0, 1, 5)) == "0.0 0.2 0.4 0.6 0.8 1.0");
  CHECK(labels(ebm::linear_ticks(-1.7, 3.2, 5)) == "-1 0 1 2 3");
  CHECK(labels(ebm::linear_ticks(-0.1, 0.1, 4)) == "-0.10 -0.05 0.00 0.05 0.10");
  CHECK(labels(ebm::linear_ticks(0, 4000, 8)) == "0 500 1000 1500 2000 2500 3000 3500 4000");
  CHECK(labels(ebm::linear_ticks(0, 3e-6, 3)) == "0 1e-06 2e-06 3e-06");
  CHECK(labels(ebm::linear_ticks(0, 2.5e7, 5)) == "0 5.0e+06 1.0e+07 1.5e+07 2.0e+07 2.5e+07");
  CHECK(labels(ebm::linear_ticks(1000, 1001, 2)) == "1000.0 1000.5 1001.0");
}

TEST_CASE("Ticks of any range lie within it, are about as many as wanted, and say where they are") {
  for (const double lower : {-1e5, -3.7, -1e-3, 0.0, 0.12, 7.9, 12345.6}) {
    for (const double length : {1e-2, 0.37, 1.0, 8.8, 1e4, 3e8}) {
      for (const int wanted : {2, 6, 10}) {
        const auto ticks = ebm::linear_ticks(lower, lower + length, wanted);
        INFO(lower << " + " << length << ", " << wanted);
        CHECK((ticks.size() >= 1 && ticks.size() <= 2 * static_cast<std::size_t>(wanted) + 1));
        for (std::size_t i = 0; i < ticks.size(); ++i) {
          CHECK(ticks[i].value >= lower - 1e-5 * length);
          CHECK(ticks[i].value <= lower + length * (1 + 1e-5));
          CHECK(std::stod(ticks[i].label) == Approx(ticks[i].value).epsilon(1e-9).margin(1e-9 * length));
          if (i > 0) CHECK(ticks[i].label != ticks[i - 1].label);
        }
      }
    }
  }
}

TEST_CASE("Logarithmic axes have powers of ten, with minor ticks where there is room") {
  CHECK(labels(ebm::logarithmic_ticks(0.02, 3000)) == "10^-1 1 10 10^2 10^3");
  CHECK(labels(ebm::logarithmic_ticks(1e-12, 1)) == "10^-12 10^-9 10^-6 10^-3 1");
  CHECK(labels(ebm::logarithmic_ticks(2, 8, 3)) == labels(ebm::linear_ticks(2, 8, 3)));
  const auto ticks = ebm::logarithmic_ticks(0.5, 200);
  std::size_t minor = 0;
  for (const ebm::Tick& tick : ticks) minor += tick.label.empty() ? 1 : 0;
  CHECK(minor == 5 + 8 + 8 + 1);
}

TEST_CASE("Ranges without a length are refused") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(ebm::linear_ticks(1, 1), ebm::ValueError);
  CHECK_THROWS_AS(ebm::linear_ticks(nan, 1), ebm::ValueError);
  CHECK_THROWS_AS(ebm::linear_ticks(0, std::numeric_limits<double>::infinity()), ebm::ValueError);
  CHECK_THROWS_AS(ebm::logarithmic_ticks(0, 1), ebm::ValueError);
  CHECK_THROWS_AS(ebm::logarithmic_ticks(-1, 1), ebm::ValueError);
}
