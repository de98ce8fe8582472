#include <ebm/io/png.hpp>

#include "decoded_png.hpp"
#include "support/catch.hpp"
#include "temporary_file.hpp"

using Catch::Matchers::ContainsSubstring;

TEST_CASE("A picture comes back from its file, opaque or not") {
  ebm::Picture picture(37, 19);
  for (ebm::Index y = 0; y < 19; ++y) {
    for (ebm::Index x = 0; x < 37; ++x) {
      picture(x, y) = {static_cast<std::uint8_t>(7 * x), static_cast<std::uint8_t>(13 * y),
                       static_cast<std::uint8_t>(x * y), static_cast<std::uint8_t>(255 - 3 * x)};
    }
  }
  const TemporaryFile file;
  ebm::write_png(picture, file.path);
  CHECK(decoded_png(file.path) == picture);

  // The comparison sees a single pixel, and rows in the wrong order.
  ebm::Picture other = picture;
  other(3, 4).green ^= 1;
  CHECK_FALSE(decoded_png(file.path) == other);
  ebm::write_png(ebm::Picture(1, 1), file.path);
  CHECK(decoded_png(file.path) == ebm::Picture(1, 1));
}

TEST_CASE("A picture that compresses to nothing or not at all is written whole") {
  ebm::Picture noise(300, 200);
  std::uint32_t state = 1;
  for (ebm::Index i = 0; i < 300 * 200; ++i) {
    state = state * 1664525 + 1013904223;
    noise(i % 300, i / 300) = ebm::Color::hex(state >> 8, static_cast<std::uint8_t>(state >> 3));
  }
  const TemporaryFile file;
  ebm::write_png(noise, file.path);
  CHECK(decoded_png(file.path) == noise);
  ebm::write_png(ebm::Picture(3000, 10), file.path);
  CHECK(decoded_png(file.path) == ebm::Picture(3000, 10));
  CHECK(std::filesystem::file_size(file.path) < 5000);
}

TEST_CASE("A path that cannot be written is named") {
  CHECK_THROWS_WITH(ebm::write_png(ebm::Picture(2, 2), "/no/such/folder/picture.png"),
                    ContainsSubstring("/no/such/folder/picture.png: cannot be opened for writing"));
}
