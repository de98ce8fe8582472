// EnergyOfTarget: E(x, .) as an energy of the target y, the last coordinate, for a group of tiles whose inputs stay as
// they are, so that a kernel moves y alone. A view for the length of a run: it writes targets into the tiles that it
// was given. If it is bounded, it is infinite for what is no target (targets() of the energy:
// energies/regression_energy.hpp).
#pragma once

#include <ebm/concepts/evaluation.hpp>

#include <limits>

namespace ebm::detail {

template <class E, bool Bounded>
class EnergyOfTarget {
 public:
  using Scalar = typename E::Scalar;
  static constexpr int dim = 1;

  EnergyOfTarget(const E& energy, TileSpan<Scalar, E::dim> points) : energy_(&energy), points_(points) {}

  void value(TileSpan<const Scalar, 1> y, LanesSpan<Scalar> values, Workspace& workspace) const {
    set_targets(y);
    evaluate(*energy_, points_, values, workspace);
    forbid(y, values);
  }
  void value_and_gradient(TileSpan<const Scalar, 1> y, LanesSpan<Scalar> values, TileSpan<Scalar, 1> gradients,
                          Workspace& workspace) const {
    set_targets(y);
    Workspace::Scope scope(workspace);
    const auto slopes = workspace.tiles<Scalar, E::dim>(points_.count(), E::dim);
    evaluate(*energy_, points_, values, slopes, workspace);
    for (Index t = 0; t < points_.count(); ++t) copy_lanes(slopes.coordinate(t, E::dim - 1), gradients.tile_data(t));
    forbid(y, values);
  }
  void set_targets(TileSpan<const Scalar, 1> y) const {
    for (Index t = 0; t < points_.count(); ++t) copy_lanes(y.tile_data(t), points_.coordinate(t, E::dim - 1));
  }

 private:
  static void copy_lanes(const Scalar* from, Scalar* to) {
    using V = Pack<Scalar>;
    for (Index p = 0; p < kLanes<Scalar>; p += V::size) V::load(from + p).store(to + p);
  }
  void forbid(TileSpan<const Scalar, 1> y, LanesSpan<Scalar> values) const {
    if constexpr (Bounded) {
      using V = Pack<Scalar>;
      const V lower(energy_->targets().lower), upper(energy_->targets().upper),
          infinity(std::numeric_limits<Scalar>::infinity());
      for (Index i = 0; i < y.size(); i += V::size) {
        const V at = V::load(y.data() + i);
        select((lower <= at) & (at <= upper), V::load(values.data() + i), infinity).store(values.data() + i);
      }
    }
  }

  const E* energy_;
  TileSpan<Scalar, E::dim> points_;
};

}  // namespace ebm::detail
