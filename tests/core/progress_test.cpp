#include <ebm/core/progress.hpp>

#include "support/captured_stderr.hpp"
#include "support/catch.hpp"

using Catch::Matchers::ContainsSubstring;

namespace {

// A computation of many steps, reported after each.
std::string report(bool enabled, long steps, int& details) {
  return captured_stderr([&] {
    ebm::Progress progress(enabled);
    for (long step = 1; step <= steps; ++step) {
      progress.update(step, steps, [&] {
        ++details;
        return "detail " + std::to_string(step);
      });
    }
  });
}

}  // namespace

TEST_CASE("progress that nobody asked for writes nothing and makes no text") {
  int details = 0;
  CHECK(report(false, 1000, details).empty());
  CHECK(details == 0);
}

TEST_CASE("the last step is always shown, and ends its line") {
  int details = 0;
  const std::string text = report(true, 1000, details);
  CHECK_THAT(text, ContainsSubstring("1000/1000  ") && ContainsSubstring("detail 1000"));
  CHECK(text.front() != '\r');  // no terminal
  CHECK(text.back() == '\n');
}

TEST_CASE("steps that follow each other quickly are not all shown") {
  int details = 0;
  report(true, 10'000, details);
  CHECK(details < 100);  // a step takes far less than the quarter of a second between two texts
}

TEST_CASE("nothing is written where no step was reported") {
  CHECK(captured_stderr([] { const ebm::Progress progress(true); }).empty());
}
