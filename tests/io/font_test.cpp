#include <ebm/io/font.hpp>

#include "support/catch.hpp"

namespace {

ebm::Picture drawn(std::string_view text, const ebm::TextStyle& style = {.size = 20}) {
  ebm::Canvas canvas(60, 60);
  ebm::draw_text(canvas, text, {30, 30}, style);
  return canvas.picture();
}

double difference(const ebm::Picture& a, const ebm::Picture& b) {
  double sum = 0;
  for (ebm::Index i = 0; i < a.width() * a.height(); ++i) sum += std::abs(a.data()[i].red - b.data()[i].red) / 255.0;
  return sum;
}

struct Ink {
  ebm::Index left = 60, top = 60, right = -1, bottom = -1;
};
Ink ink(const ebm::Picture& picture) {
  Ink box;
  for (ebm::Index y = 0; y < picture.height(); ++y) {
    for (ebm::Index x = 0; x < picture.width(); ++x) {
      if (picture(x, y).red > 128) continue;
      box = {std::min(box.left, x), std::min(box.top, y), std::max(box.right, x), std::max(box.bottom, y)};
    }
  }
  return box;
}

}  // namespace

TEST_CASE("There is a glyph for every printable character, and it stays within its line and its width") {
  STATIC_REQUIRE(std::size(ebm::detail::kGlyphs) == '~' - ' ' + 1);
  for (const ebm::detail::Glyph& glyph : ebm::detail::kGlyphs) {
    INFO(glyph.strokes);
    std::vector<ebm::Path> paths;
    ebm::detail::append_glyph(glyph, 0, 0, 1, paths);
    for (const ebm::Path& path : paths) {
      CHECK(path.size() >= 2);
      for (const ebm::Position& p : path) {
        CHECK((p.x >= -0.61 && p.x <= glyph.width + 0.21));
        CHECK((p.y >= -16 && p.y <= 4));
      }
    }
  }
}

TEST_CASE("No two characters look alike") {
  for (char a = '!'; a <= '~'; ++a) {
    if (a == '^') continue;
    const ebm::Picture picture = drawn(std::string(1, a));
    CHECK(ink(picture).right >= 0);
    for (char b = '!'; b < a; ++b) {
      if (b == '^') continue;
      INFO(a << " and " << b);
      CHECK(difference(picture, drawn(std::string(1, b))) > 1.0);
    }
  }
}

TEST_CASE("Letters stand upright on the line and read from left to right") {
  // L has its foot at the bottom right, and 7 its bar at the top: mirrored or turned glyphs fail.
  const ebm::Picture letter = drawn("L");
  const Ink box = ink(letter);
  CHECK(letter(box.left, box.top + 1).red < 128);
  CHECK(letter(box.right - 1, box.top + 1).red > 200);
  CHECK(letter(box.right - 1, box.bottom).red < 160);
  CHECK(box.bottom == Approx(30).margin(1));
  CHECK(box.bottom - box.top == Approx(14).margin(2));
  CHECK(ink(drawn("p")).bottom > 32);
}

TEST_CASE("Texts are aligned by their width, and turn without being mirrored") {
  CHECK(ebm::text_width("ab", 20) == Approx(ebm::text_width("a", 20) + ebm::text_width("b", 20)));
  CHECK(ebm::text_width("ab", 40) == Approx(2 * ebm::text_width("ab", 20)));
  CHECK(ink(drawn("abc", {.align = ebm::Align::right})).right <= 30);
  CHECK(ink(drawn("abc", {.align = ebm::Align::left})).left >= 30);
  const Ink centred = ink(drawn("HH", {.align = ebm::Align::centre}));
  CHECK(centred.left + centred.right == Approx(60).margin(1.5));

  // Upwards: what was right is now at the top, what was top is now left.
  const Ink vertical = ink(drawn("L", {.size = 20, .vertical = true}));
  CHECK(vertical.right == Approx(30).margin(1));
  CHECK(vertical.bottom < 30);
  CHECK(drawn("L", {.size = 20, .vertical = true})(vertical.right, vertical.top + 1).red < 160);
}

TEST_CASE("A caret raises, and what is not ASCII shows as one question mark") {
  CHECK(ebm::text_width("10^-3", 20) < ebm::text_width("10-3", 20));
  CHECK(ink(drawn("^2")).bottom < 26);
  CHECK(ebm::text_width("x^2 y", 20) - ebm::text_width("x^2 ", 20) == Approx(ebm::text_width("y", 20)));
  CHECK(ebm::text_width("\xCE\xB8", 20) == ebm::text_width("?", 20));
}
