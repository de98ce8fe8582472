// expect: HasDimension
// A dynamic dimension wants dimension().
#include <ebm/concepts/evaluation.hpp>

struct NoDimension {
  using Scalar = float;
  static constexpr int dim = ebm::Dynamic;
  ebm::Lanes<float> energy(const ebm::Tile<float, ebm::Dynamic>& x) const { return x.col(0); }
};

auto values = ebm::energies(NoDimension{}, ebm::Points<float>(3, 2));
