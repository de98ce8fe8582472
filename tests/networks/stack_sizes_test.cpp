#include <ebm/networks/stack_sizes.hpp>

#include <ebm/concepts/evaluation.hpp>
#include <ebm/energies/network_energy.hpp>
#include <ebm/io/safetensors.hpp>
#include <ebm/networks/norm.hpp>
#include <ebm/networks/residual.hpp>
#include <ebm/networks/spectral_norm.hpp>

#include "io/temporary_file.hpp"
#include "support/catch.hpp"

using namespace ebm;
using Catch::Matchers::ContainsSubstring;

namespace {

template <class... Parts>
auto made(Parts... parts) {
  Rng rng{1};
  return network<float>(rng, parts...);
}

Points<double> points(Index columns) {
  const Stream stream(3);
  Points<double> result(20, columns);
  for (Index i = 0; i < result.size(); ++i) result.data()[i] = stream.normal(0, static_cast<std::uint64_t>(i));
  return result;
}

// A type that knows no sizes takes all of them from the tensors of a network.
template <class Net, class Given>
bool comes_back(const Given& given) {
  const Net back = Net::from(given.tensors());
  const Points<double> at = points(given.dimension());
  return back.dimension() == given.dimension() && back.tensors() == given.tensors() &&
         back.outputs(at) == given.outputs(at);
}
template <class... Parts>
bool comes_back_itself(Parts... parts) {
  const auto net = made(parts...);
  return comes_back<std::remove_const_t<decltype(net)>>(net);
}

std::string error_of(auto f) {
  try {
    f();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a network of run time comes back with the sizes of its tensors") {
  CHECK(comes_back_itself(Features{3}, Dense{17}, Silu{}, Dense{100}, Tanh{}, Dense<2>{}));
  CHECK(comes_back_itself(Features{3}, Tanh{}, Dense<17>{}, Silu{}, Dense{4}));
  CHECK(comes_back_itself(Image<5, 5>{}, Conv<3, 2>{}, Silu{}, Dense{7}, Silu{}, Dense<2>{}));
  CHECK(comes_back_itself(Features{3}, LayerNorm{}, Dense{17}, LayerNorm{}, Silu{}, Dense<2>{}, LayerNorm{}));
  CHECK(comes_back_itself(Features{3}, LayerNorm{}, HiddenLayers{{7, 3}}, LayerNorm{}));
  CHECK(comes_back_itself(Features<4>{}, SpectralNorm<Dense<6>>{}, Residual<Dense<6>, Silu>{}, Dense{5}));
}

TEST_CASE("a list of hidden layers comes back as long as it was") {
  CHECK(comes_back_itself(Features{3}, HiddenLayers{{}}, Dense<2>{}));
  CHECK(comes_back_itself(Features{3}, HiddenLayers{{9}}, Dense<2>{}));
  CHECK(comes_back_itself(Features{3}, HiddenLayers{{9, 4, 30}}, Dense<2>{}));
  CHECK(comes_back_itself(Features{3}, HiddenLayers{{9, 4, 30}}));
  CHECK(comes_back_itself(Features{3}, HiddenLayers<Tanh>{{9, 4}}, Dense{5}, Silu{}, Dense<2>{}, Softplus{}));
  CHECK(comes_back_itself(Features<3>{}, Dense<6>{}, HiddenLayers{{9, 4}}, Tanh{}, Dense{5}, Silu{}));
  CHECK(comes_back_itself(Features<3>{}, Dense<6>{}, HiddenLayers{{}}, Tanh{}));
}

TEST_CASE("networks of run time and of constants read each other's tensors") {
  const auto constant = made(Features<3>{}, Dense<17>{}, Silu{}, Dense<20>{}, Silu{}, Dense<1>{});
  const auto listed = made(Features{3}, HiddenLayers{{17, 20}}, Dense<1>{});
  const auto single = made(Features{1}, Dense{1}, Silu{}, Dense{1}, Silu{}, Dense<1>{});
  CHECK(comes_back<std::remove_const_t<decltype(listed)>>(constant));
  CHECK(comes_back<std::remove_const_t<decltype(single)>>(constant));
  CHECK(comes_back<std::remove_const_t<decltype(constant)>>(listed));
}

TEST_CASE("an energy of run time comes back from a file, bit for bit") {
  const NetworkEnergy energy{made(Features{3}, HiddenLayers{{9, 4, 30}}, Dense<1>{})};
  using Energy = std::remove_const_t<decltype(energy)>;
  STATIC_REQUIRE(StorableEnergy<Energy>);
  const TemporaryFile file;
  save(energy, file.path);
  CHECK(energies(load<Energy>(file.path), points(3)) == energies(energy, points(3)));
}

TEST_CASE("tensors that fit no network are refused by name") {
  using Net = decltype(made(Features{1}, HiddenLayers{{1}}, Dense{1}));
  const auto without = [](const char* name, std::vector<Tensor> also = {}) {
    const Tensors whole = made(Features{3}, HiddenLayers{{9, 4}}, Dense<2>{}).tensors();
    for (const Tensor& tensor : whole.list()) {
      if (tensor.name != name) also.push_back(tensor);
    }
    return error_of([&] { Net::from(Tensors(also, "file")); });
  };
  const auto zeros = [](const char* name, TensorShape shape) {
    const std::size_t count = TensorSlot{"", shape}.size();
    return Tensor{name, NumberType::f32, shape, std::string(4 * count, '\0')};
  };
  CHECK(without("") == "");
  CHECK(error_of([&] { Net::from(Tensors({}, "file")); }) == "file: tensor \"layers.0.weight\" is not there");
  CHECK_THAT(without("layers.0.weight"), ContainsSubstring("\"layers.0.weight\" is not there"));
  CHECK_THAT(without("layers.2.bias"), ContainsSubstring("\"layers.2.bias\" is not there"));
  CHECK_THAT(without("layers.2.weight", {zeros("layers.2.weight", {8, 4})}),
             ContainsSubstring("\"layers.2.weight\" has shape 8 x 4, wanted 9 x 4"));
  CHECK_THAT(without("layers.4.weight", {zeros("layers.4.weight", {8})}),
             ContainsSubstring("\"layers.4.weight\" has shape 8, wanted 2 sides of at least 1"));
  CHECK_THAT(without("layers.4.weight", {zeros("layers.4.weight", {4, 0})}), ContainsSubstring("sides of at least 1"));
  CHECK_THAT(without("", {zeros("layers.999999.weight", {4, 2})}),
             ContainsSubstring("\"layers.6.weight\" is not there"));
  // Two sizes that were never multiplied: nothing so large is made.
  CHECK_THAT(without("layers.2.weight", {zeros("layers.2.weight", {1, 1 << 21})}),
             ContainsSubstring("\"layers.2.weight\" has shape 1 x 2097152, wanted 9 x 2097152"));
  CHECK(without("", {zeros("layers.9999999999999999999999.weight", {4, 2})}) == "");
  CHECK(without("", {zeros("layers.x", {1}), zeros("layers.", {1}), zeros("layers.77", {1})}) == "");
}
