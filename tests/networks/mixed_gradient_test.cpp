#include <ebm/networks/average_pool.hpp>
#include <ebm/networks/flatten.hpp>
#include <ebm/networks/max_pool.hpp>
#include <ebm/networks/mixed_gradient.hpp>
#include <ebm/networks/norm.hpp>
#include <ebm/networks/residual.hpp>
#include <ebm/networks/skip.hpp>
#include <ebm/networks/spectral_norm.hpp>

#include "networks/check_layers.hpp"

using namespace ebm;

namespace {

// Differences of a function of a step, right to the fourth order.
template <class F>
double slope_at_zero(double h, F f) {
  return (4 * (f(h) - f(-h)) / (2 * h) - (f(2 * h) - f(-2 * h)) / (4 * h)) / 3;
}

// Largest errors of u . dE/dx against differences of energies, and of its weighted slopes in the parameters against
// differences of u . dE/dx, relative to the largest. Steps are small: beyond a kink there is another slope.
struct Errors {
  double values = 0, slopes = 0;
};
template <class Energy>
Errors errors(Energy energy) {
  constexpr Index tiles = 5, lanes = kLanes<double>, rows = tiles * lanes - 3, dim = Energy::dim;
  const Points<double, dim> points = check_layers::random_points<double, dim>(rows, 4),
                            along = check_layers::random_points<double, dim>(rows, 5);
  const Values<double> lane_weights = check_layers::lane_weights(rows);
  Workspace workspace;
  const auto x = workspace.tiles<double, dim>(tiles, dim), u = workspace.tiles<double, dim>(tiles, dim);
  const auto weights = workspace.tiles<double, 1>(tiles, 1), values = workspace.tiles<double, 1>(tiles, 1);
  pack_rows(points, x), pack_rows(along, u), pack_rows(lane_weights, weights);
  std::fill(weights.data() + rows, weights.data() + tiles * lanes, 0.0);  // what fills the last tile counts for nothing
  const std::vector<double> theta(energy.parameters().begin(), energy.parameters().end());
  std::vector<double> gradient(theta.size(), 0.25);
  energy.add_mixed_gradient(x, u, weights, values, gradient, workspace);
  const long before = allocations;
  std::vector<double> again(theta.size(), 0.25);
  energy.add_mixed_gradient(x, u, weights, values, again, workspace);
  CHECK(allocations == before + (kAllocationsAreCounted ? 1 : 0));  // the vector's own
  CHECK(again == gradient);

  // Tile by tile: the same values bit for bit, the same sums but for rounding.
  const auto values_alone = workspace.tiles<double, 1>(tiles, 1);
  std::vector<double> sum(theta.size(), 0.25);
  for (Index t = 0; t < tiles; ++t) {
    energy.add_mixed_gradient(x.subspan(t, 1), u.subspan(t, 1), weights.subspan(t, 1), values_alone.subspan(t, 1), sum,
                              workspace);
  }
  CHECK(std::memcmp(values.data(), values_alone.data(), sizeof(double) * tiles * lanes) == 0);
  double size = 0, apart = 0;
  for (std::size_t i = 0; i < theta.size(); ++i) {
    apart = std::max(apart, std::abs(gradient[i] - sum[i]));
    size = std::max(size, std::abs(gradient[i]));
  }
  CHECK(apart < 1e-13 * size);

  Errors result;
  const auto slopes_along = [&] { return gradients(energy, points).cwiseProduct(along).rowwise().sum().eval(); };
  const Values<double> wanted = slopes_along();
  for (Index row = 0; row < rows; ++row) {
    const double difference = slope_at_zero(
        2e-6, [&](double h) { return energies(energy, Points<double, dim>(points.row(row) + h * along.row(row)))(0); });
    result.values = std::max(result.values, std::abs(values.data()[row] - difference));
  }
  result.values /= wanted.cwiseAbs().maxCoeff();
  CHECK((Eigen::Map<const Values<double>>(values.data(), rows) - wanted).cwiseAbs().maxCoeff() <
        1e-12 * wanted.cwiseAbs().maxCoeff());
  size = 0;
  for (std::size_t i = 0; i < theta.size(); i += 1 + theta.size() / 60) {
    const double difference = slope_at_zero(2e-6, [&](double h) {
      std::vector<double> moved = theta;
      moved[i] += h;
      energy.set_parameters(moved);
      return lane_weights.dot(slopes_along());
    });
    result.slopes = std::max(result.slopes, std::abs(gradient[i] - 0.25 - difference));
    size = std::max(size, std::abs(difference));
  }
  result.slopes /= size;
  return result;
}

template <class Input, class... Layers>
void check() {
  const Errors found = errors(check_layers::energy_of<double, Input, Layers...>());
  CHECK(found.values < 1e-6);
  CHECK(found.slopes < 1e-6);
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
}

TEST_CASE("what is linear in pieces has the slopes of the piece") {
  check<Features<5>, Dense<13>, LeakyRelu, Dense<7>, Silu>();
  check<Features<5>, LeakyRelu, Dense<7>, LeakyRelu>();
  check<Image<7, 6, 2>, Conv<3, 2>, Silu, MaxPool<2>, Conv<4, 2>, Tanh>();
  check<Image<6, 7, 2>, MaxPool<3, 2>, Dense<6>, Silu>();
  check<Image<7, 7, 2>, Conv<5, 3>, AveragePool<3, 2>, Silu, MaxPool<2, 1>, Flatten, Dense<5>, Softplus>();
}

TEST_CASE("slopes of normalised features are those of differences") {
  check<Features<5>, LayerNorm>();
  check<Features<5>, Dense<13>, LayerNorm, Silu>();
  check<Image<4, 4, 2>, Conv<3, 2>, LayerNorm, Tanh>();
  check<Image<3, 5, 6>, GroupNorm<3>, Dense<4>, Silu>();
  check<Image<5, 5, 2>, Conv<4, 3, 1, 1>, GroupNorm<2>, Silu, Conv<3, 2>, GroupNorm<1>, Softplus>();
}

// With u and v converged, the slope of sigma is that of the largest singular value.
TEST_CASE("slopes of layers whose weights are normalised are those of differences") {
  check<Features<5>, SpectralNorm<Dense<7>, 200>, Silu>();
  check<Image<5, 5, 2>, SpectralNorm<Conv<4, 3>, 400>, Tanh, SpectralNorm<Dense<6>, 200>, Silu>();
}

TEST_CASE("slopes of branches are those of differences") {
  check<Features<5>, Residual<Dense<13>, Silu, Dense<5>>, Tanh>();
  check<Features<5>, Dense<6>, Residual<Silu, Dense<6>, Residual<Softplus>>, Silu>();
  check<Image<4, 5, 2>, Skip<Conv<3, 3, 1, 1>, Silu>, Conv<4, 2>, Silu>();
  check<Features<4>, Dense<6>, Silu, Skip<Dense<3>, Tanh>, Dense<5>, Silu>();
  check<Image<6, 6, 3>, Residual<GroupNorm<3>, Silu, Conv<3, 3, 1, 1>, Skip<Conv<2, 1>, LeakyRelu>, Conv<3, 1>>,
        MaxPool<2>, Silu>();
}

TEST_CASE("a wrong second derivative is caught") {
  const Errors found = errors(check_layers::energy_of<double, Features<5>, Dense<13>, WrongCurvature>());
  CHECK(found.values < 1e-6);
  CHECK(found.slopes > 1e-3);
}

TEST_CASE("activations have curves, or pieces without, or are refused") {
  STATIC_REQUIRE(SmoothActivation<Silu>);
  STATIC_REQUIRE(SmoothActivation<Softplus>);
  STATIC_REQUIRE(SmoothActivation<Tanh>);
  STATIC_REQUIRE(!SmoothActivation<LeakyRelu>);
  STATIC_REQUIRE(PiecewiseLinearActivation<LeakyRelu>);
  STATIC_REQUIRE(!PiecewiseLinearActivation<Silu>);
}
