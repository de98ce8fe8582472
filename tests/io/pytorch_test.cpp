#include <ebm/energies/classifier_energy.hpp>
#include <ebm/io/pytorch.hpp>
#include <ebm/networks/flatten.hpp>
#include <ebm/networks/norm.hpp>
#include <ebm/networks/residual.hpp>
#include <ebm/networks/skip.hpp>
#include <ebm/networks/spectral_norm.hpp>

#include "support/catch.hpp"
#include "temporary_file.hpp"

using Catch::Matchers::ContainsSubstring;

namespace {

const std::string kFolder = std::filesystem::path(__FILE__).parent_path().string();
const std::string kWeights = kFolder + "/pytorch_weights.safetensors";

// The network of pytorch_fixture.py, with and without a layer that only changes the shape.
template <class Scalar>
auto made() {
  ebm::Rng rng(1);
  return ebm::network<Scalar>(rng, ebm::Image<6, 6, 2>{}, ebm::Conv<3, 3, 2, 1>{}, ebm::Silu{}, ebm::Conv<4, 2>{},
                              ebm::Silu{}, ebm::Dense<5>{});
}
auto flattened() {
  ebm::Rng rng(1);
  return ebm::network<float>(rng, ebm::Image<6, 6, 2>{}, ebm::Conv<3, 3, 2, 1>{}, ebm::Silu{}, ebm::Conv<4, 2>{},
                             ebm::Silu{}, ebm::Flatten{}, ebm::Dense<5>{});
}

// What PyTorch gave.
Eigen::MatrixXd expected(const std::string& name, ebm::Index cols) {
  const ebm::Tensors file = ebm::read_safetensors(kFolder + "/pytorch_outputs.safetensors");
  const auto numbers = file.numbers<float>(name, {6, cols});
  using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  return Eigen::Map<const Rows>(numbers.data(), 6, cols).cast<double>();
}

template <class Net>
double worst_logit(const Net& network) {
  return (network.outputs(expected("images", 72)).template cast<double>() - expected("logits", 5))
      .cwiseAbs()
      .maxCoeff();
}
template <class Net>
double worst_slope(const Net& network) {
  const auto slopes = ebm::gradients(ebm::ClassifierEnergy{network}, expected("images", 72));
  return (slopes.template cast<double>() - expected("gradients", 72)).cwiseAbs().maxCoeff();
}

}  // namespace

TEST_CASE("A network with PyTorch's weights has PyTorch's logits and slopes") {
  auto network = made<float>();
  CHECK(worst_logit(network) > 0.1);
  ebm::load_pytorch(network, kWeights);
  CHECK(worst_logit(network) < 1e-5);
  CHECK(worst_slope(network) < 1e-5);
  auto wide = made<double>();
  ebm::load_pytorch(wide, kWeights);
  CHECK(worst_logit(wide) < 1e-5);
  CHECK(worst_slope(wide) < 1e-5);
  auto other = flattened();
  ebm::load_pytorch(other, kWeights, {"0", "2", "5"});
  CHECK(worst_logit(other) < 1e-5);

  // Pixels or weights in another order would be noticed.
  std::vector<float> theta(network.parameters().begin(), network.parameters().end());
  std::swap(theta[0], theta[3]);
  network.set_parameters(theta);
  CHECK(worst_logit(network) > 1e-4);
}

TEST_CASE("Weights go out as they came in") {
  auto network = flattened();
  ebm::load_pytorch(network, kWeights);
  const TemporaryFile file;
  ebm::save_pytorch(network, file.path);
  const ebm::Tensors ours = ebm::read_safetensors(file.path), theirs = ebm::read_safetensors(kWeights);
  REQUIRE(ours.list().size() == theirs.list().size());
  for (const ebm::Tensor& tensor : theirs.list()) CHECK(ours.at(tensor.name) == tensor);
  ebm::save_pytorch(network, file.path, {"first", "second", "head"});
  CHECK(ebm::read_safetensors(file.path).at("head.weight").shape == ebm::TensorShape{5, 16});
  auto back = flattened();
  ebm::load_pytorch(back, file.path, {"first", "second", "head"});
  CHECK(worst_logit(back) < 1e-5);
}

TEST_CASE("Weights go into networks whose widths are known at run time, and out again") {
  ebm::Rng rng(1);
  auto network = ebm::network<float>(rng, ebm::Image<6, 6, 2>{}, ebm::Conv<3, 3, 2, 1>{}, ebm::Silu{},
                                     ebm::Conv<4, 2>{}, ebm::Silu{}, ebm::Dense{5});
  ebm::load_pytorch(network, kWeights);
  CHECK(worst_logit(network) < 1e-5);
  CHECK(worst_slope(network) < 1e-5);
  const auto listed = ebm::network<float>(rng, ebm::Features{3}, ebm::HiddenLayers{{7, 4}}, ebm::Dense<2>{});
  auto constant = ebm::network<float>(rng, ebm::Features<3>{}, ebm::Dense<7>{}, ebm::Silu{}, ebm::Dense<4>{},
                                      ebm::Silu{}, ebm::Dense<2>{});
  const TemporaryFile file;
  ebm::save_pytorch(listed, file.path);
  ebm::load_pytorch(constant, file.path);
  CHECK(constant.tensors() == listed.tensors());
}

TEST_CASE("Weights of another network are refused") {
  ebm::Rng rng(1);
  auto small = ebm::network<float>(rng, ebm::Image<6, 6, 2>{}, ebm::Conv<3, 3, 2, 1>{}, ebm::Silu{}, ebm::Dense<5>{});
  CHECK_THROWS_WITH(ebm::load_pytorch(small, kWeights), ContainsSubstring("3 modules with weights, wanted 2"));
  CHECK_THROWS_WITH(ebm::load_pytorch(small, kWeights, {"0", "5"}),
                    ContainsSubstring("tensor \"5.weight\" has shape 5 x 16, wanted 5 x 27"));
  auto network = made<float>();
  CHECK_THROWS_WITH(ebm::load_pytorch(network, kWeights, {"0", "2", "4"}),
                    ContainsSubstring("\"4.weight\" is not there"));
  CHECK_THROWS_WITH(ebm::load_pytorch(network, kWeights, {"0", "2"}),
                    ContainsSubstring("2 modules with weights, wanted 3"));
  auto deep = ebm::network<float>(rng, ebm::Features<3>{}, ebm::SpectralNorm<ebm::Dense<2>>{});
  CHECK_THROWS_WITH(ebm::save_pytorch(deep, "/nowhere"), ContainsSubstring("wanted none"));
}

TEST_CASE("Modules are taken in the order of their numbers") {
  CHECK(ebm::detail::natural_less("2", "10"));
  CHECK(ebm::detail::natural_less("net.2", "net.10"));
  CHECK(ebm::detail::natural_less("conv1", "conv2"));
  CHECK(ebm::detail::natural_less("block.2.1", "block.10.0"));
  CHECK(!ebm::detail::natural_less("10", "2"));
  CHECK(!ebm::detail::natural_less("a", "a"));
}

TEST_CASE("Layers that act on a flattened image, whose order PyTorch has differently, are refused") {
  ebm::Rng rng(1);
  const ebm::Image<4, 4, 2> image;
  const ebm::Dense<3> dense;
  const auto refused = [&](const auto& network) {
    CHECK_THROWS_WITH(ebm::pytorch_state_dict(network), ContainsSubstring("flattened image"));
  };
  refused(ebm::network<float>(rng, image, ebm::Conv<3, 3>{}, ebm::Flatten{}, ebm::LayerNorm{}, dense));
  refused(ebm::network<float>(rng, image, ebm::Flatten{}, ebm::Residual<ebm::Dense<32>, ebm::Silu>{}, dense));
  refused(ebm::network<float>(rng, image, ebm::Flatten{}, ebm::Skip<ebm::Dense<5>>{}, dense));
  // One pixel, one channel, or a dense layer in between: the same order.
  CHECK(ebm::pytorch_state_dict(ebm::network<float>(rng, ebm::Image<4, 4, 1>{}, ebm::Flatten{}, ebm::LayerNorm{}, dense))
            .list()
            .size() == 4);
  CHECK(ebm::pytorch_state_dict(ebm::network<float>(rng, image, dense, ebm::LayerNorm{}, dense)).list().size() == 6);
}
