// energies() and gradients() for any number of points, in whatever storage they come.
#include <ebm/concepts/evaluation.hpp>
#include <ebm/core/rng.hpp>

#include "support/catch.hpp"

namespace {

// Program 3 of the design, as written.
struct Ring {
  using Scalar = float;
  static constexpr int dim = 2;

  ebm::Lanes<float> energy(const ebm::Tile<float, 2>& x) const { return 12.5f * (radius(x) - 2.0f).square(); }

  ebm::Tile<float, 2> gradient(const ebm::Tile<float, 2>& x) const {
    const ebm::Lanes<float> r = radius(x);
    return x.colwise() * (25.0f * (r - 2.0f) / r);
  }

  static ebm::Lanes<float> radius(const ebm::Tile<float, 2>& x) {
    return (x.col(0).square() + x.col(1).square()).sqrt();
  }
};

// E = sum of i x_i^3: no two coordinates alike. In place, so many tiles at a time.
template <class S, int Dim, int AtOnce>
struct Cubes {
  using Scalar = S;
  static constexpr int dim = Dim;
  static constexpr ebm::Index tiles_at_once = AtOnce;
  ebm::Index dimension_ = Dim;
  ebm::Index dimension() const { return dimension_; }

  void value(ebm::TileSpan<const S, Dim> x, ebm::LanesSpan<S> values, ebm::Workspace& workspace) const {
    value_and_gradient(x, values, workspace.tiles<S, Dim>(x.count(), x.dim()), workspace);
  }
  void value_and_gradient(ebm::TileSpan<const S, Dim> x, ebm::LanesSpan<S> values, ebm::TileSpan<S, Dim> gradients,
                          ebm::Workspace&) const {
    CHECK(x.count() <= AtOnce);
    for (ebm::Index t = 0; t < x.count(); ++t) {
      values[t].setZero();
      for (ebm::Index i = 0; i < x.dim(); ++i) {
        values[t] += static_cast<S>(i + 1) * x[t].col(i).cube();
        gradients[t].col(i) = static_cast<S>(3 * (i + 1)) * x[t].col(i).square();
      }
    }
  }
};

template <class E, class Derived>
void check_rows(const E& energy, const Eigen::MatrixBase<Derived>& points) {
  using S = typename E::Scalar;
  const double tolerance = sizeof(S) == 4 ? 1e-5 : 1e-13;
  const ebm::Values<S> values = ebm::energies(energy, points);
  const ebm::Points<S, E::dim> slopes = ebm::gradients(energy, points);
  REQUIRE(values.rows() == points.rows());
  REQUIRE(slopes.rows() == points.rows());
  REQUIRE(slopes.cols() == points.cols());
  bool agree = true;
  for (ebm::Index row = 0; row < points.rows(); ++row) {
    double value = 0;
    for (ebm::Index i = 0; i < points.cols(); ++i) {
      const double x = static_cast<double>(points(row, i)), factor = static_cast<double>(i + 1);
      value += factor * x * x * x;
      agree = agree && std::abs(static_cast<double>(slopes(row, i)) - 3 * factor * x * x) <= tolerance * 3 * factor;
    }
    agree = agree && std::abs(static_cast<double>(values[row]) - value) <= tolerance * 10;
  }
  CHECK(agree);
}

}  // namespace

TEST_CASE("energies, gradients: any number of rows, tiles at once, scalar and dimension") {
  for (const ebm::Index rows : {0, 1, 7, 8, 9, 15, 16, 17, 255, 256, 257, 1000}) {
    INFO(rows);
    const Eigen::MatrixXd points = Eigen::MatrixXd::Random(rows, 3);
    const Eigen::MatrixXf rounded = points.cast<float>();
    check_rows(Cubes<double, 3, 1>{}, points);
    check_rows(Cubes<double, 3, 2>{}, points);
    check_rows(Cubes<double, ebm::Dynamic, 5>{3}, points);
    check_rows(Cubes<float, 3, 1>{}, rounded);
    check_rows(Cubes<float, 3, 3>{}, rounded);
    check_rows(Cubes<float, ebm::Dynamic, 16>{3}, rounded);
  }
}

TEST_CASE("energies, gradients: any storage of the points") {
  const Eigen::MatrixXd points = Eigen::MatrixXd::Random(50, 3);
  const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> by_rows = points;
  const Eigen::MatrixXd embedded = (Eigen::MatrixXd(60, 7) << Eigen::MatrixXd::Random(60, 7)).finished();
  const Cubes<double, 3, 2> energy;
  CHECK(ebm::energies(energy, by_rows) == ebm::energies(energy, points));
  CHECK(ebm::gradients(energy, by_rows) == ebm::gradients(energy, points));
  check_rows(energy, by_rows);
  check_rows(energy, embedded.block(5, 2, 50, 3));
  check_rows(energy, points.topRows(3) * 0.5);
  check_rows(Cubes<double, 3, 1>{}, Eigen::RowVector3d(0.1, 0.2, 0.3));
  check_rows(Cubes<float, 3, 1>{}, by_rows);  // double points for a float energy
  check_rows(Cubes<double, 3, 1>{}, points.cast<float>());
  CHECK(ebm::energies(energy, points.array()) == ebm::energies(energy, points));
}

TEST_CASE("energies, gradients: a wrong number of columns is named") {
  CHECK_THROWS_WITH(ebm::energies(Ring{}, Eigen::MatrixXf::Zero(3, 3)), "points: shape 3 x 3, wanted any x 2");
  CHECK_THROWS_WITH(ebm::gradients(Ring{}, Eigen::MatrixXf::Zero(3, 1)), "points: shape 3 x 1, wanted any x 2");
  CHECK_THROWS_AS(ebm::energies(Cubes<float, ebm::Dynamic, 1>{4}, Eigen::MatrixXf::Zero(3, 3)), ebm::ShapeError);
  CHECK_THROWS_AS(ebm::gradients(Cubes<float, ebm::Dynamic, 1>{4}, Eigen::MatrixXf::Zero(0, 3)), ebm::ShapeError);
}

TEST_CASE("energies, gradients: a user's own type of Eigen expressions") {
  static_assert(ebm::DifferentiableEnergy<Ring>);
  const ebm::Stream stream(1);
  ebm::Points<float, 2> points(40, 2);
  for (ebm::Index row = 0; row < 40; ++row) {
    const auto chain = static_cast<std::uint32_t>(row);
    points.row(row) << static_cast<float>(stream.normal(chain, 0)), static_cast<float>(stream.normal(chain, 1));
  }
  const auto values = ebm::energies(Ring{}, points);
  const auto slopes = ebm::gradients(Ring{}, points);
  for (ebm::Index row = 0; row < 40; ++row) {
    const double x = static_cast<double>(points(row, 0)), y = static_cast<double>(points(row, 1)), r = std::hypot(x, y);
    CHECK(std::abs(static_cast<double>(values[row]) - 12.5 * (r - 2) * (r - 2)) < 1e-4);
    CHECK(std::abs(static_cast<double>(slopes(row, 0)) - 25 * (r - 2) * x / r) < 1e-4);
    CHECK(std::abs(static_cast<double>(slopes(row, 1)) - 25 * (r - 2) * y / r) < 1e-4);
  }
}

TEST_CASE("evaluate: takes its scratch from the caller and gives it back") {
  ebm::Workspace workspace;
  const auto x = workspace.tiles<float, 2>(1, 2);
  const auto values = workspace.tiles<float, 1>(1, 1);
  const auto slopes = workspace.tiles<float, 2>(1, 2);
  x[0].col(0).setConstant(3), x[0].col(1).setConstant(4);
  ebm::evaluate(Ring{}, x, values, workspace);
  CHECK((values[0] == 112.5f).all());
  ebm::evaluate(Ring{}, x, values, slopes, workspace);
  CHECK((slopes[0].col(0) == 45.0f).all());
  CHECK((slopes[0].col(1) == 60.0f).all());
}
