#include <ebm/core/flat_vector.hpp>

#include "support/catch.hpp"

TEMPLATE_TEST_CASE("a flat vector fills whole cache lines, zero beyond its end", "", float, double) {
  constexpr auto lanes = static_cast<std::size_t>(ebm::kLanes<TestType>);
  for (const std::size_t size : {std::size_t{1}, lanes - 1, lanes, lanes + 1, 3 * lanes}) {
    const std::vector<TestType> values(size, TestType(7));
    ebm::FlatVector<TestType> v{std::span<const TestType>(values)};
    CHECK(v.size() == size);
    CHECK(v.span().size() == size);
    CHECK(v.padded_size() == static_cast<ebm::Index>((size + lanes - 1) / lanes * lanes));
    CHECK(reinterpret_cast<std::uintptr_t>(v.data()) % ebm::kAlignment == 0);
    for (ebm::Index i = 0; i < v.padded_size(); ++i)
      CHECK(v.data()[i] == (i < static_cast<ebm::Index>(size) ? TestType(7) : TestType(0)));

    const ebm::FlatVector<TestType> copy = v;
    v.set_zero();
    for (const TestType value : v.span()) CHECK(value == TestType(0));
    CHECK(copy.span()[0] == TestType(7));
  }
}

TEST_CASE("a new flat vector is zero, and one of no size has no elements") {
  const ebm::FlatVector<float> v(std::size_t{33});
  for (ebm::Index i = 0; i < 48; ++i) CHECK(v.data()[i] == 0.0f);
  const ebm::FlatVector<float> none;
  CHECK(none.size() == 0);
  CHECK(none.padded_size() == 0);
  CHECK(none.span().empty());
  CHECK(norm(none) == 0.0);
}

TEST_CASE("the norm is that of Euclid, in double, and does not hide what is not finite") {
  const std::vector<float> values{3e30f, -4e30f};  // whose squares exceed float
  ebm::FlatVector<float> v{std::span<const float>(values)};
  CHECK(norm(v) == Approx(5e30));
  v.data()[1] = std::numeric_limits<float>::infinity();
  CHECK(std::isinf(norm(v)));
  v.data()[1] = std::numeric_limits<float>::quiet_NaN();
  CHECK(std::isnan(norm(v)));
}
