// expect: ValuesByTile
// An energy returns Lanes: an Eigen expression would refer to what is gone.
#include <ebm/concepts/evaluation.hpp>

struct Expression {
  using Scalar = float;
  static constexpr int dim = 2;
  auto energy(const ebm::Tile<float, 2>& x) const { return x.col(0).square(); }
};

auto values = ebm::energies(Expression{}, ebm::Points<float, 2>(3, 2));
