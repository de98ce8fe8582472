#include <ebm/io/npz.hpp>

#include <ebm/energies/classifier_energy.hpp>
#include <ebm/io/pytorch.hpp>

#include "support/catch.hpp"
#include "temporary_file.hpp"

using Catch::Matchers::ContainsSubstring;

namespace {

const std::string kFolder = std::filesystem::path(__FILE__).parent_path().string() + "/";

ebm::Tensors some_tensors() {
  ebm::Tensors tensors;
  const float singles[] = {1, 2, 3, 4, 5, 6};
  const double doubles[] = {0.1, -0.25};
  tensors.add<float>("layers.0.weight", {2, 3}, singles);
  tensors.add<double>("pair", {2}, doubles);
  tensors.add("count", std::int64_t{-7});
  tensors.add<double>("nothing", {0, 4}, {});
  return tensors;
}

// One array with this header and so many bytes of numbers.
std::string archive_of(const std::string& type, const std::string& shape, std::size_t bytes) {
  return ebm::format_zip({{"a.npy", ebm::detail::npy_head(type, false, shape) + std::string(bytes, '\0')}});
}

}  // namespace

TEST_CASE("What NumPy writes is read, stored and deflated, in either order of storage") {
  for (const char* name : {"arrays.npz", "arrays_compressed.npz"}) {
    const ebm::Tensors file = ebm::read_npz(kFolder + name);
    REQUIRE(file.list().size() == 5);
    CHECK(file.numbers<float>("singles", {2, 3}) == std::vector<float>{0, 0.25, 0.5, 0.75, 1, 1.25});
    const auto by_columns = file.numbers<double>("by_columns", {2, 3, 4});
    for (std::size_t i = 0; i < 24; ++i) CHECK(by_columns[i] == static_cast<double>(i));
    CHECK(file.number<std::int64_t>("count") == -7);
    CHECK(file.numbers<float>("nothing", {0, 3}).empty());
    CHECK(file.numbers<float>("long", {300}) == std::vector<float>(300, 0.5f));
  }
}

TEST_CASE("A state_dict of PyTorch comes from .npz as from safetensors, and goes out again") {
  ebm::Rng rng(1);
  const auto network = ebm::network<float>(rng, ebm::Image<6, 6, 2>{}, ebm::Conv<3, 3, 2, 1>{}, ebm::Silu{},
                                           ebm::Conv<4, 2>{}, ebm::Silu{}, ebm::Dense<5>{});
  auto ours = network, theirs = network;
  ebm::load_pytorch(ours, ebm::read_npz(kFolder + "pytorch_weights.npz"));
  ebm::load_pytorch(theirs, kFolder + "pytorch_weights.safetensors");
  CHECK(std::equal(ours.parameters().begin(), ours.parameters().end(), theirs.parameters().begin()));
  CHECK(!std::equal(ours.parameters().begin(), ours.parameters().end(), network.parameters().begin()));
  const TemporaryFile file;
  ebm::write_npz(file.path, ebm::pytorch_state_dict(ours, {"0", "2", "5"}));
  const ebm::Tensors back = ebm::read_npz(file.path), kept = ebm::read_npz(kFolder + "pytorch_weights.npz");
  REQUIRE(back.list().size() == kept.list().size());
  for (const ebm::Tensor& tensor : kept.list()) CHECK(back.at(tensor.name) == tensor);

  auto small = ebm::network<float>(rng, ebm::Features<3>{}, ebm::Dense<2>{});
  CHECK_THROWS_WITH(ebm::load_pytorch(small, back),
                    ContainsSubstring(file.path) && ContainsSubstring("3 modules with weights, wanted 1"));
}

TEST_CASE("Tensors come back from .npz with the same bits") {
  const ebm::Tensors tensors = some_tensors();
  CHECK(ebm::parse_npz(ebm::format_npz(tensors), "").list() == tensors.list());
  CHECK(ebm::parse_npz(ebm::format_npz({}), "").list().empty());
}

TEST_CASE("Archives of something else are refused, and what is wrong is said") {
  const auto refuses = [](const std::string& content, const std::string& what) {
    CHECK_THROWS_WITH(ebm::parse_npz(content, "file"), ContainsSubstring(what));
  };
  CHECK(ebm::parse_npz(archive_of("<f4", "2,", 8), "file").numbers<float>("a", {2}).size() == 2);
  refuses(archive_of("<f2", "2,", 4), "file: member \"a.npy\": type <f2, wanted <f4, <f8 or <i8");
  refuses(archive_of(">f4", "2,", 8), "type >f4");
  refuses(archive_of("|O", "2,", 8), "type |O");
  refuses(archive_of("<f4", "2,", 7), "7 bytes of numbers, which is not the size of 2");
  refuses(archive_of("<f4", "4611686018427387903, 4", 8), "not the size");
  refuses(archive_of("<f4", "4294967296, 4294967296", 0), "not the size");
  refuses(archive_of("<f4", "9223372036854775808,", 8), "not a tuple of sizes");
  refuses(archive_of("<f8", "0, 9223372036854775807", 0), "not a tuple of sizes");
  refuses(archive_of("<f8", "0, 4611686018427387903", 0), "not the size");
  refuses(ebm::format_zip({{"a.txt", "x"}}), "member \"a.txt\" is no .npy file");
  refuses(ebm::format_zip({{"a.npy", "x"}}), "not a file of NumPy's format 1.0");
  const std::string npy = ebm::detail::npy_head("<f4", false, "") + "1234";
  refuses(ebm::format_zip({{"a.npy", npy}, {"a.npy", npy}}), "tensor \"a\" occurs twice");
  refuses("", "is no zip archive");
  CHECK_THROWS_WITH(ebm::read_npz("/nowhere/at all"), ContainsSubstring("cannot be opened"));
}

TEST_CASE("An .npz cut off anywhere is refused, and one that was changed is read whole or refused") {
  const std::string stored = ebm::format_npz(some_tensors());
  for (const std::string& whole : {stored, ebm::read_file(kFolder + "arrays_compressed.npz")}) {
    std::size_t all = 0;
    const ebm::Tensors sound = ebm::parse_npz(whole, "file");
    for (const ebm::Tensor& tensor : sound.list()) all += tensor.bytes.size();
    for (std::size_t size = 0; size < whole.size(); ++size) {
      INFO(size);
      CHECK_THROWS_AS(ebm::parse_npz(whole.substr(0, size), "file"), ebm::Error);
    }
    int refused = 0;
    for (std::size_t at = 0; at < whole.size(); ++at) {
      std::string changed = whole;
      for (int byte = static_cast<int>(at % 7); byte < 256; byte += 7) {
        changed[at] = static_cast<char>(byte);
        try {
          std::size_t bytes = 0;
          const ebm::Tensors tensors = ebm::parse_npz(changed, "file");
          for (const ebm::Tensor& tensor : tensors.list()) bytes += tensor.bytes.size();
          if (bytes > all) FAIL("more than there is, at " << at);
        } catch (const ebm::Error&) {
          ++refused;
        }
      }
    }
    CHECK(refused > 10000);
  }
}

TEST_CASE("NumPy reads what is written as .npz") {
  if (std::system("python3 -c 'import numpy' 2>/dev/null") != 0) return;  // no NumPy here
  const TemporaryFile file;
  ebm::write_npz(file.path, some_tensors());
  const std::string program = "python3 -c \"import numpy as np; a = np.load(open('" + file.path +
                              "', 'rb')); assert a['layers.0.weight'].tolist() == [[1, 2, 3], [4, 5, 6]]; assert "
                              "a['pair'].tolist() == [0.1, -0.25]; assert int(a['count']) == -7; assert "
                              "a['nothing'].shape == (0, 4)\"";
  CHECK(std::system(program.c_str()) == 0);
}
