#include <ebm/io/density_curve.hpp>

#include "support/catch.hpp"

#include <numeric>

namespace {

struct Normal {
  using Scalar = double;
  static constexpr int dim = 1;
  ebm::Lanes<double> energy(const ebm::Tile<double, 1>& x) const { return 0.5 * (x.col(0) - 1.0).square() + 700.0; }
};

}  // namespace

TEST_CASE("The curve of an energy is its normalised density") {
  const ebm::Curve curve = ebm::density_curve(Normal{}, -7, 9, 400);
  REQUIRE(curve.y.size() == 400);
  for (std::size_t i = 0; i < 400; i += 13) {
    CHECK(curve.y[i] ==
          Approx(std::exp(-0.5 * std::pow(curve.x[i] - 1, 2)) / std::sqrt(2 * 3.14159265358979)).epsilon(1e-9));
  }
}

TEST_CASE("The curve at a temperature is that of E / T") {
  const double temperature = 0.5;
  const ebm::Curve curve = ebm::density_curve(Normal{}, -7, 9, 400, temperature);
  for (std::size_t i = 0; i < 400; i += 13) {
    const double energy = 0.5 * std::pow(curve.x[i] - 1, 2);
    CHECK(curve.y[i] ==
          Approx(std::exp(-energy / temperature) / std::sqrt(2 * 3.14159265358979 * temperature)).epsilon(1e-9));
  }
}

TEST_CASE("A histogram integrates to 1, and its bars stand where the points are") {
  std::vector<double> points;
  for (int i = 0; i < 900; ++i) points.push_back(i < 300 ? 0.5 * i / 300 : 9.5 + 0.5 * (i - 299) / 600);
  points.push_back(std::numeric_limits<double>::infinity());
  const ebm::Bars bars = ebm::histogram(points);
  REQUIRE(bars.heights.size() == 30);
  const double width = bars.edges[1] - bars.edges[0];
  CHECK(std::accumulate(bars.heights.begin(), bars.heights.end(), 0.0) * width == Approx(1));
  CHECK(bars.edges.front() == 0);
  CHECK(bars.edges.back() == Approx(10));
  CHECK((bars.heights.front() + bars.heights[1]) * width == Approx(1.0 / 3));
  CHECK(bars.heights[15] == 0);
  CHECK(ebm::histogram({1}).heights.empty());
  CHECK(ebm::histogram({1, 1, 1}).heights.empty());
}

TEST_CASE("A model on the line has a picture of its density") {
  ebm::Points<float, 1> points(4, 1);
  points << -1, 0, 2, 3;
  const ebm::Picture picture = ebm::density_picture(Normal{}, points, {.width = 400});
  CHECK(picture.width() == 400);
  ebm::Index curve = 0;
  for (ebm::Index i = 0; i < picture.width() * picture.height(); ++i)
    curve += picture.data()[i] == ebm::kSeriesColors[0] ? 1 : 0;
  CHECK(curve > 300);
  CHECK_THROWS_AS(ebm::density_picture(Normal{}, points.topRows(0)), ebm::ValueError);
  CHECK_THROWS_AS(ebm::density_picture(Normal{}, ebm::Points<float>(3, 2)), ebm::ShapeError);
}
