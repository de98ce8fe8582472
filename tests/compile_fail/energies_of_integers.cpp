// expect: HasScalar
// The scalar of an energy is float or double.
#include <ebm/concepts/evaluation.hpp>

struct Integers {
  using Scalar = int;
  static constexpr int dim = 2;
};

auto values = ebm::energies(Integers{}, ebm::Points<float, 2>(3, 2));
