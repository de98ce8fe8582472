#include <ebm/io/density_grid.hpp>

#include "support/catch.hpp"

#include <numeric>

namespace {

const ebm::Box<2> kBox{{-6, -4}, {8, 3}};
const ebm::Box<2> kUnit{{-1, -1}, {1, 1}};

// 1/2 (x - 1)^2 + 2 (y + 1/2)^2 plus a constant: N((1, -1/2), diag(1, 1/4)).
struct Bell {
  using Scalar = double;
  static constexpr int dim = 2;
  double offset = 0;

  ebm::Lanes<double> energy(const ebm::Tile<double, 2>& x) const {
    return 0.5 * (x.col(0) - 1.0).square() + 2.0 * (x.col(1) + 0.5).square() + offset;
  }
};

// That density itself.
struct Normalised {
  static constexpr int dim = 2;
  ebm::Values<double> log_density(const ebm::Points<double, 2>& points) const {
    return -0.5 * (points.col(0).array() - 1).square() - 2 * (points.col(1).array() + 0.5).square() -
           std::log(3.14159265358979);
  }
  ebm::Box<2> domain() const { return kBox; }
};

// No density left of the origin, and no energy at all in the upper right.
struct Broken {
  using Scalar = float;
  static constexpr int dim = 2;

  ebm::Lanes<float> energy(const ebm::Tile<float, 2>& x) const {
    ebm::Lanes<float> result;
    for (int i = 0; i < 16; ++i) {
      const float infinity = std::numeric_limits<float>::infinity();
      result[i] = x(i, 0) < 0 ? infinity : x(i, 1) > 0 ? (x(i, 0) > 0.5f ? -infinity : infinity - infinity) : 0.0f;
    }
    return result;
  }
};

// Uniform on the unit square.
struct Square {
  static constexpr int dim = 2;
  ebm::Values<double> log_density(const ebm::Points<double, 2>& points) const {
    ebm::Values<double> result(points.rows());
    for (ebm::Index i = 0; i < points.rows(); ++i) {
      const bool inside = points.row(i).minCoeff() >= 0 && points.row(i).maxCoeff() <= 1;
      result[i] = inside ? 0.0 : -std::numeric_limits<double>::infinity();
    }
    return result;
  }
  ebm::Box<2> domain() const { return {{0, 0}, {1, 1}}; }
};

double sum(const Eigen::ArrayXXd& values) { return std::accumulate(values.data(), values.data() + values.size(), 0.0); }

}  // namespace

TEST_CASE("Cells are addressed by x and y, and their centres fill the box") {
  const ebm::GridValues grid{{{0, 10}, {4, 12}}, Eigen::ArrayXXd::Zero(8, 2)};
  CHECK(grid.cell_area() == Approx(0.5));
  CHECK(grid.centre(0, 0)[0] == Approx(0.25));
  CHECK(grid.centre(7, 1)[0] == Approx(3.75));
  CHECK(grid.centre(7, 1)[1] == Approx(11.5));
  const auto centres = ebm::grid_centres(grid.box, 8, 2);
  CHECK(centres.row(8 + 3).transpose().array().isApprox(grid.centre(3, 1)));
}

TEST_CASE("A density on a grid integrates to 1 and is the one that the energy means") {
  const double offset = GENERATE(0.0, 5000.0, -5000.0);
  const auto grid = ebm::density_grid(Bell{offset}, kBox, 280, 140);
  CHECK(sum(grid.values) * grid.cell_area() == Approx(1).epsilon(1e-12));
  // N((1, -1/2), diag(1, 1/4)) holds all but 1e-9 of its mass in the box.
  for (const auto& [i, j] : {std::pair{140, 70}, {150, 60}, {120, 80}}) {
    const Eigen::Array2d x = grid.centre(i, j);
    const double truth = std::exp(-0.5 * std::pow(x[0] - 1, 2) - 2 * std::pow(x[1] + 0.5, 2)) / 3.14159265358979;
    CHECK(grid.values(i, j) == Approx(truth).epsilon(1e-6));
  }
  // A cell's area forgotten would be seen.
  CHECK(std::abs(sum(grid.values) - 1) > 10);
}

TEST_CASE("A density at a temperature is that of E / T") {
  // N((1, -1/2), diag(T, T / 4)), from the energy as from its density at temperature 1.
  const double temperature = GENERATE(0.25, 1.5);
  const auto grid = ebm::density_grid(Bell{-400}, kBox, 280, 140, temperature);
  const auto bell = ebm::density_grid(Normalised{}, kBox, 280, 140, temperature);
  CHECK(sum(grid.values) * grid.cell_area() == Approx(1).epsilon(1e-12));
  for (const auto& [i, j] : {std::pair{140, 70}, {150, 60}, {120, 80}}) {
    const Eigen::Array2d x = grid.centre(i, j);
    const double energy = 0.5 * std::pow(x[0] - 1, 2) + 2 * std::pow(x[1] + 0.5, 2);
    const double truth = std::exp(-energy / temperature) / (3.14159265358979 * temperature);
    CHECK(grid.values(i, j) == Approx(truth).epsilon(1e-5));
    CHECK(bell.values(i, j) == Approx(truth).epsilon(1e-5));
  }
  CHECK_THROWS_WITH(ebm::density_grid(Bell{}, kBox, 4, 4, 0), "temperature: 0, wanted more than 0");
}

TEST_CASE("Where an energy is +infinity there is no density, and where it is no energy at all there is no number") {
  const auto grid = ebm::density_grid(Broken{}, kUnit, 8, 8);
  CHECK(grid.values(0, 0) == 0);
  CHECK(grid.values(0, 7) == 0);
  CHECK(grid.values(4, 0) == Approx(1).epsilon(1e-12));
  CHECK(std::isnan(grid.values(4, 7)));
  CHECK(std::isnan(grid.values(7, 7)));
  CHECK_THROWS_AS(ebm::density_grid(Broken{}, ebm::Box<2>{{0, 0.5}, {1, 1}}, 4, 4), ebm::NumericalError);
  CHECK_THROWS_AS(ebm::density_grid(Broken{}, ebm::Box<2>{{-1, -1}, {-0.5, 1}}, 4, 4), ebm::NumericalError);
}

TEST_CASE("A density is shown as it is, not normalised over the box") {
  const auto grid = ebm::density_grid(Square{}, ebm::Box<2>{{0.5, 0}, {1.5, 1}}, 10, 10);
  CHECK(grid.values(0, 0) == 1);
  CHECK(grid.values(9, 0) == 0);
}

TEST_CASE("Boxes without an area and grids without cells are refused") {
  CHECK_THROWS_AS(ebm::grid_centres({{0, 0}, {0, 1}}, 4, 4), ebm::ValueError);
  CHECK_THROWS_AS(ebm::grid_centres({{0, 0}, {1, std::numeric_limits<double>::infinity()}}, 4, 4), ebm::ValueError);
  CHECK_THROWS_AS(ebm::grid_centres(kUnit, 0, 4), ebm::ValueError);
}
