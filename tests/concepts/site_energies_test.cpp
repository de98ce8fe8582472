// Energies that know their single-site changes together, what comes near without meeting the concepts, and the rest.
#include <ebm/concepts/site_energies.hpp>

#include "support/catch.hpp"
#include "support/small_discrete.hpp"

namespace {

using namespace ebm;
using small_discrete::Pairwise;
using Tiles = TileSpan<const double, Dynamic>;

// Answers with the number of the site, and of the value.
struct Knows : Pairwise<double> {
  using Pairwise::Pairwise;
  void site_energies(Tiles, std::span<const Index> sites, LanesSpan<double> energies, Workspace&) const {
    for (Index n = 0; n < energies.count(); ++n)
      std::fill_n(energies.tile_data(n), kLanes<double>,
                  static_cast<double>(10 * sites[static_cast<std::size_t>(n / 2)] + n % 2));
  }
  void add_site_gradients(Tiles, std::span<const Index>, LanesSpan<const double>, std::span<double>, Workspace&) const {
  }
};
struct NotConst : Pairwise<double> {
  void site_energies(Tiles, std::span<const Index>, LanesSpan<double>, Workspace&);
};
struct OneSite : Pairwise<double> {
  void site_energies(Tiles, Index, LanesSpan<double>, Workspace&) const;
};
struct Returns : Pairwise<double> {
  int add_site_gradients(Tiles, std::span<const Index>, LanesSpan<const double>, std::span<double>, Workspace&) const;
};
static_assert(HasSiteEnergies<Knows> && HasSiteGradients<Knows>);
static_assert(!HasSiteEnergies<Pairwise<double>> && !HasSiteGradients<Pairwise<double>>);
static_assert(!HasSiteEnergies<NotConst> && !HasSiteEnergies<OneSite> && !HasSiteGradients<Returns>);

}  // namespace

TEST_CASE("site_energies: those of the energy's own member, or of every changed state") {
  const Knows energy(4, kSpins, 0.7, 3);
  const Pairwise<double>& plain = energy;
  const auto points = small_discrete::all_states<double>(4, kSpins).topRows(kLanes<double>).eval();
  Workspace workspace;
  const auto x = workspace.tiles<double, Dynamic>(1, 4);
  pack_rows(points, x);
  const std::vector<Index> sites{3, 1};
  const auto given = workspace.tiles<double, 1>(4, 1);
  site_energies(energy, Tiles(x), sites, given, workspace);
  CHECK(given.tile_data(0)[0] == 30);
  CHECK(given.tile_data(3)[2] == 11);
  site_energies(plain, Tiles(x), sites, given, workspace);
  for (const Index n : {0, 1}) {
    for (const Index k : {0, 1}) {
      auto changed = points;
      changed.col(sites[static_cast<std::size_t>(n)]).setConstant(kSpins.value(k));
      const auto exact = energies(plain, changed);
      for (Index l = 0; l < kLanes<double>; ++l)
        CHECK(given.tile_data(2 * n + k)[l] == Approx(exact(l)).epsilon(1e-12));
    }
  }
}
