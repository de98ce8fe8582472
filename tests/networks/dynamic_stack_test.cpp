#include <ebm/networks/dynamic_stack.hpp>

#include <ebm/energies/network_summary.hpp>

#include "networks/check_layers.hpp"

using namespace ebm;
using check_layers::random_points;

namespace {

template <class S, class... Parts>
auto made(Parts... parts) {
  Rng rng{1};
  auto net = network<S>(rng, parts...);
  check_layers::randomise(net, 5);
  return net;
}

template <class S>
bool same(const std::vector<S>& a, const std::vector<S>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), sizeof(S) * a.size()) == 0;
}

// All that an energy computes of some tiles.
template <class Energy>
auto everything(const Energy& energy) {
  using S = typename Energy::Scalar;
  constexpr Index tiles = 7;
  const Index dim = dimension_of(energy);
  Workspace workspace;
  const auto x = workspace.tiles<S, Energy::dim>(tiles, dim), u = workspace.tiles<S, Energy::dim>(tiles, dim),
             slopes = workspace.tiles<S, Energy::dim>(tiles, dim);
  const auto values = workspace.tiles<S, 1>(tiles, 1), weights = workspace.tiles<S, 1>(tiles, 1);
  pack_rows(random_points<S, Dynamic>(tiles * kLanes<S>, 8, dim), x);
  pack_rows(random_points<S, Dynamic>(tiles * kLanes<S>, 9, dim), u);
  pack_rows(check_layers::lane_weights(tiles * kLanes<S>), weights);
  std::vector<S> result(energy.parameters().begin(), energy.parameters().end()), gradient(result.size(), S(0.25));
  const auto keep = [&](const auto& span) { result.insert(result.end(), span.data(), span.data() + span.size()); };
  energy.value(x, values, workspace);
  keep(values);
  energy.value_and_gradient(x, values, slopes, workspace);
  keep(values), keep(slopes);
  energy.add_parameter_gradient(x, weights, values, gradient, workspace);
  keep(values), keep(gradient);
  energy.add_mixed_gradient(x, u, weights, values, gradient, workspace);
  keep(values), keep(gradient);
  return result;
}

// A network with sizes of run time, and the one of the same layers as constants.
template <class AtRunTime, class Constant>
void check_same(AtRunTime at_run_time, Constant constant) {
  CHECK(at_run_time.dimension() == constant.dimension());
  CHECK(to_text(at_run_time) == to_text(constant));
  CHECK(at_run_time.tensors() == constant.tensors());
  CHECK(same(everything(NetworkEnergy{at_run_time}), everything(NetworkEnergy{constant})));
}

// Mixed products against differences of gradients.
template <class Energy>
double mixed_error(Energy energy) {
  constexpr Index tiles = 3, rows = tiles * kLanes<double>;
  const Index dim = dimension_of(energy);
  const auto points = random_points<double, Energy::dim>(rows, 4, dim),
             along = random_points<double, Energy::dim>(rows, 5, dim);
  const Values<double> lane_weights = check_layers::lane_weights(rows);
  Workspace workspace;
  const auto x = workspace.tiles<double, Energy::dim>(tiles, dim), u = workspace.tiles<double, Energy::dim>(tiles, dim);
  const auto weights = workspace.tiles<double, 1>(tiles, 1), values = workspace.tiles<double, 1>(tiles, 1);
  pack_rows(points, x), pack_rows(along, u), pack_rows(lane_weights, weights);
  const std::vector<double> theta(energy.parameters().begin(), energy.parameters().end());
  std::vector<double> gradient(theta.size());
  energy.add_mixed_gradient(x, u, weights, values, gradient, workspace);
  double error = 0, size = 0;
  for (std::size_t i = 0; i < theta.size(); i += 1 + theta.size() / 40) {
    const auto total_at = [&](double change) {
      std::vector<double> moved = theta;
      moved[i] += change;
      energy.set_parameters(moved);
      return lane_weights.dot(gradients(energy, points).cwiseProduct(along).rowwise().sum());
    };
    constexpr double h = 1e-4;
    const double near = (total_at(h) - total_at(-h)) / (2 * h), wide = (total_at(2 * h) - total_at(-2 * h)) / (4 * h);
    error = std::max(error, std::abs(gradient[i] - (4 * near - wide) / 3));
    size = std::max(size, std::abs(near));
  }
  return error / size;
}

}  // namespace

TEST_CASE("widths known at run time give the bits that constants give") {
  check_same(made<float>(Features{1}, Dense{1}, Dense<1>{}), made<float>(Features<1>{}, Dense<1>{}, Dense<1>{}));
  check_same(made<float>(Features{3}, Dense{17}, Silu{}, Dense{100}, Tanh{}, Dense<1>{}),
             made<float>(Features<3>{}, Dense<17>{}, Silu{}, Dense<100>{}, Tanh{}, Dense<1>{}));
  check_same(
      made<double>(Features{17}, Dense{3}, Softplus{}, Dense{100}, Silu{}, Dense{1}, Tanh{}, Dense<1>{}),
      made<double>(Features<17>{}, Dense<3>{}, Softplus{}, Dense<100>{}, Silu{}, Dense<1>{}, Tanh{}, Dense<1>{}));
}

TEST_CASE("one size known at run time is enough, and an activation may come first") {
  check_same(made<float>(Features<5>{}, Dense{14}, Silu{}, Dense<1>{}),
             made<float>(Features<5>{}, Dense<14>{}, Silu{}, Dense<1>{}));
  check_same(made<double>(Features{5}, Tanh{}, Dense<14>{}, Silu{}, Dense<1>{}),
             made<double>(Features<5>{}, Tanh{}, Dense<14>{}, Silu{}, Dense<1>{}));
  check_same(made<float>(Image<6, 7, 2>{}, Conv<5, 3, 2, 1>{}, Silu{}, Flatten{}, Dense{9}, Silu{}, Dense<1>{}),
             made<float>(Image<6, 7, 2>{}, Conv<5, 3, 2, 1>{}, Silu{}, Flatten{}, Dense<9>{}, Silu{}, Dense<1>{}));
}

TEST_CASE("layers may be normalised, whose number of features is known at run time") {
  check_same(made<float>(Features{5}, LayerNorm{}, Dense{14}, LayerNorm{}, Silu{}, Dense<1>{}),
             made<float>(Features<5>{}, LayerNorm{}, Dense<14>{}, LayerNorm{}, Silu{}, Dense<1>{}));
  const NetworkEnergy energy{made<double>(Features{3}, Dense{17}, LayerNorm{}, Silu{}, Dense<1>{})};
  check_layers::check_slopes(energy);
  CHECK(mixed_error(energy) < 1e-6);
}

TEST_CASE("branches and pooling may come before layers whose sizes are known at run time") {
  const auto with_top = [](auto dense) {
    return made<float>(Image<6, 6, 3>{}, Residual<Conv<3, 3, 1, 1>, Silu>{}, MaxPool<2>{}, Skip<Conv<2, 1>>{}, dense,
                       LeakyRelu{}, Dense<1>{});
  };
  check_same(with_top(Dense{9}), with_top(Dense<9>{}));
}

TEST_CASE("hidden layers of a list are those written one by one") {
  check_same(made<float>(Features{2}, HiddenLayers{{20, 17, 3}}, Dense<1>{}),
             made<float>(Features<2>{}, Dense<20>{}, Silu{}, Dense<17>{}, Silu{}, Dense<3>{}, Silu{}, Dense<1>{}));
  check_same(made<double>(Features<2>{}, HiddenLayers<Tanh>{{20}}, Dense<1>{}),
             made<double>(Features<2>{}, Dense<20>{}, Tanh{}, Dense<1>{}));
  check_same(made<float>(Features{2}, HiddenLayers{{}}, Dense<1>{}), made<float>(Features<2>{}, Dense<1>{}));
}

TEST_CASE("slopes of layers of run time are those of differences, for any number of tiles") {
  for (const Index width : {1, 3, 17, 100}) {
    const NetworkEnergy energy{
        made<double>(Features{width}, Dense{width + 1}, Silu{}, Dense{width}, Tanh{}, Dense<1>{})};
    check_layers::check_slopes(energy);
    check_layers::check_tiles(energy);
    CHECK(mixed_error(energy) < 1e-6);
  }
  check_layers::check_tiles(NetworkEnergy{made<float>(Features{27}, HiddenLayers{{14, 40}}, Dense<1>{})});
}

TEST_CASE("a copy has sizes and parameters of its own") {
  const auto wide = made<float>(Features{3}, Dense{30}, Silu{}, Dense<1>{});
  auto copy = made<float>(Features{2}, Dense{5}, Silu{}, Dense<1>{});
  const auto narrow = copy;
  copy = wide;
  const Points<float> points = random_points<float, Dynamic>(20, 3, 3);
  CHECK(copy.outputs(points) == wide.outputs(points));
  check_layers::randomise(copy, 7);
  CHECK(copy.outputs(points) != wide.outputs(points));
  CHECK(narrow.parameters().size() == 21);
}

TEST_CASE("sizes that make no sense are refused by name") {
  using Catch::Matchers::ContainsSubstring;
  CHECK_THROWS_WITH(made<float>(Features{0}, Dense<1>{}), ContainsSubstring("input: features: 0, wanted from 1"));
  CHECK_THROWS_WITH(made<float>(Features{2}, Dense{4}, Silu{}, Dense{-3}),
                    ContainsSubstring("layers.2: outputs: -3, wanted"));
  CHECK_THROWS_WITH(made<float>(Features{2}, HiddenLayers{{4, 0}}, Dense<1>{}),
                    ContainsSubstring("layers.2: outputs: 0"));
  CHECK_THROWS_WITH(made<float>(Features{2}, HiddenLayers{{}}), ContainsSubstring("layers: 0, wanted at least 1"));
}
