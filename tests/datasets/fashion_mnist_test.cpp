#include <ebm/datasets/fashion_mnist.hpp>

#include "io/temporary_file.hpp"
#include "support/catch.hpp"

#include <cstdlib>

using Catch::Matchers::ContainsSubstring;

namespace {

const std::string kImages("\0\0\x08\x03\0\0\0\x02\0\0\0\x02\0\0\0\x03" "abcdefghijkl", 28);
const std::string kLabels("\0\0\x08\x01\0\0\0\x02\x09\x00", 10);

ebm::LabelledImages read(const std::string& images, const std::string& labels) {
  const TemporaryFile images_file(images), labels_file(labels);
  return ebm::read_idx_images(images_file.path, labels_file.path);
}

}  // namespace

TEST_CASE("Images and labels are read from two idx files") {
  const auto images = read(kImages, kLabels);
  CHECK(images.count() == 2);
  CHECK(images.height == 2);
  CHECK(images.width == 3);
  CHECK(images.labels == (ebm::Values<int>(2) << 9, 0).finished());
  for (ebm::Index i = 0; i < 12; ++i) CHECK(images.pixels(i / 6, i % 6) == 'a' + i);
}

TEST_CASE("Images and labels that do not belong together are refused") {
  CHECK_THROWS_WITH(read(kImages, std::string("\0\0\x08\x01\0\0\0\x01\x09", 9)),
                    ContainsSubstring("1 labels, wanted one for each of the 2 images"));
  CHECK_THROWS_WITH(read(kLabels, kLabels), ContainsSubstring("1 dimensions, wanted 3"));
  CHECK_THROWS_WITH(read(kImages, kImages), ContainsSubstring("3 dimensions, wanted 1"));
  CHECK_THROWS_WITH(read(kImages, std::string("\0\0\x08\x01\0\0\0\x02\x01\x0a", 10)),
                    ContainsSubstring("label 10 of image 1, wanted less than 10"));
  CHECK_THROWS_WITH(
      read(std::string("\0\0\x08\x03\0\0\0\0\0\0\0\x02\0\0\0\x03", 16), std::string("\0\0\x08\x01\0\0\0\0", 8)),
      ContainsSubstring("no pixels"));
}

TEST_CASE("Fashion-MNIST is what it is known to be, where it is installed or under EBM_DATA") {
  CHECK(ebm::find_fashion_mnist("/nowhere") == ebm::find_fashion_mnist());
  const char* root = std::getenv("EBM_DATA");
  const auto directory = ebm::find_fashion_mnist(root ? root : "");
  if (!directory) {
    WARN("No Fashion-MNIST: not compared with what it is known to be. Unpack dataset-fashion-mnist in a directory, and "
         "name it in EBM_DATA.");
    return;
  }
  const auto test =
      ebm::read_idx_images(*directory + "/t10k-images-idx3-ubyte.gz", *directory + "/t10k-labels-idx1-ubyte.gz");
  CHECK(test.count() == 10000);
  CHECK(test.height == 28);
  CHECK(test.width == 28);
  for (int k = 0; k < 10; ++k) CHECK((test.labels.array() == k).count() == 1000);
  CHECK(test.pixels.maxCoeff() == 255);
  CHECK(test.binarised(127).mean() == Approx(0.3).margin(0.03));
}
