#include <ebm/datasets/digits.hpp>

#include "io/gzipped.hpp"
#include "io/temporary_file.hpp"
#include "support/catch.hpp"

#include <cstdlib>
#include <filesystem>

using Catch::Matchers::ContainsSubstring;

namespace {

// A line of 64 equal pixels and a label.
std::string line(const std::string& pixel, const std::string& label) {
  std::string text;
  for (int i = 0; i < 64; ++i) text += pixel + ",";
  return text + label + "\n";
}

ebm::LabelledImages read(const std::string& text) {
  const TemporaryFile file(gzipped(text));
  return ebm::read_digits(file.path);
}

}  // namespace

TEST_CASE("Digits are read from gzipped CSV") {
  const auto digits = read(line("3", "9") + line("16", "0"));
  CHECK(digits.count() == 2);
  CHECK(digits.pixels(1, 63) == 16);
  CHECK(digits.labels == (ebm::Values<int>(2) << 9, 0).finished());
  CHECK(digits.binarised(7).row(0).sum() == 0);
  CHECK(digits.binarised(7).row(1).sum() == 64);
}

TEST_CASE("What is no digit is refused") {
  CHECK_THROWS_WITH(read(line("17", "1")), ContainsSubstring("line 1: 17, wanted a pixel of 0 to 16"));
  CHECK_THROWS_WITH(read(line("1", "1") + line("0.5", "1")), ContainsSubstring("line 2: 0.5, wanted a pixel"));
  CHECK_THROWS_WITH(read(line("1", "10")), ContainsSubstring("10, wanted a label of 0 to 9"));
  CHECK_THROWS_WITH(read(line("nan", "1")), ContainsSubstring("nan, wanted a pixel"));
  CHECK_THROWS_WITH(read("1,2,3\n"), ContainsSubstring("3 columns, wanted 64 pixels and the label"));
  CHECK_THROWS_WITH(read(""), ContainsSubstring("empty"));
  CHECK_THROWS_WITH(read(std::string(std::size_t{1} << 21, '1')), ContainsSubstring("holds more than"));
}

TEST_CASE("Digits are found under a root before the system's") {
  const TemporaryFile place;
  std::remove(place.path.c_str());
  const std::string directory = place.path + "/usr/lib/python3/dist-packages/sklearn/datasets/data";
  std::filesystem::create_directories(directory);
  ebm::write_file(directory + "/digits.csv.gz", gzipped(line("3", "9")));
  CHECK(ebm::find_digits(place.path) == directory + "/digits.csv.gz");
  std::filesystem::remove_all(place.path);
}

TEST_CASE("The digits are what they are known to be, where they are installed or under EBM_DATA") {
  CHECK(ebm::find_digits("/nowhere") == ebm::find_digits());
  const char* root = std::getenv("EBM_DATA");
  const auto path = ebm::find_digits(root ? root : "");
  if (!path) {
    WARN("No digits: not compared with what they are known to be. Unpack python3-sklearn in a directory, and name it "
         "in EBM_DATA.");
    return;
  }
  const auto digits = ebm::read_digits(*path);
  CHECK(digits.count() == 1797);
  CHECK(digits.pixels.cast<int>().sum() == 561718);
  CHECK((digits.labels.array() == 0).count() == 178);
}
