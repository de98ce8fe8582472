#include <ebm/concepts/evaluation.hpp>
#include <ebm/energies/anchored.hpp>
#include <ebm/energies/boltzmann_machine.hpp>
#include <ebm/energies/class_rbm.hpp>
#include <ebm/energies/classifier_energy.hpp>
#include <ebm/energies/gaussian.hpp>
#include <ebm/energies/gaussian_bernoulli_rbm.hpp>
#include <ebm/energies/ising.hpp>
#include <ebm/energies/mlp.hpp>
#include <ebm/energies/potts.hpp>
#include <ebm/energies/quadratic.hpp>
#include <ebm/energies/rbm.hpp>
#include <ebm/energies/regression_energy.hpp>
#include <ebm/energies/softmax_rbm.hpp>
#include <ebm/energies/standardised.hpp>
#include <ebm/io/safetensors.hpp>
#include <ebm/networks/residual.hpp>
#include <ebm/networks/spectral_norm.hpp>

#include "support/catch.hpp"
#include "temporary_file.hpp"

#include <limits>

using Catch::Matchers::ContainsSubstring;

namespace {

using Net = ebm::Mlp<float, 2, 8, 8>;
using Framed = ebm::Standardised<ebm::Anchored<Net>>;

static_assert(ebm::StorableEnergy<Net> && ebm::StorableEnergy<Framed>);
static_assert(ebm::StorableEnergy<ebm::BernoulliRbm<float>> && ebm::StorableEnergy<ebm::Ising<double>>);
static_assert(ebm::StorableEnergy<ebm::Potts<float>> && ebm::StorableEnergy<ebm::QuadraticEnergy<double, 3>>);
static_assert(!ebm::Storable<ebm::Gaussian<float, 2>> && !ebm::Storable<ebm::Anchored<ebm::Gaussian<float, 2>>>);
static_assert(ebm::StorableEnergy<ebm::BoltzmannMachine<float>>);

ebm::Points<double> points(ebm::Index rows, ebm::Index dim) {
  const ebm::Stream stream(3);
  ebm::Points<double> result(rows, dim);
  for (ebm::Index i = 0; i < result.size(); ++i)
    result.data()[i] = 2.0 * stream.normal(0, static_cast<std::uint64_t>(i)) + 0.5;
  return result;
}
ebm::Points<double> states(ebm::Index rows, ebm::Index dim, double first, double spacing, std::uint64_t count) {
  const ebm::Stream stream(4);
  ebm::Points<double> result(rows, dim);
  for (ebm::Index i = 0; i < result.size(); ++i)
    result.data()[i] = first + spacing * stream.integer(0, static_cast<std::uint64_t>(i), count);
  return result;
}

// What comes back has the same energies, bit for bit, and so it does when saved again.
template <class E>
void check_comes_back(const E& energy, const ebm::Points<double>& at) {
  const TemporaryFile file, again;
  ebm::save(energy, file.path);
  const E loaded = ebm::load<E>(file.path);
  CHECK(ebm::energies(loaded, at) == ebm::energies(energy, at));
  if constexpr (ebm::DifferentiableEnergy<E>) CHECK(ebm::gradients(loaded, at) == ebm::gradients(energy, at));
  ebm::save(loaded, again.path);
  CHECK(ebm::read_file(again.path) == ebm::read_file(file.path));
}

template <class E>
E with_random_parameters(E energy) {
  const ebm::Stream stream(5);
  std::vector<typename E::Scalar> theta(energy.parameters().size());
  for (std::size_t k = 0; k < theta.size(); ++k) theta[k] = static_cast<typename E::Scalar>(stream.normal(0, k));
  energy.set_parameters(theta);
  return energy;
}

Framed framed(double variance = 4.0) {
  ebm::Rng rng(1);
  return Framed(ebm::Anchored<Net>(Net(rng), variance), ebm::fit_frame<2>(points(100, 2)));
}

std::string file_of(const std::string& header, const std::string& numbers) {
  const std::uint64_t length = header.size();
  return std::string(reinterpret_cast<const char*>(&length), 8) + header + numbers;
}
std::string entry(const std::string& name, const std::string& type, const std::string& shape, int begin, int end) {
  return "\"" + name + "\":{\"dtype\":\"" + type + "\",\"shape\":" + shape + ",\"data_offsets\":[" +
         std::to_string(begin) + "," + std::to_string(end) + "]}";
}
ebm::Tensors parse(const std::string& header, std::size_t bytes) {
  return ebm::parse_safetensors(file_of(header, std::string(bytes, '\0')), "file");
}

}  // namespace

TEST_CASE("Every energy that is trained comes back with the same bits") {
  ebm::Rng rng(1);
  check_comes_back(Net(rng), points(37, 2));
  check_comes_back(ebm::Mlp<double, 3, 5>(rng), points(37, 3));
  check_comes_back(ebm::QuadraticEnergy<float, 2>(0.3), points(37, 2));
  check_comes_back(ebm::QuadraticEnergy<double, ebm::Dynamic>(1.0 / 3, 5), points(37, 5));
  check_comes_back(framed(), points(37, 2));
  check_comes_back(framed(std::numeric_limits<double>::infinity()), points(37, 2));
  check_comes_back(with_random_parameters(ebm::Ising<float>(ebm::torus(3, 4))), states(37, 12, -1, 2, 2));
  check_comes_back(with_random_parameters(ebm::BoltzmannMachine<double>(6)), states(37, 6, 0, 1, 2));
  check_comes_back(with_random_parameters(ebm::Potts<float>(ebm::grid(2, 3), 3)), states(37, 6, 0, 1, 3));
  check_comes_back(ebm::Ising<float>(ebm::Graph(3, {})), states(10, 3, -1, 2, 2));
}

TEST_CASE("Networks come back in whatever energy they are, with what their layers keep") {
  ebm::Rng rng(1);
  const auto network =
      ebm::network<float>(rng, ebm::Features<3>{}, ebm::SpectralNorm<ebm::Dense<8>>{}, ebm::Silu{},
                          ebm::Residual<ebm::SpectralNorm<ebm::Dense<8>>, ebm::Silu>{}, ebm::Dense<4>{});
  check_comes_back(with_random_parameters(ebm::ClassifierEnergy{network}), points(37, 3));
  const auto scalar = ebm::network<double>(rng, ebm::Features<2>{}, ebm::Dense<8>{}, ebm::Silu{}, ebm::Dense<1>{});
  const ebm::RegressionEnergy regression(scalar, ebm::TargetInterval{-2, 3, 64});
  check_comes_back(regression, points(37, 2));
  CHECK(std::remove_cvref_t<decltype(regression)>::from(regression.tensors()).targets().cells == 64);
}

TEST_CASE("Machines of other units come back") {
  ebm::Rng rng(1);
  const ebm::Values<double> mean = states(1, 6, 0.1, 0.1, 8).transpose();
  for (const bool centred : {false, true}) {
    ebm::GaussianBernoulliRbm<double> gaussian(6, 4, rng, {.centred = centred});
    check_comes_back(gaussian, points(37, 6));
    gaussian.initialise_from(mean);
    check_comes_back(with_random_parameters(gaussian), points(37, 6));
    ebm::SoftmaxRbm<float> softmax(2, 3, 4, rng, {.centred = centred});
    check_comes_back(with_random_parameters(softmax), states(37, 2, 0, 1, 3));
    ebm::ClassRbm<float> classes(4, 2, 5, rng, {.centred = centred});
    check_comes_back(with_random_parameters(classes), states(37, 5, 0, 1, 2));
  }
}

TEST_CASE("Machines keep their offsets, and that they have yet to see data") {
  ebm::Rng rng(1);
  const ebm::Values<double> mean = states(1, 9, 0.1, 0.1, 8).transpose();
  const auto at = states(37, 9, 0, 1, 2);
  ebm::BernoulliRbm<float> plain(9, 5, rng, {.centred = false}), centred(9, 5, rng);
  check_comes_back(plain, at);
  check_comes_back(centred, at);

  const TemporaryFile file;
  ebm::save(centred, file.path);
  auto loaded = ebm::load<ebm::BernoulliRbm<float>>(file.path);
  loaded.initialise_from(mean), centred.initialise_from(mean);
  CHECK(ebm::energies(loaded, at) == ebm::energies(centred, at));
  centred = with_random_parameters(centred);
  check_comes_back(centred, at);

  ebm::save(centred, file.path);
  loaded = ebm::load<ebm::BernoulliRbm<float>>(file.path);
  loaded.initialise_from(mean.reverse());
  CHECK(ebm::energies(loaded, at) == ebm::energies(centred, at));
}

TEST_CASE("A file of something else is refused, and what is wrong is said") {
  const TemporaryFile file;
  ebm::Rng rng(1);
  ebm::save(Net(rng), file.path);
  CHECK_THROWS_WITH(
      (ebm::load<ebm::Mlp<float, 2, 8, 9>>(file.path)),
      ContainsSubstring(file.path) && ContainsSubstring("tensor \"layers.1.weight\" has shape 8 x 8, wanted 8 x 9"));
  CHECK_THROWS_WITH((ebm::load<ebm::Mlp<double, 2, 8, 8>>(file.path)), ContainsSubstring("holds F32, wanted F64"));
  CHECK_THROWS_WITH((ebm::load<ebm::Mlp<float, 2, 8, 8, 8>>(file.path)), ContainsSubstring("shape"));
  CHECK_THROWS_WITH(ebm::load<Framed>(file.path), ContainsSubstring("is not there"));
  ebm::save(framed(), file.path);
  CHECK_THROWS_WITH(ebm::load<Net>(file.path),
                    ContainsSubstring("tensor \"anchor.variance\" belongs to something else"));
  CHECK_THROWS_WITH(ebm::load<Net>("/nowhere/at all"), ContainsSubstring("/nowhere/at all: cannot be opened"));
}

TEST_CASE("Numbers that are not finite are neither saved nor loaded") {
  ebm::Rng rng(1);
  Net net(rng);
  const TemporaryFile file;
  ebm::save(net, file.path);
  const std::string whole = ebm::read_file(file.path);
  std::vector<float> theta(net.parameters().begin(), net.parameters().end());
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    theta[3] = bad;
    net.set_parameters(theta);
    CHECK_THROWS_WITH(ebm::save(net, file.path), ContainsSubstring("tensor \"layers.0.weight\" holds"));
    CHECK(ebm::read_file(file.path) == whole);
    std::string changed = whole;
    std::memcpy(changed.data() + changed.size() - 4, &bad, 4);
    ebm::write_file(file.path, changed);
    CHECK_THROWS_WITH(ebm::load<Net>(file.path), ContainsSubstring("wanted finite numbers"));
    ebm::write_file(file.path, whole);
  }
}

TEST_CASE("The file is the one that the format asks for") {
  ebm::Tensors tensors;
  const float singles[] = {1, 2, 3, 4, 5, 6};
  tensors.add<float>("a \"quoted\"\n\xC3\xA9", {2, 3}, singles);
  tensors.add("count", std::int64_t{-7});
  tensors.add<double>("nothing", {0, 4}, {});
  const std::string content = ebm::format_safetensors(tensors);
  std::uint64_t length = 0;
  std::memcpy(&length, content.data(), 8);
  CHECK(length % 8 == 0);
  CHECK(content.size() == 8 + length + 8 + 24);
  CHECK(content.substr(8).starts_with("{\"count\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"));
  const ebm::Tensors back = ebm::parse_safetensors(content, "file");
  CHECK(back.list().size() == 3);
  CHECK(back.number<std::int64_t>("count") == -7);
  CHECK(back.numbers<float>("a \"quoted\"\n\xC3\xA9", {2, 3}) == std::vector<float>(singles, singles + 6));
  CHECK(back.numbers<double>("nothing", {0, 4}).empty());
  CHECK(ebm::parse_safetensors(ebm::format_safetensors({}), "file").list().empty());
  CHECK_THROWS_AS(tensors.add("count", 1.0), ebm::Error);
  CHECK_THROWS_AS(tensors.add<float>("short", {2, 2}, singles), ebm::Error);
}

TEST_CASE("Headers may be written in any way that the format allows") {
  const ebm::Tensors tensors = parse(
      "{ \"__metadata__\" : {\"format\":\"pt\", \"n\\u00e9\":\"\\\\\"},\n \"w\\u0065\":{\"data_offsets\":[0, 8] ,"
      "\"shape\":[ 2,1 ],\"dtype\":\"F32\"} }   ",
      8);
  CHECK(tensors.numbers<float>("we", {2, 1}) == std::vector<float>{0, 0});
}

TEST_CASE("Headers that say what cannot be are refused") {
  const auto refuses = [](const std::string& header, std::size_t bytes, const std::string& what) {
    INFO(header);
    CHECK_THROWS_WITH(parse(header, bytes), ContainsSubstring(what));
  };
  const auto one = [](const std::string& shape, int begin, int end) {
    return "{" + entry("a", "F32", shape, begin, end) + "}";
  };
  CHECK(parse(one("[2]", 0, 8), 8).list().size() == 1);
  refuses(one("[2]", 0, 8), 7, "lies outside the file");
  refuses(one("[2]", 0, 8), 9, "goes on after its last tensor");
  refuses(one("[2]", 8, 0), 8, "lies outside the file");
  refuses(one("[2]", 4, 12), 12, "leaves a gap");
  refuses(one("[3]", 0, 8), 8, "not the size of its bytes");
  refuses(one("[2]", 0, 7), 7, "not the size of its bytes");
  refuses(one("[4611686018427387904,4]", 0, 0), 0, "too large");
  refuses(one("[4294967296,4294967296]", 0, 0), 0, "not the size");
  refuses(one("[4294967296,2147483648,2]", 0, 8), 8, "not the size");
  refuses(one("[18446744073709551616]", 0, 8), 8, "no size");
  refuses(one("[-2]", 0, 8), 8, "no size");
  refuses(one("[02]", 0, 8), 8, "no size");
  refuses(one("[2,]", 0, 8), 8, "no size");
  refuses(one("[2.0]", 0, 8), 8, "no ]");
  refuses("{" + entry("a", "F32", "[2]", 0, 8) + "," + entry("b", "F32", "[2]", 0, 8) + "}", 8, "overlaps");
  refuses("{" + entry("a", "F32", "[2]", 0, 8) + "," + entry("b", "F32", "[2]", 4, 12) + "}", 12, "overlaps");
  refuses("{" + entry("a", "F32", "[1]", 0, 4) + "," + entry("a", "F32", "[1]", 4, 8) + "}", 8, "occurs twice");
  refuses("{" + entry("a", "F32", "[1]", 0, 4) + "," + entry("\\u0061", "F32", "[1]", 4, 8) + "}", 8, "occurs twice");
  refuses("{" + entry("a", "BF16", "[4]", 0, 8) + "}", 8, "holds BF16, wanted F32, F64 or I64");
  refuses("{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", 8, "does not have dtype, shape and data_offsets");
  refuses("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "key twice");
  refuses("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"x\":1}}", 8, "has the key \"x\"");
  refuses("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,8]}}", 8, "two data_offsets");
  refuses("{\"__metadata__\":{},\"__metadata__\":{}}", 0, "__metadata__ twice");
  refuses("{\"__metadata__\":{\"a\":1}}", 0, "no \"");
  refuses("{\"a\":[[[[[[", 0, "no {");
  refuses("{\"a\\ud800\":{}}", 0, "unknown escape");
  refuses("{\"a\\x\":{}}", 0, "unknown escape");
  refuses("{\"a\n\":{}}", 0, "control character");
  refuses("{\"a", 0, "ends within a string");
  refuses("{} {}", 0, "goes on after its end");
  refuses("[]", 0, "does not begin with {");
  refuses(" {}", 0, "does not begin with {");
  refuses("", 0, "does not begin with {");
  for (const std::uint64_t length :
       {std::uint64_t{3}, std::uint64_t{1} << 40, ~std::uint64_t{0}, ~std::uint64_t{0} - 7}) {
    const std::string content = std::string(reinterpret_cast<const char*>(&length), 8) + "{}";
    CHECK_THROWS_WITH(ebm::parse_safetensors(content, "file"), ContainsSubstring("file: ends within its header"));
  }
  CHECK_THROWS_WITH(ebm::parse_safetensors("1234567", "file"), ContainsSubstring("ends within the length"));
}

TEST_CASE("A file cut off anywhere is refused, and one that was changed is read whole or refused") {
  ebm::Rng rng(1);
  const TemporaryFile file;
  const auto machine = ebm::BernoulliRbm<float>(2, 2, rng);
  ebm::save(machine, file.path);
  const std::string whole = ebm::read_file(file.path);
  const auto read = [](const std::string& content) {
    return ebm::BernoulliRbm<float>::from(ebm::parse_safetensors(content, "file"));
  };
  CHECK(read(whole).visible() == 2);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    INFO(size);
    CHECK_THROWS_AS(read(whole.substr(0, size)), ebm::Error);
  }
  CHECK_THROWS_AS(read(whole + '\0'), ebm::Error);

  ebm::Index bytes_read = 0, refused = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    for (int byte = 0; byte < 256; byte += at < 8 + 64 ? 1 : 5) {
      changed[at] = static_cast<char>(byte);
      try {
        std::size_t bytes = 0;
        const ebm::Tensors tensors = ebm::parse_safetensors(changed, "file");
        for (const ebm::Tensor& tensor : tensors.list()) bytes += tensor.bytes.size();
        CHECK(bytes <= whole.size());
        const std::size_t parameters = read(changed).parameters().size();
        CHECK(parameters == machine.parameters().size());
        ++bytes_read;
      } catch (const ebm::Error&) {
        ++refused;
      }
    }
  }
  CHECK(bytes_read > 100);
  CHECK(refused > 1000);
}

TEST_CASE("Files are replaced as a whole, and nothing is left beside them") {
  const TemporaryFile file("old");
  ebm::replace_file(file.path, "new");
  CHECK(ebm::read_file(file.path) == "new");
  CHECK_THROWS_AS(ebm::read_file(file.path + ".new"), ebm::Error);
  CHECK_THROWS_WITH(ebm::replace_file("/nowhere/at all", "x"), ContainsSubstring("cannot be opened for writing"));
}
