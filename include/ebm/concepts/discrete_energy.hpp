// DiscreteEnergy: an energy whose coordinates each take one of finitely many values; GibbsEnergy: one that can draw
// whole blocks of its coordinates from their exact conditional distribution.
//
//   states() -> StateSet                                    the values that every coordinate takes
//   conditional_energies(x, site, energies, workspace)      optional: energies[k][lane] = E(x with x_site = value k) up to
//                                                           a constant of the lane; x is one tile
//   gibbs_sweep(x, inverse_temperature, noise, workspace)   resamples every block of some tiles once, in place
//   gibbs_uniforms() -> Index                               uniforms that a sweep uses; a multiple of kNoiseBlock
//   value_at(x, inverse_temperature, values, workspace)     where a sweep tempers the joint law of x and hidden units:
//                                                           u of some tiles, exp(-u) the law of x that it leaves
//   accepts_real_states                                     optional: static constexpr bool; true where real numbers
//                                                           between states serve as data, such as grey pixels
//
// A state is a point like any other, with values such as 0 and 1, or -1 and 1, as coordinates: whatever evaluates,
// packs, stores or trains points serves discrete ones as well.
#pragma once

#include <ebm/concepts/evaluation.hpp>
#include <ebm/concepts/kernel.hpp>

namespace ebm {

// The values first, first + spacing, ..., `count` of them.
struct StateSet {
  double first = 0, spacing = 1;
  Index count = 2;

  double value(Index state) const { return first + spacing * static_cast<double>(state); }
  bool operator==(const StateSet&) const = default;
};

inline constexpr StateSet kBits{0, 1, 2};    // 0 and 1
inline constexpr StateSet kSpins{-1, 2, 2};  // -1 and 1

template <class E>
concept DiscreteEnergy = Energy<E> && requires(const E& e) {
  { e.states() } -> std::same_as<StateSet>;
};

template <class E>
concept HasConditionalEnergies = requires(const E& e, detail::ConstTiles<E> x, LanesSpan<typename E::Scalar> energies,
                                          Workspace& workspace) {
  { e.conditional_energies(x, Index{}, energies, workspace) } -> std::same_as<void>;
};

template <class E>
concept GibbsEnergy = Energy<E> && requires(const E& e, detail::MutableTiles<E> x,
                                            TileNoise<typename E::Scalar, E::dim>& noise, Workspace& workspace) {
  { e.gibbs_sweep(x, 1.0, noise, workspace) } -> std::same_as<void>;
  { e.gibbs_uniforms() } -> std::same_as<Index>;
};

// Its sweeps temper a joint law with hidden units, not exp(-E).
template <class E>
concept HasTemperedValues = requires(const E& e, detail::ConstTiles<E> x, LanesSpan<typename E::Scalar> values,
                                     Workspace& workspace) {
  { e.value_at(x, 1.0, values, workspace) } -> std::same_as<void>;
};

// Can be sampled by Gibbs: by its own blocks, or site by site.
template <class E>
concept ResampledEnergy = GibbsEnergy<E> || DiscreteEnergy<E>;

// energies[k][lane] = E of one tile with the site's coordinate set to value k, up to a constant of the lane: the
// energy's own differences where it has them, else an evaluation for every value.
template <DiscreteEnergy E>
void conditional_energies(const E& energy, detail::ConstTiles<E> x, Index site, LanesSpan<typename E::Scalar> energies,
                          Workspace& workspace) {
  using Scalar = typename E::Scalar;
  if constexpr (HasConditionalEnergies<E>) {
    energy.conditional_energies(x, site, energies, workspace);
  } else {
    Workspace::Scope scope(workspace);
    const auto changed = workspace.tiles<Scalar, E::dim>(1, x.dim());
    std::copy_n(x.data(), x.size(), changed.data());
    const StateSet states = energy.states();
    for (Index k = 0; k < states.count; ++k) {
      std::fill_n(changed.coordinate(0, site), kLanes<Scalar>, static_cast<Scalar>(states.value(k)));
      evaluate(energy, detail::ConstTiles<E>(changed), energies.subspan(k, 1), workspace);
    }
  }
}

// E::accepts_real_states if the energy says so, else not.
template <class E>
inline constexpr bool kAcceptsRealStates = false;
template <class E>
  requires std::same_as<std::remove_cvref_t<decltype(E::accepts_real_states)>, bool>
inline constexpr bool kAcceptsRealStates<E> = E::accepts_real_states;

namespace detail {

template <class Scalar>
bool is_state(Scalar value, StateSet states) {
  for (Index k = 0; k < states.count; ++k) {
    if (value == static_cast<Scalar>(states.value(k))) return true;
  }
  return false;
}

// `place` is such as "at row 3, column 5".
[[noreturn, gnu::cold, gnu::noinline]] inline void throw_not_a_state(const char* argument, double value,
                                                                     const std::string& place, StateSet states,
                                                                     bool or_between) {
  throw ValueError(joined({argument, ": ", to_text(value), " ", place, ", wanted one of the energy's ",
                           count_text(states.count), " states from ", to_text(states.first), " in steps of ",
                           to_text(states.spacing), or_between ? ", or between them" : ""}));
}

}  // namespace detail

// Throws where a row of points is nothing that the energy is of: a coordinate that is none of a discrete energy's
// states, or where it accepts real ones, is beyond the first and the last of them. An energy with points of a kind of
// its own checks them itself (require_points); any other accepts all points.
template <class E, class Derived>
void require_states(const char* argument, const Eigen::DenseBase<Derived>& points, const E& energy) {
  if constexpr (requires { energy.require_points(argument, points); }) {
    energy.require_points(argument, points);
  } else if constexpr (DiscreteEnergy<E>) {
    using Scalar = typename E::Scalar;
    const StateSet states = energy.states();
    const Scalar first = static_cast<Scalar>(states.value(0)),
                 last = static_cast<Scalar>(states.value(states.count - 1));
    for (Index i = 0; i < points.cols(); ++i) {
      for (Index row = 0; row < points.rows(); ++row) {
        const Scalar value = static_cast<Scalar>(points.derived().coeff(row, i));
        const bool between = kAcceptsRealStates<E> && value >= std::min(first, last) && value <= std::max(first, last);
        if (!between && !detail::is_state(value, states)) {
          detail::throw_not_a_state(argument, static_cast<double>(points.derived().coeff(row, i)),
                                    joined({"at row ", count_text(row), ", column ", count_text(i)}), states,
                                    kAcceptsRealStates<E>);
        }
      }
    }
  }
}

}  // namespace ebm
