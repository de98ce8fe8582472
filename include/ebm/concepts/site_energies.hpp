// The energies of all states that differ from a state at one site, for many sites of one tile.
//
//   site_energies(energy, x, sites, energies, workspace)
//       energies[n q + k][lane] = E(x with site sites[n] at value k), up to a constant of n and the lane
//
// An energy that knows them together offers a member of that name without the first argument; else they come from
// conditional_energies, site by site. One that knows their parameter gradient together offers
//
//   add_site_gradients(x, sites, slopes, gradient, workspace)
//       gradient += sum of slopes[n q + k][lane] dE/dtheta of the same states; those of a site and lane sum to zero
#pragma once

#include <ebm/concepts/discrete_energy.hpp>

namespace ebm {

template <class E>
concept HasSiteEnergies = requires(const E& e, detail::ConstTiles<E> x, std::span<const Index> sites,
                                   LanesSpan<typename E::Scalar> energies, Workspace& workspace) {
  { e.site_energies(x, sites, energies, workspace) } -> std::same_as<void>;
};
template <class E>
concept HasSiteGradients = requires(const E& e, detail::ConstTiles<E> x, std::span<const Index> sites,
                                    LanesSpan<const typename E::Scalar> slopes, std::span<typename E::Scalar> gradient,
                                    Workspace& workspace) {
  { e.add_site_gradients(x, sites, slopes, gradient, workspace) } -> std::same_as<void>;
};

template <DiscreteEnergy E>
void site_energies(const E& energy, detail::ConstTiles<E> x, std::span<const Index> sites,
                   LanesSpan<typename E::Scalar> energies, Workspace& workspace) {
  if constexpr (HasSiteEnergies<E>) {
    energy.site_energies(x, sites, energies, workspace);
  } else {
    const Index q = energy.states().count;
    for (std::size_t n = 0; n < sites.size(); ++n)
      conditional_energies(energy, x, sites[n], energies.subspan(static_cast<Index>(n) * q, q), workspace);
  }
}

}  // namespace ebm
