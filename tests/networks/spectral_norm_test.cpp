#include <ebm/networks/spectral_norm.hpp>

#include <ebm/energies/network_energy.hpp>
#include <ebm/objectives/contrastive_divergence.hpp>
#include <ebm/samplers/mala.hpp>
#include <ebm/training/adam.hpp>
#include <ebm/training/trainer.hpp>

#include <Eigen/SVD>

#include "networks/check_layers.hpp"

using namespace ebm;

namespace {

// The largest singular value of the weights [inputs][outputs] that parameters begin with.
template <class S>
double largest_singular_value(std::span<const S> theta, Index inputs, Index outputs) {
  Eigen::MatrixXd weights(inputs, outputs);
  for (Index k = 0; k < inputs; ++k) {
    for (Index r = 0; r < outputs; ++r)
      weights(k, r) = static_cast<double>(theta[static_cast<std::size_t>(k * outputs + r)]);
  }
  return Eigen::JacobiSVD<Eigen::MatrixXd>(weights).singularValues()(0);
}

// Outputs of a normalised layer against those of the plain one with weights divided by hand.
template <class S, class Layer, class Input>
void check_sigma(Index inputs, Index outputs, double tolerance) {
  Rng rng{1};
  auto plain = network<S>(rng, Input{}, Layer{});
  auto normal = network<S>(rng, Input{}, SpectralNorm<Layer, 100>{});
  check_layers::randomise(normal, 7);
  const double sigma = largest_singular_value(normal.parameters(), inputs, outputs);
  std::vector<S> theta(normal.parameters().begin(), normal.parameters().end());
  for (Index i = 0; i < inputs * outputs; ++i) theta[static_cast<std::size_t>(i)] /= static_cast<S>(sigma);
  plain.set_parameters(theta);
  const auto points = check_layers::random_points<S, Input::size>(20, 3);
  const auto wanted = plain.outputs(points);
  CHECK((normal.outputs(points) - wanted).cwiseAbs().maxCoeff() < tolerance * wanted.cwiseAbs().maxCoeff());
}

}  // namespace

TEST_CASE("weights are divided by the largest singular value that a decomposition finds") {
  check_sigma<double, Dense<7>, Features<13>>(13, 7, 1e-6);
  check_sigma<double, Dense<14>, Features<5>>(5, 14, 1e-6);
  check_sigma<double, Dense<1>, Features<5>>(5, 1, 1e-12);
  check_sigma<double, Conv<5, 3, 2, 1>, Image<5, 6, 2>>(18, 5, 1e-6);
  check_sigma<float, Conv<5, 3, 2, 1>, Image<5, 6, 2>>(18, 5, 1e-5);
}

TEST_CASE("one iteration each time that parameters are set finds it too, and a copy goes on by itself") {
  Rng rng{1};
  auto net = network<double>(rng, Features<13>{}, SpectralNorm<Dense<7>>{});
  check_layers::randomise(net, 7);
  const std::vector<double> theta(net.parameters().begin(), net.parameters().end());
  const auto points = check_layers::random_points<double, 13>(20, 3);
  const auto early = net.outputs(points);
  auto copy = net;
  for (int i = 0; i < 100; ++i) copy.set_parameters(theta);
  CHECK(net.outputs(points) == early);
  const double sigma = largest_singular_value(net.parameters(), 13, 7);
  std::vector<double> divided = theta;
  for (std::size_t i = 0; i < 13 * 7; ++i) divided[i] /= sigma;
  auto plain = network<double>(rng, Features<13>{}, Dense<7>{});
  plain.set_parameters(divided);
  CHECK((copy.outputs(points) - plain.outputs(points)).cwiseAbs().maxCoeff() < 1e-6);
  CHECK((early - plain.outputs(points)).cwiseAbs().maxCoeff() > 1e-3);  // far from it after two
}

TEST_CASE("the iteration is kept with the weights") {
  Rng rng{1};
  auto net =
      network<float>(rng, Image<5, 5, 2>{}, SpectralNorm<Conv<7, 3>>{}, Dense<9>{}, Residual<SpectralNorm<Dense<9>>>{});
  check_layers::randomise(net, 7);
  auto same = decltype(net)::from(net.tensors());
  const auto points = check_layers::random_points<float, 50>(20, 3);
  CHECK(same.outputs(points) == net.outputs(points));
  net.set_parameters(net.parameters()), same.set_parameters(same.parameters());
  CHECK(same.outputs(points) == net.outputs(points));
}

TEST_CASE("slopes take the singular vectors as constants: at the end of the iteration they are exact") {
  check_layers::check_slopes(check_layers::energy_of<double, Features<5>, SpectralNorm<Dense<7>, 200>, Silu>());
  check_layers::check_slopes(
      check_layers::energy_of<double, Image<4, 5, 2>, SpectralNorm<Conv<3, 3, 2, 1>, 200>, Silu>());
  check_layers::check_tiles(check_layers::energy_of<float, Features<5>, SpectralNorm<Dense<7>>, Silu>());
  // Early on they are not those of sigma: the check is able to see that.
  const auto early = check_layers::energy_of<double, Features<5>, SpectralNorm<Dense<7>>, Silu>();
  CHECK(
      !check_parameter_gradient(early, check_layers::random_points<double, 5>(11, 4), check_layers::lane_weights(11)));
}

TEST_CASE("weights of zero stay zero, and recover") {
  Rng rng{1};
  auto net = network<double>(rng, Features<3>{}, SpectralNorm<Dense<2>, 50>{});
  net.set_parameters(std::vector<double>(8, 0.0));
  const auto points = check_layers::random_points<double, 3>(4, 3);
  CHECK(net.outputs(points).cwiseAbs().maxCoeff() == 0);
  net.set_parameters(std::vector<double>{2, 0, 0, 0, 0, 0, 0, 0});
  CHECK((net.outputs(points).col(0) - points.col(0)).cwiseAbs().maxCoeff() < 1e-12);
}

TEST_CASE("weights that were no numbers leave no trace once they are numbers again") {
  Rng rng{1};
  auto net = network<double>(rng, Features<3>{}, SpectralNorm<Dense<2>, 50>{});
  const std::vector<double> good{1.5, 0.2, -0.4, 0.9, 0.1, 0.3, 0.5, -0.5};
  std::vector<double> bad = good;
  bad[1] = std::numeric_limits<double>::infinity();
  net.set_parameters(good);
  const auto points = check_layers::random_points<double, 3>(4, 3);
  const auto before = net.outputs(points);
  net.set_parameters(bad);
  CHECK(!std::isfinite(net.outputs(points).sum()));
  net.set_parameters(good);
  CHECK((net.outputs(points) - before).cwiseAbs().maxCoeff() < 1e-9);
}

TEST_CASE("the energy that a training gives back has the iteration that the training went through") {
  Rng rng{1};
  Trainer trainer{NetworkEnergy{network<float>(rng, Features<2>{}, SpectralNorm<Dense<24>>{}, Silu{}, Dense<1>{})},
                  ContrastiveDivergence{Mala{}, Persistent{.chains = 64, .steps = 2}}, Adam{.learning_rate = 1e-4}};
  trainer.fit(check_layers::random_points<double, 2>(200, 3), {.iterations = 300, .batch_size = 64, .averaging = 0},
              rng);
  const auto inner = trainer.energy().inner().inner();
  auto converged = inner;
  for (int i = 0; i < 300; ++i) converged.set_parameters(inner.parameters());
  const auto points = check_layers::random_points<double, 2>(50, 4);
  const double scale = static_cast<double>(energies(converged, points).cwiseAbs().maxCoeff());
  CHECK(static_cast<double>((energies(inner, points) - energies(converged, points)).cwiseAbs().maxCoeff()) <
        1e-3 * scale);
  // A network that was given the parameters once is further from it: the check is able to see that.
  Rng other{1};
  NetworkEnergy fresh{network<float>(other, Features<2>{}, SpectralNorm<Dense<24>>{}, Silu{}, Dense<1>{})};
  fresh.set_parameters(inner.parameters());
  CHECK(static_cast<double>((energies(fresh, points) - energies(converged, points)).cwiseAbs().maxCoeff()) >
        3e-3 * scale);
}
