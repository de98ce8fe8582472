// Bring your own energy: a formula, whose gradient is derived at compile time, and a type of your own on Eigen.
#include <ebm/ebm.hpp>
#include <ebm/io/plot.hpp>

#include <CLI/CLI.hpp>

#include <iostream>

// Columns of a tile are coordinates, rows are chains. The energy is enough for Metropolis and quadrature; the gradient
// opens the gradient samplers.
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

int main(int argc, char** argv) {
  bool small = false;
  std::string output = ".";
  CLI::App app{"Sample energies of your own"};
  app.add_flag("--small", small, "a size that takes seconds");
  app.add_option("--output", output, "where pictures go");
  CLI11_PARSE(app, argc, argv);
  const ebm::Index steps = small ? 200 : 2000;

  ebm::Rng rng{42};
  const auto banana = ebm::formula<2>([](auto x, auto y) { return 0.5 * square(x - 1) + 4.0 * square(y - x * x); });
  const auto draws = ebm::sample(banana, ebm::Mala{}, {.chains = 64, .steps = steps, .warmup = 500}, rng);
  std::cout << "A formula, E = (x - 1)^2 / 2 + 4 (y - x^2)^2\n" << ebm::summary(draws);
  std::cout << "log Z = " << ebm::log_partition(banana) << "\n\n";
  ebm::plot_density(banana, draws.points, output + "/banana.png", {.title = "A formula and its samples"});

  const auto ring_draws = ebm::sample(Ring{}, ebm::Mala{}, {.chains = 64, .steps = steps, .warmup = 500}, rng);
  std::cout << "A type of your own, E = 12.5 (|x| - 2)^2\n"
            << "Its gradient: " << ebm::check_gradient(Ring{}, ring_draws.points.topRows(100)) << "\n"
            << ebm::summary(ring_draws);
  ebm::plot_density(Ring{}, ring_draws.points, output + "/ring.png", {.title = "A type of your own and its samples"});
}
