#include <ebm/io/picture.hpp>

#include "support/catch.hpp"

TEST_CASE("A picture is filled, addressed by column and row, and stored row by row from the top") {
  ebm::Picture picture(3, 2, ebm::Color::hex(0x102030));
  CHECK(picture(2, 1) == ebm::Color{0x10, 0x20, 0x30, 255});
  picture(2, 0) = ebm::Color::hex(0xFF0000, 7);
  CHECK(picture.data()[2] == ebm::Color{255, 0, 0, 7});
  ebm::Picture other = picture;
  CHECK(other == picture);
  other(0, 1).blue = 0;
  CHECK_FALSE(other == picture);
}

TEST_CASE("Pictures without pixels, or with too many, are refused") {
  CHECK_THROWS_AS(ebm::Picture(0, 5), ebm::ValueError);
  CHECK_THROWS_AS(ebm::Picture(5, -1), ebm::ValueError);
  CHECK_THROWS_AS(ebm::Picture(40000, 5), ebm::ValueError);
}
