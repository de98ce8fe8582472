#include <ebm/networks/mixed_gradient.hpp>
#include <ebm/networks/spectral_norm.hpp>

#include "networks/check_layers.hpp"

using namespace ebm;

namespace {

// Largest errors of u . dE/dx against gradients, and of its weighted slopes in the parameters against differences,
// relative to the largest.
struct Errors {
  double values = 0, slopes = 0;
};
template <class Energy>
Errors errors(Energy energy) {
  constexpr Index tiles = 5, rows = tiles * kLanes<double>, dim = Energy::dim;
  const Points<double, dim> points = check_layers::random_points<double, dim>(rows, 4),
                            along = check_layers::random_points<double, dim>(rows, 5);
  const Values<double> lane_weights = check_layers::lane_weights(rows);
  Workspace workspace;
  const auto x = workspace.tiles<double, dim>(tiles, dim), u = workspace.tiles<double, dim>(tiles, dim);
  const auto weights = workspace.tiles<double, 1>(tiles, 1), values = workspace.tiles<double, 1>(tiles, 1);
  pack_rows(points, x), pack_rows(along, u), pack_rows(lane_weights, weights);
  const std::vector<double> theta(energy.parameters().begin(), energy.parameters().end());
  std::vector<double> gradient(theta.size(), 0.25);
  energy.add_mixed_gradient(x, u, weights, values, gradient, workspace);
  const long before = allocations;
  std::vector<double> again(theta.size(), 0.25);
  energy.add_mixed_gradient(x, u, weights, values, again, workspace);
  CHECK(allocations == before + (kAllocationsAreCounted ? 1 : 0));  // the vector's own
  CHECK(again == gradient);

  Errors result;
  const Values<double> wanted = gradients(energy, points).cwiseProduct(along).rowwise().sum();
  result.values = (Eigen::Map<const Values<double>>(values.data(), rows) - wanted).cwiseAbs().maxCoeff() /
                  wanted.cwiseAbs().maxCoeff();
  double size = 0;
  const auto total_at = [&](std::size_t i, double change) {
    std::vector<double> moved = theta;
    moved[i] += change;
    energy.set_parameters(moved);
    return lane_weights.dot(gradients(energy, points).cwiseProduct(along).rowwise().sum());
  };
  for (std::size_t i = 0; i < theta.size(); i += 1 + theta.size() / 60) {
    constexpr double h = 1e-4;
    const double near = (total_at(i, h) - total_at(i, -h)) / (2 * h),
                 wide = (total_at(i, 2 * h) - total_at(i, -2 * h)) / (4 * h);
    result.slopes = std::max(result.slopes, std::abs(gradient[i] - 0.25 - (4 * near - wide) / 3));
    size = std::max(size, std::abs(near));
  }
  result.slopes /= size;
  return result;
}

template <class Input, class... Layers>
void check() {
  const Errors found = errors(check_layers::energy_of<double, Input, Layers...>());
  CHECK(found.values < 1e-12);
  CHECK(found.slopes < 1e-8);
}

// Its second derivative lacks a term.
struct WrongCurvature : Silu {
  template <class V>
  static V curvature(V x) {
    const V gate = logistic(x);
    return V(2) * gate * (V(1) - gate);
  }
};

}  // namespace

TEST_CASE("slopes of the slope along a direction are those of differences") {
  check<Features<5>, Dense<13>, Silu, Dense<7>, Tanh>();
  check<Features<3>, Softplus, Dense<14>, Softplus>();
  check<Image<6, 7, 2>, Conv<5, 3, 2, 1>, Silu, Conv<4, 2>, Tanh>();
  check<Image<7, 6, 5>, Conv<3, 2>, Silu, AveragePool<2>, Flatten, Dense<6>, Silu>();
  check<Features<5>, SpectralNorm<Dense<7>, 200>, Silu>();
}

TEST_CASE("a wrong second derivative is caught") {
  const Errors found = errors(check_layers::energy_of<double, Features<5>, Dense<13>, WrongCurvature>());
  CHECK(found.values < 1e-12);
  CHECK(found.slopes > 1e-3);
}

TEST_CASE("activations without a second derivative are not smooth") {
  STATIC_REQUIRE(SmoothActivation<Silu>);
  STATIC_REQUIRE(SmoothActivation<Softplus>);
  STATIC_REQUIRE(SmoothActivation<Tanh>);
  STATIC_REQUIRE(!SmoothActivation<LeakyRelu>);
}
