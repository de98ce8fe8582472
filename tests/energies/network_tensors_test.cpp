#include <ebm/concepts/evaluation.hpp>
#include <ebm/concepts/storable_energy.hpp>
#include <ebm/energies/network_energy.hpp>

#include "support/catch.hpp"

namespace {

template <class... Layers>
auto made(Layers... layers) {
  ebm::Rng rng(1);
  return ebm::network<float>(rng, layers...);
}

// Every second parameter set again, so that nothing is what it was at first.
template <class Net>
Net moved(Net net) {
  std::vector<float> theta(net.parameters().begin(), net.parameters().end());
  for (std::size_t k = 0; k < theta.size(); ++k) theta[k] += 0.01f * static_cast<float>(k % 7);
  net.set_parameters(theta);
  return net;
}

ebm::Points<double> points(ebm::Index rows, ebm::Index dim) {
  const ebm::Stream stream(3);
  ebm::Points<double> result(rows, dim);
  for (ebm::Index i = 0; i < result.size(); ++i) result.data()[i] = stream.normal(0, static_cast<std::uint64_t>(i));
  return result;
}

}  // namespace

TEST_CASE("The parameters of a network are tensors of its layers") {
  const auto net = made(ebm::Image<6, 6, 2>{}, ebm::Conv<3, 3, 2>{}, ebm::Silu{}, ebm::Dense<5>{});
  const ebm::Tensors tensors = net.tensors();
  REQUIRE(tensors.list().size() == 4);
  CHECK(tensors.list()[0].name == "layers.0.weight");
  CHECK(tensors.list()[0].shape == ebm::TensorShape{3, 3, 2, 3});
  CHECK(tensors.list()[1].shape == ebm::TensorShape{3});
  CHECK(tensors.list()[2].name == "layers.2.weight");
  CHECK(tensors.list()[2].shape == ebm::TensorShape{12, 5});
  CHECK(tensors.list()[3].name == "layers.2.bias");
  std::vector<float> all;
  for (const ebm::Tensor& tensor : tensors.list()) {
    const auto numbers = tensors.numbers<float>(tensor.name, tensor.shape);
    all.insert(all.end(), numbers.begin(), numbers.end());
  }
  CHECK(all == std::vector<float>(net.parameters().begin(), net.parameters().end()));
}

TEST_CASE("A network comes back from its tensors with the same outputs") {
  const auto net = moved(made(ebm::Image<6, 6, 2>{}, ebm::Conv<3, 3, 2>{}, ebm::Silu{}, ebm::Dense<5>{}));
  using Net = std::remove_cvref_t<decltype(net)>;
  static_assert(ebm::Storable<Net>);
  CHECK(Net::from(net.tensors()).outputs(points(20, 72)) == net.outputs(points(20, 72)));

  using Other = decltype(made(ebm::Image<6, 6, 2>{}, ebm::Conv<3, 3, 2>{}, ebm::Silu{}, ebm::Dense<6>{}));
  CHECK_THROWS_WITH(Other::from(net.tensors()),
                    Catch::Matchers::ContainsSubstring("\"layers.2.weight\" has shape 12 x 5, wanted 12 x 6"));

  const ebm::NetworkEnergy energy(moved(made(ebm::Features<3>{}, ebm::Dense<8>{}, ebm::Silu{}, ebm::Dense<1>{})));
  using Energy = std::remove_cvref_t<decltype(energy)>;
  static_assert(ebm::StorableEnergy<Energy>);
  CHECK(ebm::energies(Energy::from(energy.tensors()), points(20, 3)) == ebm::energies(energy, points(20, 3)));
}
