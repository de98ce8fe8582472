// expect: DifferentiableEnergy
// An energy without a gradient has no gradients.
#include <ebm/concepts/evaluation.hpp>

struct ValuesOnly {
  using Scalar = float;
  static constexpr int dim = 2;
  ebm::Lanes<float> energy(const ebm::Tile<float, 2>& x) const { return x.col(0); }
};

auto slopes = ebm::gradients(ValuesOnly{}, ebm::Points<float, 2>(3, 2));
