#include <ebm/datasets/bracketed_root.hpp>

#include "support/catch.hpp"

using ebm::detail::bracketed_root;

TEST_CASE("Roots are found where Newton's method alone runs away") {
  // atan is famous for it; the bracket may be given either way round.
  const auto rising = [](double a) { return std::pair{std::atan(a - 0.3), 1.0 / (1.0 + (a - 0.3) * (a - 0.3))}; };
  const auto falling = [&](double a) { return std::pair{-rising(a).first, -rising(a).second}; };
  CHECK(bracketed_root(-50.0, 80.0, 79.0, rising) == Approx(0.3).margin(1e-14));
  CHECK(bracketed_root(80.0, -50.0, -49.0, falling) == Approx(0.3).margin(1e-14));
  const auto flat = [](double a) { return std::pair{a * a * a - 1e-9, 3 * a * a}; };
  CHECK(bracketed_root(-1.0, 2.0, 0.0, flat) == Approx(1e-3).epsilon(1e-11));
}

TEST_CASE("Lanes do not disturb one another") {
  using V = ebm::Pack<double>;
  const auto function = [](auto a) {
    using S = decltype(a);
    return std::pair{ebm::exp(a) - S(3.0), ebm::exp(a)};
  };
  alignas(64) double starts[V::size], roots[V::size];
  for (int i = 0; i < V::size; ++i) starts[i] = -3.0 + 0.9 * i;
  bracketed_root(V(-5.0), V(5.0), V::load(starts), function).store(roots);
  for (int i = 0; i < V::size; ++i) {
    CHECK(roots[i] == bracketed_root(-5.0, 5.0, starts[i], function));
    CHECK(roots[i] == Approx(std::log(3.0)).epsilon(1e-14));
  }
}
