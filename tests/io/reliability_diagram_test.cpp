#include <ebm/io/reliability_diagram.hpp>

#include "support/catch.hpp"

namespace {

// Bins of a fifth: one that is empty, one that is right less often than it says, one more often, and two as often.
ebm::Calibration made() {
  ebm::Calibration calibration{.error = 0.1, .accuracy = 0.7, .mean_confidence = 0.6};
  calibration.bins = {{0.0, 0.2, 0, 0, 0},
                      {0.2, 0.4, 100, 0.3, 0.3},
                      {0.4, 0.6, 100, 0.5, 0.1},
                      {0.6, 0.8, 100, 0.7, 0.95},
                      {0.8, 1.0, 700, 0.9, 0.9}};
  return calibration;
}

bool reddish(const ebm::Color& c) { return c == ebm::kTooSureColor; }
bool greenish(const ebm::Color& c) { return c == ebm::kUnsureColor; }
bool bluish(const ebm::Color& c) { return c.blue > c.red + 15; }

// The upper left corner of the frame: the first long run of ink in a row and in a column.
struct Frame {
  const ebm::Picture& picture;
  ebm::Index left = 0, top = 0;

  explicit Frame(const ebm::Picture& of) : picture(of) {
    for (top = 0;; ++top) {
      ebm::Index run = 0;
      for (ebm::Index x = 0; x < picture.width(); ++x) {
        run = picture(x, top) == ebm::kInk ? run + 1 : 0;
        if (run < 150) continue;
        left = x - run + 1;
        return;
      }
      REQUIRE(top + 1 < picture.height());
    }
  }
  // The color at a confidence and an accuracy, of a panel that is 200 pixels wide.
  ebm::Color at(double confidence, double accuracy) const {
    return picture(left + static_cast<ebm::Index>(200 * confidence),
                   top + static_cast<ebm::Index>(200 * (1 - accuracy)));
  }
};

}  // namespace

TEST_CASE("Bars reach up to accuracy or confidence, and a color on to the other") {
  const auto picture = ebm::reliability_picture({{"a", made()}}, {.panel = 200});
  const Frame frame(picture);
  CHECK(!bluish(frame.at(0.05, 0.01)));  // empty
  CHECK(bluish(frame.at(0.23, 0.15)));
  CHECK(!bluish(frame.at(0.23, 0.35)));
  CHECK(bluish(frame.at(0.43, 0.06)));
  CHECK(reddish(frame.at(0.43, 0.3)));
  CHECK(!reddish(frame.at(0.43, 0.55)));
  CHECK(bluish(frame.at(0.63, 0.5)));
  CHECK(greenish(frame.at(0.63, 0.85)));
  CHECK(!greenish(frame.at(0.63, 0.97)));
  CHECK(bluish(frame.at(0.97, 0.5)));
  // Below: shares of .1 and of .7 in a quarter of the height, 30 pixels further down.
  CHECK(bluish(frame.at(0.97, -0.15 - 0.25 * 0.5)));
  CHECK(!bluish(frame.at(0.67, -0.15 - 0.25 * 0.5)));
  CHECK(bluish(frame.at(0.67, -0.15 - 0.25 * 0.95)));
}

TEST_CASE("A calibrated classifier has no such piece") {
  ebm::Calibration calibration = made();
  for (auto& bin : calibration.bins) bin.accuracy = bin.confidence;
  const auto colored = [](const ebm::Picture& picture) {
    ebm::Index count = 0;
    for (ebm::Index i = 0; i < picture.width() * picture.height(); ++i)
      count += reddish(picture.data()[i]) || greenish(picture.data()[i]);
    return count;
  };
  const ebm::Index legend = colored(ebm::reliability_picture({{"a", calibration}}));
  CHECK((legend > 100 && legend < 600));
  CHECK(colored(ebm::reliability_picture({{"a", made()}})) > legend + 3000);
}

TEST_CASE("Classifiers stand side by side, then in the next row") {
  const auto one = ebm::reliability_picture({{"a", made()}}),
             two = ebm::reliability_picture({{"a", made()}, {"b", {}}});
  CHECK(two.height() == one.height());
  CHECK(two.width() > 2 * one.width() - 40);
  const auto rows = ebm::reliability_picture({{"a", made()}, {"b", {}}}, {.panels_in_row = 1, .title = "both"});
  CHECK(rows.width() == one.width());
  CHECK(rows.height() > 2 * one.height() - 40);
  CHECK_THROWS_AS(ebm::reliability_picture({}), ebm::ValueError);
  CHECK_THROWS_AS(ebm::reliability_picture({{"a", made()}}, {.panel = 10}), ebm::ValueError);
  CHECK_THROWS_AS(ebm::reliability_picture({{"a", made()}}, {.panels_in_row = 0}), ebm::ValueError);
}
