#include <ebm/concepts/evaluation.hpp>
#include <ebm/energies/mlp.hpp>

#include <cstring>

#include "core/allocations.hpp"
#include "support/catch.hpp"
#include "support/statistics.hpp"

using namespace ebm;

namespace {

double activate(Silu, double x) { return x / (1 + std::exp(-x)); }
double activate(Softplus, double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }
double activate(Tanh, double x) { return std::tanh(x); }
double activate(LeakyRelu, double x) { return x < 0 ? 0.2 * x : x; }

// The energy as one loop over layers. Parameters lie layer by layer: weights [input][output], then biases [output].
template <class Act, class Row>
double plain_energy(const std::vector<int>& widths, const std::vector<double>& parameters, const Row& x) {
  std::vector<double> features(static_cast<std::size_t>(widths[0]));
  for (std::size_t i = 0; i < features.size(); ++i) features[i] = static_cast<double>(x(static_cast<Index>(i)));
  const double* weights = parameters.data();
  for (std::size_t layer = 1; layer < widths.size(); ++layer) {
    const std::size_t inputs = features.size(), outputs = static_cast<std::size_t>(widths[layer]);
    const double* biases = weights + inputs * outputs;
    std::vector<double> next(biases, biases + outputs);
    for (std::size_t k = 0; k < inputs; ++k) {
      for (std::size_t r = 0; r < outputs; ++r) next[r] += weights[k * outputs + r] * features[k];
    }
    if (layer + 1 < widths.size()) {
      for (double& feature : next) feature = activate(Act{}, feature);
    }
    features = next;
    weights = biases + outputs;
  }
  if (weights != parameters.data() + parameters.size()) FAIL("the loop does not end with the last parameter");
  return features[0];
}

template <class E>
std::vector<double> parameters_of(const E& energy) {
  return {energy.parameters().begin(), energy.parameters().end()};
}

// Parameters of moderate size everywhere, biases and last layer included.
template <class E>
void randomise(E& energy, std::uint64_t seed) {
  std::vector<typename E::Scalar> parameters(energy.parameters().begin(), energy.parameters().end());
  const Stream stream(seed);
  for (std::size_t i = 0; i < parameters.size(); ++i)
    parameters[i] += static_cast<typename E::Scalar>(0.2 * stream.normal(0, i));
  energy.set_parameters(parameters);
}

template <class S, int Dim>
Points<S, Dim> random_points(Index count, std::uint64_t seed) {
  const Stream stream(seed);
  Points<S, Dim> points(count, Dim);
  for (Index row = 0; row < count; ++row) {
    for (Index i = 0; i < Dim; ++i)
      points(row, i) = static_cast<S>(stream.normal(static_cast<std::uint32_t>(row), static_cast<std::uint64_t>(i)));
  }
  return points;
}

template <class S>
Values<S> lane_weights(Index count) {
  const Stream stream(77);
  Values<S> weights(count);
  for (Index i = 0; i < count; ++i)
    weights(i) = i % 5 == 3 ? S(0) : static_cast<S>(stream.normal(0, static_cast<std::uint64_t>(i)));
  return weights;
}

// add_parameter_gradient to `start` for points that fill whole tiles; values come back in `values`.
template <class E>
std::vector<typename E::Scalar> parameter_gradient(const E& energy, const Points<typename E::Scalar, E::dim>& points,
                                                   const Values<typename E::Scalar>& weights,
                                                   Values<typename E::Scalar>& values, typename E::Scalar start = 0) {
  using S = typename E::Scalar;
  Workspace workspace;
  const Index tiles = tiles_for<S>(points.rows());
  const auto x = workspace.tiles<S, E::dim>(tiles, E::dim);
  const auto w = workspace.tiles<S, 1>(tiles, 1), v = workspace.tiles<S, 1>(tiles, 1);
  pack_rows(points, x);
  pack_rows(weights, w);
  std::vector<S> gradient(energy.parameters().size(), start);
  energy.add_parameter_gradient(x, w, v, gradient, workspace);
  values = Eigen::Map<const Values<S>>(v.data(), points.rows());
  return gradient;
}

template <class Act, int... Widths>
void check_derivatives() {
  using E = MlpWith<Act, double, Widths...>;
  STATIC_REQUIRE(TrainableEnergy<E>);
  const std::vector<int> widths{Widths..., 1};
  CAPTURE(widths);
  Rng rng{1};
  E energy{rng};
  randomise(energy, 3);
  const std::vector<double> parameters = parameters_of(energy);
  constexpr Index rows = 5 * kLanes<double>;
  const Points<double, E::dim> points = random_points<double, E::dim>(rows, 2);
  const auto plain = [&](const std::vector<double>& theta, const auto& x) {
    return plain_energy<Act>(widths, theta, x);
  };

  const Values<double> values = energies(energy, points);
  const Points<double, E::dim> slopes = gradients(energy, points);
  constexpr double h = 1e-5;
  double value_error = 0, slope_error = 0;
  for (Index row = 0; row < rows; ++row) {
    value_error = std::max(value_error, std::abs(values(row) - plain(parameters, points.row(row))));
    for (Index i = 0; i < E::dim; ++i) {
      auto above = points.row(row).eval(), below = above;
      above(i) += h, below(i) -= h;
      const double difference = (plain(parameters, above) - plain(parameters, below)) / (2 * h);
      slope_error = std::max(slope_error, std::abs(slopes(row, i) - difference));
    }
  }
  CHECK(value_error < 1e-12);
  CHECK(slope_error < 1e-6);

  const Values<double> weights = lane_weights<double>(rows);
  Values<double> of_gradient;
  const std::vector<double> gradient = parameter_gradient(energy, points, weights, of_gradient, 0.5);
  CHECK(of_gradient == values);
  double parameter_error = 0;
  const std::size_t stride = 1 + parameters.size() / 150;  // of the larger networks every so many parameters
  for (std::size_t p = 0; p < parameters.size(); p += stride) {
    std::vector<double> above = parameters, below = parameters;
    above[p] += h, below[p] -= h;
    double sum = 0;
    for (Index row = 0; row < rows; ++row)
      sum += weights(row) * (plain(above, points.row(row)) - plain(below, points.row(row))) / (2 * h);
    parameter_error = std::max(parameter_error, std::abs(gradient[p] - 0.5 - sum));
  }
  CHECK(parameter_error < 1e-6);
}

template <class Act>
void check_activation() {
  check_derivatives<Act, 2, 7>();
  check_derivatives<Act, 3, 16, 5>();
}

}  // namespace

TEST_CASE("energies and gradients of networks are those of plain loops and of differences") {
  check_activation<Silu>();
  check_activation<Softplus>();
  check_activation<Tanh>();
  check_activation<LeakyRelu>();
  check_derivatives<Silu, 1, 1>();
  check_derivatives<Silu, 5, 33, 29, 12>();
  check_derivatives<Silu, 2, 64, 64>();
}

TEST_CASE("it is the energy of the network of its layers, mixed gradients included") {
  Rng rng{6};
  const MlpWith<Tanh, double, 3, 16, 5> mlp{rng};
  using Net = Network<double, Features<3>, Dense<16>, Tanh, Dense<5>, Tanh, Dense<1>>;
  const NetworkEnergy energy{Net(mlp.parameters())};
  const Points<double, 3> points = random_points<double, 3>(21, 2);
  CHECK(energies(mlp, points) == energies(energy, points));
  CHECK(gradients(mlp, points) == gradients(energy, points));

  Workspace workspace;
  const auto x = workspace.tiles<double, 3>(3, 3), u = workspace.tiles<double, 3>(3, 3);
  const auto weights = workspace.tiles<double, 1>(3, 1), values = workspace.tiles<double, 1>(3, 1);
  pack_rows(points, x), pack_rows(random_points<double, 3>(21, 3), u), pack_rows(lane_weights<double>(21), weights);
  std::vector<double> of_mlp(mlp.parameters().size()), of_network = of_mlp;
  mlp.add_mixed_gradient(x, u, weights, values, of_mlp, workspace);
  energy.add_mixed_gradient(x, u, weights, values, of_network, workspace);
  CHECK(of_mlp == of_network);
}

TEST_CASE("single precision agrees with double precision") {
  Rng rng{1};
  Mlp<double, 2, 64, 64> exact{rng};
  Mlp<float, 2, 64, 64> single{rng};
  randomise(exact, 5);
  const std::vector<double> wide = parameters_of(exact);
  std::vector<float> narrow(wide.size());
  std::transform(wide.begin(), wide.end(), narrow.begin(), [](double p) { return static_cast<float>(p); });
  single.set_parameters(narrow);

  constexpr Index rows = 6 * kLanes<float>;
  const Points<float, 2> points = random_points<float, 2>(rows, 6);
  const Points<double, 2> exact_points = points.cast<double>();
  CHECK((energies(single, points).cast<double>() - energies(exact, exact_points)).cwiseAbs().maxCoeff() < 1e-5);
  CHECK((gradients(single, points).cast<double>() - gradients(exact, exact_points)).cwiseAbs().maxCoeff() < 1e-5);
  const Values<float> weights = lane_weights<float>(rows);
  Values<float> values;
  Values<double> exact_values;
  const auto gradient = parameter_gradient(single, points, weights, values);
  const auto exact_gradient =
      parameter_gradient(exact, exact_points, Values<double>(weights.cast<double>()), exact_values);
  double error = 0, size = 0;
  for (std::size_t p = 0; p < gradient.size(); ++p) {
    error = std::max(error, std::abs(static_cast<double>(gradient[p]) - exact_gradient[p]));
    size = std::max(size, std::abs(exact_gradient[p]));
  }
  CHECK(error < 1e-5 * size);
}

TEST_CASE("parameters are a flat vector of known order that a copy does not share") {
  Rng rng{2};
  Mlp<float, 2, 3> energy{rng};
  REQUIRE(energy.parameters().size() == 2 * 3 + 3 + 3 + 1);
  // x0 reaches feature 1 alone, x1 feature 2; E = 10 f1 + 100 f2 + 7.
  energy.set_parameters(std::vector<float>{0, 1, 0, 0, 0, 1, 0, 0.5f, 0, 0, 10, 100, 7});
  Points<float, 2> point(1, 2);
  point << 0.3f, -1.2f;
  const double wanted = 10 * activate(Silu{}, 0.8) + 100 * activate(Silu{}, -1.2) + 7;
  CHECK(energies(energy, point)(0) == Approx(wanted));

  const Mlp<float, 2, 3> copy = energy;
  energy.set_parameters(std::vector<float>(13, 0.0f));
  CHECK(energies(energy, point)(0) == 0);
  CHECK(energies(copy, point)(0) == Approx(wanted));
  CHECK_THROWS_WITH(energy.set_parameters(std::vector<float>(12, 0.0f)), "parameters: 12 values, wanted 13");
}

TEST_CASE("initial weights have the spread of their layer, the same for a seed, another for the next") {
  Rng rng{3};
  const Mlp<double, 50, 400, 300> energy{rng};
  const std::span<const double> p = energy.parameters();
  const auto part = [&](std::size_t first, std::size_t count) {
    return Eigen::Map<const Values<double>>(p.data() + first, static_cast<Index>(count));
  };
  // Six standard errors: by chance with a probability below 1e-7 in all.
  const std::size_t second = 50 * 400 + 400, last = second + 400 * 300 + 300;
  CHECK(statistics::Moments(part(0, 50 * 400)).normal_score(0, 2.0 / 50) < 6);
  CHECK(statistics::Moments(part(50 * 400, 400)).normal_score(0, 0.01) < 6);
  CHECK(statistics::Moments(part(second, 400 * 300)).normal_score(0, 2.0 / 400) < 6);
  CHECK(part(second + 400 * 300, 300).cwiseAbs().maxCoeff() == 0);
  CHECK(statistics::Moments(part(last, 300)).normal_score(0, 0.01 * 2.0 / 300) < 6);
  CHECK(p[last + 300] == 0);
  REQUIRE(p.size() == last + 301);

  const Mlp<double, 50, 400, 300> same{Rng{3}}, other{rng};
  CHECK(std::equal(p.begin(), p.end(), same.parameters().begin()));
  CHECK(!std::equal(p.begin(), p.end(), other.parameters().begin()));
}

TEST_CASE("a tile's results do not depend on its neighbours or on how many are evaluated at once") {
  Rng rng{4};
  const Mlp<float, 3, 29, 40> energy{rng};
  constexpr Index tiles = 7, lanes = kLanes<float>;
  Workspace workspace;
  const auto x = workspace.tiles<float, 3>(tiles, 3), slopes = workspace.tiles<float, 3>(tiles, 3),
             slopes_alone = workspace.tiles<float, 3>(tiles, 3);
  const auto values = workspace.tiles<float, 1>(tiles, 1), values_only = workspace.tiles<float, 1>(tiles, 1),
             values_alone = workspace.tiles<float, 1>(tiles, 1);
  pack_rows(random_points<float, 3>(tiles * lanes, 8), x);
  energy.value_and_gradient(x, values, slopes, workspace);
  energy.value(x, values_only, workspace);
  for (Index t = 0; t < tiles; ++t)
    energy.value_and_gradient(x.subspan(t, 1), values_alone.subspan(t, 1), slopes_alone.subspan(t, 1), workspace);
  const auto same = [](const auto& a, const auto& b) {
    return std::memcmp(a.data(), b.data(), sizeof(float) * static_cast<std::size_t>(a.size())) == 0;
  };
  CHECK(same(values, values_only));
  CHECK(same(values, values_alone));
  CHECK(same(slopes, slopes_alone));

  // A neighbour that is no number stays alone.
  x.coordinate(2, 1)[5] = std::numeric_limits<float>::quiet_NaN();
  energy.value_and_gradient(x, values_alone, slopes_alone, workspace);
  CHECK(std::isnan(values_alone.data()[2 * lanes + 5]));
  values_alone.data()[2 * lanes + 5] = values.data()[2 * lanes + 5];
  for (Index i = 0; i < 3; ++i) slopes_alone.coordinate(2, i)[5] = slopes.coordinate(2, i)[5];
  CHECK(same(values, values_alone));
  CHECK(same(slopes, slopes_alone));
}

TEST_CASE("evaluation allocates nothing once the workspace has grown") {
  Rng rng{5};
  const Mlp<float, 2, 64, 64, 64> energy{rng};
  constexpr Index tiles = 9;
  Workspace workspace;
  const auto x = workspace.tiles<float, 2>(tiles, 2), slopes = workspace.tiles<float, 2>(tiles, 2);
  const auto values = workspace.tiles<float, 1>(tiles, 1), weights = workspace.tiles<float, 1>(tiles, 1);
  pack_rows(random_points<float, 2>(tiles * kLanes<float>, 8), x);
  std::fill_n(weights.data(), weights.size(), 1.0f);
  std::vector<float> gradient(energy.parameters().size());
  const auto evaluate_all = [&] {
    energy.value(x, values, workspace);
    energy.value_and_gradient(x, values, slopes, workspace);
    energy.add_parameter_gradient(x, weights, values, gradient, workspace);
  };
  evaluate_all();
  const long before = allocations;
  for (int i = 0; i < 10; ++i) evaluate_all();
  CHECK(allocations == before);
}
