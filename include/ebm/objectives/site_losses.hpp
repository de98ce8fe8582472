// Losses that judge the conditional distribution of one site at a time, of any discrete energy:
//
//   loss(x) = sum_i S(E(x with x_i = 0), ..., E(x with x_i = q - 1); x_i)
//
// where S depends on differences of energies alone, so that log Z is not needed. The gradient is the sum over sites and
// values of dS/dE_k times dE/dtheta of the state changed there: dim (q - 1) + 1 states for each example, unless the
// energy knows better (concepts/site_energies.hpp).
#pragma once

#include <ebm/concepts/site_energies.hpp>
#include <ebm/core/lane_math.hpp>

namespace ebm {

namespace detail {

// What a loss sees of one site, for one pack of lanes: the energies of the values, and which is the present one. The
// energies are overwritten by the slopes dS/dE_k.
template <class Scalar>
class SiteLanes {
 public:
  using V = Pack<Scalar>;

  SiteLanes(Scalar* energies, const Scalar* x, StateSet states)
      : energies_(energies), x_(V::load(x)), states_(states) {}

  Index count() const { return states_.count; }
  EBM_INLINE V energy(Index k) const { return V::load(energies_ + k * kLanes<Scalar>); }
  // What was last set; the memory is that of the energy.
  EBM_INLINE V slope(Index k) const { return energy(k); }
  EBM_INLINE void set_slope(Index k, V slope) { slope.store(energies_ + k * kLanes<Scalar>); }
  EBM_INLINE auto is_present(Index k) const { return x_ == V(states_.value(k)); }
  // The energy of the state as it is; NaN where the coordinate is no state at all.
  EBM_INLINE V present() const {
    V result(std::numeric_limits<Scalar>::quiet_NaN());
    for (Index k = 0; k < count(); ++k) result = select(is_present(k), energy(k), result);
    return result;
  }
  EBM_INLINE V smallest() const {
    V result = energy(0);
    for (Index k = 1; k < count(); ++k) result = minimum(result, energy(k));
    return result;
  }

 private:
  Scalar* energies_;
  V x_;
  StateSet states_;
};

// The states that differ from x at one site, several at a time, and x itself.
template <class E>
  requires DiscreteEnergy<E> && TrainableEnergy<E>
void add_site_gradients(const E& energy, ConstTiles<E> x, std::span<const Index> sites,
                        LanesSpan<const typename E::Scalar> slopes, std::span<typename E::Scalar> gradient,
                        Workspace& workspace) {
  if constexpr (HasSiteGradients<E>) {
    energy.add_site_gradients(x, sites, slopes, gradient, workspace);
  } else {
    using Scalar = typename E::Scalar;
    using V = Pack<Scalar>;
    constexpr Index at_once = 4;
    Workspace::Scope scope(workspace);
    const StateSet states = energy.states();
    const auto changed = workspace.tiles<Scalar, E::dim>(at_once, x.dim());
    const auto weights = workspace.tiles<Scalar, 1>(at_once, 1), values = workspace.tiles<Scalar, 1>(at_once, 1);
    Lanes<Scalar> unchanged_weight = Lanes<Scalar>::Zero();
    Index filled = 0;
    const auto flush = [&] {
      if (filled > 0)
        energy.add_parameter_gradient(changed.subspan(0, filled), weights.subspan(0, filled), values.subspan(0, filled),
                                      gradient, workspace);
      filled = 0;
    };
    for (std::size_t n = 0; n < sites.size(); ++n) {
      const Scalar *from = x.coordinate(0, sites[n]), *slope = slopes.tile_data(static_cast<Index>(n) * states.count);
      for (Index shift = 0; shift < states.count; ++shift) {
        Scalar* to = changed.tile_data(filled);
        if (shift > 0) std::copy_n(x.data(), x.size(), to);
        for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
          const V old = V::load(from + p);
          V value = old, weight(0);
          for (Index k = 0; k < states.count; ++k) {
            const Index other = (k + shift) % states.count;
            const auto is_k = old == V(states.value(k));
            value = select(is_k, V(states.value(other)), value);
            weight = select(is_k, V::load(slope + other * kLanes<Scalar> + p), weight);
          }
          if (shift > 0) {
            value.store(changed.coordinate(filled, sites[n]) + p);
            weight.store(weights.tile_data(filled) + p);
          } else {
            (V::load(unchanged_weight.data() + p) + weight).store(unchanged_weight.data() + p);
          }
        }
        if (shift > 0 && ++filled == at_once) flush();
      }
    }
    std::copy_n(x.data(), x.size(), changed.tile_data(filled));
    std::copy_n(unchanged_weight.data(), kLanes<Scalar>, weights.tile_data(filled++));
    flush();
  }
}

// Sites that are looked at together: bounds the memory for their energies.
inline constexpr std::size_t kSitesAtOnce = 1024;

// losses[lane] = the sum over the sites of one tile; then use(sites, slopes, workspace) for every few of them.
template <class Loss, DiscreteEnergy E, class Use>
void site_losses(const E& energy, ConstTiles<E> x, std::span<const Index> sites, LanesSpan<typename E::Scalar> losses,
                 Workspace& workspace, Use use) {
  using Scalar = typename E::Scalar;
  using V = Pack<Scalar>;
  const StateSet states = energy.states();
  std::fill_n(losses.data(), losses.size(), Scalar(0));
  for (std::size_t first = 0; first < sites.size(); first += kSitesAtOnce) {
    const auto some = sites.subspan(first, std::min(kSitesAtOnce, sites.size() - first));
    Workspace::Scope scope(workspace);
    const auto energies = workspace.tiles<Scalar, 1>(static_cast<Index>(some.size()) * states.count, 1);
    site_energies(energy, x, some, energies, workspace);
    for (std::size_t n = 0; n < some.size(); ++n) {
      for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
        SiteLanes<Scalar> lanes(energies.tile_data(static_cast<Index>(n) * states.count) + p,
                                x.coordinate(0, some[n]) + p, states);
        Scalar* to = losses.data() + p;
        Loss::add(lanes, V::load(to)).store(to);
      }
    }
    use(some, energies, workspace);
  }
}

// losses[lane] = the sum over the sites; gradient += sum of weights dloss/dtheta. Lanes of weight 0 do not count.
template <class Loss, class E>
  requires DiscreteEnergy<E> && TrainableEnergy<E>
void add_site_losses(const E& energy, ConstTiles<E> x, std::span<const Index> sites,
                     LanesSpan<const typename E::Scalar> weights, LanesSpan<typename E::Scalar> losses,
                     std::span<typename E::Scalar> gradient, Workspace& workspace) {
  using Scalar = typename E::Scalar;
  using V = Pack<Scalar>;
  site_losses<Loss>(energy, x, sites, losses, workspace,
                    [&](std::span<const Index> some, LanesSpan<Scalar> slopes, Workspace& scratch) {
                      for (Index n = 0; n < slopes.count(); ++n) {
                        for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
                          const V weight = V::load(weights.data() + p);
                          Scalar* slope = slopes.tile_data(n) + p;
                          select(weight == V(0), V(0), weight * V::load(slope)).store(slope);
                        }
                      }
                      add_site_gradients(energy, x, some, slopes, gradient, scratch);
                    });
}

}  // namespace detail

}  // namespace ebm
