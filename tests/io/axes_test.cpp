#include <ebm/io/axes.hpp>

#include "support/catch.hpp"

TEST_CASE("Values lie where the axes say: x to the right, y upwards") {
  const ebm::Axes axes{{100, 20, 300, 120}, {-1, 1, ""}, {0, 10, ""}};
  CHECK(axes(-1, 0).x == Approx(100));
  CHECK(axes(-1, 0).y == Approx(120));
  CHECK(axes(1, 10).x == Approx(300));
  CHECK(axes(1, 10).y == Approx(20));
  CHECK(axes(0, 2.5).y == Approx(95));
}

TEST_CASE("Equal ratios are equally long on a logarithmic axis") {
  const ebm::Axis axis{0.01, 100, "", true};
  CHECK(axis.fraction(0.01) == Approx(0).margin(1e-12));
  CHECK(axis.fraction(1) == Approx(0.5));
  CHECK(axis.fraction(100) == Approx(1));
}

TEST_CASE("Ticks and labels stay within the room that the axes ask for") {
  ebm::Axes axes{{}, {0, 1, "abscissa"}, {-12345.5, 12345.5, "ordinate"}};
  axes.area = {std::ceil(axes.room_left()) + 2, 10, 300, 200 - std::ceil(axes.room_below()) - 2};
  ebm::Canvas canvas(310, 200);
  axes.draw(canvas);
  const ebm::Picture& picture = canvas.picture();
  for (ebm::Index y = 0; y < 200; ++y) CHECK(picture(0, y) == ebm::Color::hex(0xFFFFFF));
  for (ebm::Index x = 0; x < 310; ++x) CHECK(picture(x, 199) == ebm::Color::hex(0xFFFFFF));
  // The frame is a sharp line of one pixel.
  CHECK(picture(300, 100) == ebm::kInk);
  CHECK(picture(299, 100) == ebm::Color::hex(0xFFFFFF));
  CHECK(picture(301, 100) == ebm::Color::hex(0xFFFFFF));
}
