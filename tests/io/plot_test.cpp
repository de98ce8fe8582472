#include <ebm/core/rng.hpp>
#include <ebm/io/plot.hpp>

#include "decoded_png.hpp"
#include "support/catch.hpp"
#include "temporary_file.hpp"

using Catch::Matchers::ContainsSubstring;

namespace {

struct Ring {
  using Scalar = float;
  static constexpr int dim = 2;
  template <class V>
  V lane_value(const std::array<V, 2>& x) const {
    const V off = ebm::sqrt(x[0] * x[0] + x[1] * x[1]) - V(2.0f);
    return V(12.5f) * off * off;
  }
};

// Both an energy and a density, as the library's analytic ones are; neither an ambiguity nor a need for points.
struct Normal {
  using Scalar = double;
  static constexpr int dim = 2;
  ebm::Lanes<double> energy(const ebm::Tile<double, 2>& x) const { return 0.5 * x.square().rowwise().sum(); }
  ebm::Values<double> log_density(const ebm::Points<double, 2>& points) const {
    return (-0.5 * points.array().square().rowwise().sum() - std::log(2 * 3.14159265358979)).matrix();
  }
  ebm::Box<2> domain() const { return {{-6, -6}, {6, 6}}; }
};

}  // namespace

TEST_CASE("A density is plotted in one line, over points of either type") {
  ebm::Points<double, 2> points(3, 2);
  points << -2, 0, 2, 0.5, 0, 2;
  const TemporaryFile file;
  ebm::plot_density(Ring{}, points, file.path);
  const ebm::Picture picture = decoded_png(file.path);
  CHECK(picture.width() == 900);
  CHECK(picture == ebm::density_picture(Ring{}, points));
  ebm::plot_density(Ring{}, points.cast<float>().eval(), file.path);
  CHECK(decoded_png(file.path) == picture);
  ebm::plot_density(Normal{}, ebm::Points<double, 2>(0, 2), file.path, {.width = 300, .resolution = 50});
  CHECK(decoded_png(file.path).width() == 300);
}

TEST_CASE("Values, curves, galleries and strips are written as what they are") {
  const TemporaryFile file;
  const ebm::Box<2> box{{0, 0}, {1, 1}};
  const ebm::GridValues grid{box, (Eigen::ArrayXXd(2, 2) << 1, 2, 3, 4).finished()};
  ebm::plot_values(grid, ebm::Points<float, 2>(0, 2), file.path, {.width = 300});
  CHECK(decoded_png(file.path).width() == 300);
  ebm::plot_curves({{"loss", {3, 2, 1.5}}}, file.path, {.title = "Loss"});
  CHECK(decoded_png(file.path) == ebm::curves_picture({{"loss", {3, 2, 1.5}}}, {.title = "Loss"}));
  ebm::plot_gallery({ebm::density_panel("ring", Ring{}, {{-3, -3}, {3, 3}}, {.resolution = 50})}, file.path,
                    {.panel = 100});
  CHECK(decoded_png(file.path).width() == 136);
  ebm::TrainingStrip strip(box, {.panel = 100, .resolution = 20});
  strip.add(0, Ring{}, ebm::Points<float, 2>(0, 2), ebm::Points<float, 2>(0, 2));
  ebm::write_png(strip.picture(), file.path);
  CHECK(decoded_png(file.path) == strip.picture());
}

TEST_CASE("A plot that cannot be written names its path") {
  CHECK_THROWS_WITH(ebm::plot_curves({{"", {1, 2}}}, "/no/such/folder/plot.png"),
                    ContainsSubstring("/no/such/folder/plot.png"));
}
