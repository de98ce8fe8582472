// How an energy of few coordinates is written once for every form: over lanes in registers and over tiles in memory.
//
// An energy that computes with `x(i)` and hands each dE/dx_i to `gradient(i, value)` runs on LanesOf (registers, the
// loop over coordinates unrolled) and on a pack of a tile (memory, any dimension). ByCoordinates makes its members.
#pragma once

#include <ebm/concepts/energy.hpp>

#include <utility>

namespace ebm {

// The coordinates of some lanes: one V each.
template <class V, int Dim>
using Coordinates = std::array<V, static_cast<std::size_t>(Dim > 0 ? Dim : 0)>;

namespace detail {

template <int Dim>
inline constexpr bool kByLane = Dim > 0 && Dim <= kMostLaneCoordinates;

// f(0), ..., f(N - 1) with arguments that are constants.
template <std::size_t N, class F>
EBM_INLINE void unrolled(F f) {
  [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
    (f(std::integral_constant<std::size_t, I>{}), ...);
  }
  (std::make_index_sequence<N>{});
}

// f(i) for every coordinate in ascending order, unrolled where there are few.
template <int Dim, class F>
EBM_INLINE void for_each_coordinate(Index dim, F f) {
  if constexpr (kByLane<Dim>) {
    unrolled<Dim>(f);
  } else {
    for (Index i = 0; i < dim; ++i) f(i);
  }
}

// x(i), gradient(i, value) and gradient.at(i) over coordinates in registers.
template <class V, int Dim>
struct LanesOf {
  using Value = V;
  const Coordinates<V, Dim>& coordinates;
  EBM_INLINE V operator()(Index i) const { return coordinates[static_cast<std::size_t>(i)]; }
};
template <class V, int Dim>
struct ToLanes {
  Coordinates<V, Dim>& coordinates;
  EBM_INLINE void operator()(Index i, V value) const { coordinates[static_cast<std::size_t>(i)] = value; }
  EBM_INLINE V at(Index i) const { return coordinates[static_cast<std::size_t>(i)]; }
};

// The same over one pack of a tile.
template <class Scalar>
struct PackOf {
  using Value = Pack<Scalar>;
  const Scalar* first;
  EBM_INLINE Pack<Scalar> operator()(Index i) const { return Pack<Scalar>::load(first + i * kLanes<Scalar>); }
};
template <class Scalar>
struct ToPack {
  Scalar* first;
  EBM_INLINE void operator()(Index i, Pack<Scalar> value) const { value.store(first + i * kLanes<Scalar>); }
  EBM_INLINE Pack<Scalar> at(Index i) const { return Pack<Scalar>::load(first + i * kLanes<Scalar>); }
};

// Gradients that nobody asked for.
struct NoGradient {
  template <class V>
  EBM_INLINE void operator()(Index, const V&) const {}
};

// values <- compute(x, NoGradient) for every pack of some tiles.
template <class Scalar, int Dim, class Compute>
EBM_INLINE void for_each_pack(TileSpan<const Scalar, Dim> x, LanesSpan<Scalar> values, Compute compute) {
  for (Index t = 0; t < x.count(); ++t) {
    for (Index p = 0; p < kLanes<Scalar>; p += Pack<Scalar>::size) {
      compute(PackOf<Scalar>{x.tile_data(t) + p}, NoGradient{}).store(values.tile_data(t) + p);
    }
  }
}
// values, gradients <- compute(x, gradient).
template <class Scalar, int Dim, class Compute>
EBM_INLINE void for_each_pack(TileSpan<const Scalar, Dim> x, LanesSpan<Scalar> values, TileSpan<Scalar, Dim> gradients,
                              Compute compute) {
  for (Index t = 0; t < x.count(); ++t) {
    for (Index p = 0; p < kLanes<Scalar>; p += Pack<Scalar>::size) {
      compute(PackOf<Scalar>{x.tile_data(t) + p}, ToPack<Scalar>{gradients.tile_data(t) + p})
          .store(values.tile_data(t) + p);
    }
  }
}

// The members of an energy that has compute(x, gradient) alone: by lane where its coordinates fit into registers, in
// place where they do not. A base of the library's own energies, whose members they are to their users.
template <class E, class Scalar, int Dim>
class ByCoordinates {
 public:
  template <class V>
    requires kByLane<Dim>
  EBM_INLINE V lane_value(const Coordinates<V, Dim>& x) const {
    return energy().compute(LanesOf<V, Dim>{x}, NoGradient{});
  }
  template <class V>
    requires kByLane<Dim>
  EBM_INLINE V lane_value_and_gradient(const Coordinates<V, Dim>& x, Coordinates<V, Dim>& gradient) const {
    return energy().compute(LanesOf<V, Dim>{x}, ToLanes<V, Dim>{gradient});
  }

  void value(TileSpan<const Scalar, Dim> x, LanesSpan<Scalar> values, Workspace&) const requires(!kByLane<Dim>) {
    for_each_pack(x, values, [&](auto at, auto gradient) { return energy().compute(at, gradient); });
  }
  void value_and_gradient(TileSpan<const Scalar, Dim> x, LanesSpan<Scalar> values, TileSpan<Scalar, Dim> gradients,
                          Workspace&) const requires(!kByLane<Dim>) {
    for_each_pack(x, values, gradients, [&](auto at, auto gradient) { return energy().compute(at, gradient); });
  }

 private:
  EBM_INLINE const E& energy() const { return static_cast<const E&>(*this); }
};

}  // namespace detail
}  // namespace ebm
