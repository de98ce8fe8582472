// DiscretePath: from independent sites to any discrete energy.
//
//   log f_beta(x) = -(1 - beta) sum_i u_i(x_i) - beta E(x),   log Z_0 = sum_i log sum_k exp(-u_i(k))
//
// Without a base u all states are alike at beta = 0, and lattices move by their own block sweeps. With one, and for
// energies whose sweeps draw hidden units too, which temper the joint energy and not this one, sites are drawn one by
// one.
#pragma once

#include <ebm/partition/annealing_path.hpp>
#include <ebm/partition/base_slopes.hpp>
#include <ebm/partition/enumeration.hpp>
#include <ebm/partition/transfer_matrix.hpp>
#include <ebm/samplers/gibbs.hpp>

#include <memory>

namespace ebm {

namespace detail {

// An energy whose block sweep at inverse temperature beta leaves exp(-beta E) invariant.
template <class E>
concept SweepsItsOwnEnergy = GibbsEnergy<E> && DiscreteEnergy<E> && !HasTemperedValues<E>;

// (1 - beta) u + beta E, as an energy of its own; lives as long as what it looks at.
template <DiscreteEnergy E>
struct SiteBridge {
  using Scalar = typename E::Scalar;
  static constexpr int dim = E::dim;

  const E* energy;
  const Points<Scalar>* base;  // [site][value], or no rows
  Scalar beta;

  Index dimension() const { return dimension_of(*energy); }
  StateSet states() const { return energy->states(); }

  // sum_i u_i(x_i).
  void base_value(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values) const {
    std::fill_n(values.data(), values.size(), Scalar(0));
    const StateSet set = states();
    for (Index t = 0; t < x.count(); ++t) {
      for (Index i = 0; i < base->rows(); ++i) {
        for (Index l = 0; l < kLanes<Scalar>; ++l) {
          const double state = (static_cast<double>(x.coordinate(t, i)[l]) - set.first) / set.spacing;
          values.tile_data(t)[l] += (*base)(i, static_cast<Index>(state + 0.5));
        }
      }
    }
  }
  void value(TileSpan<const Scalar, dim> x, LanesSpan<Scalar> values, Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    const auto of_base = workspace.template tiles<Scalar, 1>(x.count(), 1);
    evaluate(*energy, x, values, workspace);
    base_value(x, of_base);
    for (Index i = 0; i < values.size(); ++i)
      values.data()[i] = ebm::fma(beta, values.data()[i], (Scalar(1) - beta) * of_base.data()[i]);
  }
  void conditional_energies(TileSpan<const Scalar, dim> x, Index site, LanesSpan<Scalar> energies,
                            Workspace& workspace) const {
    using V = Pack<Scalar>;
    ebm::conditional_energies(*energy, x, site, energies, workspace);
    for (Index k = 0; k < energies.count(); ++k) {
      const V offset((Scalar(1) - beta) * (base->rows() > 0 ? (*base)(site, k) : Scalar(0)));
      for (Index p = 0; p < kLanes<Scalar>; p += V::size)
        fma(V(beta), V::load(energies.tile_data(k) + p), offset).store(energies.tile_data(k) + p);
    }
  }
};

}  // namespace detail

template <DiscreteEnergy E>
class DiscretePath {
 public:
  using Scalar = typename E::Scalar;
  using State = Chains<Scalar, E::dim>;
  static constexpr Index tiles_at_once = kTilesAtOnce<E>;

  // `base` holds u_i(k), a row for each site and a column for each of its values; left out, 0.
  explicit DiscretePath(E energy, const std::optional<Points<double>>& base = std::nullopt)
      : energy_(std::move(energy)), base_(base ? base->rows() : 0, energy_.states().count) {
    const Index sites = dimension_of(energy_), values = energy_.states().count;
    log_z_ = static_cast<double>(sites) * ebm::log(static_cast<double>(values));
    if (!base) return;
    require_shape("base", *base, sites, values);
    require_finite("base", *base);
    log_z_ = 0;
    std::vector<double> terms(static_cast<std::size_t>(values));
    for (Index i = 0; i < sites; ++i) {
      for (Index k = 0; k < values; ++k) {
        base_(i, k) = static_cast<Scalar>((*base)(i, k));
        terms[static_cast<std::size_t>(k)] = -static_cast<double>(base_(i, k));
      }
      log_z_ += log_sum_exp(terms);
    }
  }

  const E& energy() const { return energy_; }
  double base_log_partition() const { return log_z_; }
  State make_state(Index tiles) const { return State(tiles, dimension_of(energy_)); }

  void draw_base(State& state, TileRange range, const Stream& stream, Workspace&) const {
    const StateSet values = energy_.states();
    const auto x = state.positions();
    for (Index i = 0; i < x.dim(); ++i) {
      std::vector<double> cumulative;
      for (Index k = 0; k < values.count; ++k) {
        const double weight = base_.rows() > 0 ? ebm::exp(-static_cast<double>(base_(i, k))) : 1.0;
        cumulative.push_back(weight + (k > 0 ? cumulative.back() : 0.0));
      }
      for (Index t = range.first; t < range.first + range.count; ++t) {
        for (Index l = 0; l < kLanes<Scalar>; ++l) {
          const double mark = cumulative.back() * stream.uniform(static_cast<std::uint32_t>(t * kLanes<Scalar> + l),
                                                                 static_cast<std::uint64_t>(i));
          Index k = 0;
          while (k + 1 < values.count && cumulative[static_cast<std::size_t>(k)] <= mark) ++k;
          x.coordinate(t, i)[l] = static_cast<Scalar>(values.value(k));
        }
      }
    }
  }

  void weigh(const State& state, TileRange range, double from, double to, double* weights, Workspace& workspace) const {
    for_each_slope(state, range, workspace,
                   [&](Index chain, double slope) { weights[chain] = ebm::fma(to - from, slope, weights[chain]); });
  }
  void slopes(const State& state, TileRange range, double, double* slopes, Workspace& workspace) const {
    for_each_slope(state, range, workspace, [&](Index chain, double slope) { slopes[chain] = slope; });
  }

  void move(State& state, TileRange range, double beta, const Stream& stream, Index step, Workspace& workspace) const {
    if constexpr (detail::SweepsItsOwnEnergy<E>) {
      if (base_.rows() == 0) {
        return sweep(
            state, range, stream, step, energy_.gibbs_uniforms(), workspace,
            [&](const auto& chains, auto& noise) { energy_.gibbs_sweep(chains.position, beta, noise, workspace); });
      }
    }
    const detail::SiteBridge<E> bridge{&energy_, &base_, static_cast<Scalar>(beta)};
    sweep(state, range, stream, step, dimension_of(energy_), workspace,
          [&](const auto& chains, auto& noise) { Gibbs{}.step(bridge, chains, 0.0, noise, chains.failed, workspace); });
  }

  void copy_chain(State& state, Index from, Index to, const State& source) const {
    state.copy_position(to, source, from);
  }
  void place(State& state, Index chain, const Points<double>& points, Index row) const {
    constexpr Index lanes = kLanes<Scalar>;
    require_shape("points", points, kAny, state.dim());
    const StateSet values = energy_.states();
    for (Index i = 0; i < state.dim(); ++i) {
      const double number = (points(row, i) - values.first) / values.spacing, nearest = std::floor(number + 0.5);
      require(nearest >= 0 && nearest < static_cast<double>(values.count) && std::abs(number - nearest) < 1e-3,
              "points", points(row, i), "one of the states of the energy");
      state.positions().coordinate(chain / lanes, i)[chain % lanes] =
          static_cast<Scalar>(values.value(static_cast<Index>(nearest)));
    }
  }

  // Where modes may be: some cold sweeps.
  void quench(State& state, const Stream& stream, Workspace& workspace) const {
    for (Index k = 0; k < 20; ++k) move(state, {0, state.tiles()}, 4.0, stream, k, workspace);
  }

  // An energy's own sampler, or enumeration where there are few states, or the transfer matrix of a narrow graph; what
  // the last needs, the graph alone tells.
  bool offers_target_draws() const {
    if (kSamples || StateEnumeration<E>::states_of(energy_) <= kMostStates) return true;
    if constexpr (PairModel<E>) return TransferMatrix<E>::entries_for_draws(energy_) <= kNarrow.most_entries;
    return false;
  }
  void draw_target(State& state, const Stream& stream) const {
    const Index chains = state.tiles() * kLanes<Scalar>;
    Rng rng(stream.key());
    const auto place_all = [&](const auto& rows) {
      const Points<double> points = rows.template cast<double>();
      for (Index c = 0; c < chains; ++c) place(state, c, points, c);
    };
    if constexpr (kSamples) {
      return place_all(energy_.sample(chains, rng));
    } else if constexpr (PairModel<E>) {
      if (StateEnumeration<E>::states_of(energy_) > kMostStates)
        return place_all(TransferMatrix<E>(energy_, kNarrow).draws(chains, rng));
    }
    const StateEnumeration<E> all(energy_);
    Points<double> point(1, state.dim());
    all.draw(chains, stream, [&](Index chain, Index number) {
      point.row(0) = all.point(number).transpose();
      place(state, chain, point, 0);
    });
  }

 private:
  static constexpr double kMostStates = 0x1p16;
  static constexpr TransferMatrixOptions kNarrow{.most_entries = 0x1p24};
  static constexpr bool kSamples = requires(const E& e, Rng& rng) { e.sample(Index{}, rng).template cast<double>(); };

  // f(chain, u(x) - E(x)).
  template <class F>
  void for_each_slope(const State& state, TileRange range, Workspace& workspace, F f) const {
    const detail::SiteBridge<E> bridge{&energy_, &base_, Scalar(1)};
    const auto base_value = [&](const auto& x, const auto& values, Workspace&) { bridge.base_value(x, values); };
    detail::for_each_base_slope(energy_, state, range, workspace, base_value, f);
  }

  // step_once(chains, noise) for groups of tiles.
  template <class StepOnce>
  void sweep(State& state, TileRange range, const Stream& stream, Index step, Index uniforms, Workspace& workspace,
             StepOnce step_once) const {
    for (Index t = 0; t < range.count; t += tiles_at_once) {
      Workspace::Scope scope(workspace);
      const Index count = std::min(tiles_at_once, range.count - t);
      TileNoise<Scalar, E::dim> noise(stream, range.first + t, count, state.dim(), step, workspace, uniforms, step + 1);
      noise.next();
      step_once(state.state(range.first + t, count), noise);
    }
  }

  E energy_;
  Points<Scalar> base_;
  double log_z_ = 0;
};

}  // namespace ebm
