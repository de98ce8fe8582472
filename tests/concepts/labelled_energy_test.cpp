// The smallest energy of labelled points, and what comes near.
#include <ebm/concepts/labelled_energy.hpp>

namespace {

using namespace ebm;

struct Slope {
  using Scalar = double;
  static constexpr int dim = 2;
  double theta = 1;

  std::span<const double> parameters() const { return {&theta, 1}; }
  void set_parameters(std::span<const double> values) { theta = values[0]; }
  Lanes<double> energy(const Tile<double, 2>& x) const { return theta * x.col(0); }
  void add_parameter_gradient(TileSpan<const double, 2>, LanesSpan<const double>, LanesSpan<double>, std::span<double>,
                              Workspace&) const {}
};
static_assert(TrainableEnergy<Slope>);

// The smallest type that is one.
struct Labelled : Slope {
  void add_label_gradient(TileSpan<const double, 2>, LanesSpan<const double>, LanesSpan<double>, std::span<double>,
                          Workspace&) const {}
};
static_assert(LabelledEnergy<Labelled>);

struct Mutable : Slope {
  void add_label_gradient(TileSpan<const double, 2>, LanesSpan<const double>, LanesSpan<double>, std::span<double>,
                          Workspace&) {}
};
struct WritesWeights : Slope {
  void add_label_gradient(TileSpan<const double, 2>, LanesSpan<double>, LanesSpan<double>, std::span<double>,
                          Workspace&) const {}
};
struct Untrained {
  using Scalar = double;
  static constexpr int dim = 2;
  void add_label_gradient(TileSpan<const double, 2>, LanesSpan<const double>, LanesSpan<double>, std::span<double>,
                          Workspace&) const {}
};
static_assert(!LabelledEnergy<Slope> && !LabelledEnergy<Mutable>);
static_assert(!LabelledEnergy<WritesWeights> && !LabelledEnergy<Untrained>);

}  // namespace
