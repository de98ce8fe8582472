// The shapes that every signature of the library speaks in.
//
// Rows are samples, columns are coordinates, storage is column-major, everywhere:
//   Points  N x Dim        a data set or a set of samples at the edge of the library
//   Values  N x 1          one value per sample
//   Tile    kLanes x Dim   the unit of hot work: one cache line per coordinate
//   Lanes   kLanes x 1     one value per chain of a tile
// TileSpan is a view of consecutive tiles in memory, laid out [tile][coordinate][lane].
#pragma once

#include <Eigen/Core>

#include <type_traits>

namespace ebm {

using Index = Eigen::Index;
inline constexpr int Dynamic = Eigen::Dynamic;

// Bytes in a cache line, and the alignment of every hot array whatever the compiler's flags.
inline constexpr int kAlignment = 64;

// Chains in a tile: 16 floats or 8 doubles.
template <class Scalar>
inline constexpr int kLanes = kAlignment / static_cast<int>(sizeof(Scalar));

template <class Scalar, int Dim = Dynamic>
using Points = Eigen::Matrix<Scalar, Eigen::Dynamic, Dim>;

template <class Scalar>
using Values = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;

// An Eigen array of fixed rows whose alignment does not depend on the instruction set.
template <class Scalar, int Dim>
class alignas(kAlignment) Tile : public Eigen::Array<Scalar, kLanes<Scalar>, Dim> {
 public:
  using Base = Eigen::Array<Scalar, kLanes<Scalar>, Dim>;
  using Base::Base;
  using Base::operator=;
  Tile() = default;
  template <class Derived>
  Tile(const Eigen::ArrayBase<Derived>& expression) : Base(expression) {}
};

template <class Scalar>
class Lanes : public Tile<Scalar, 1> {
 public:
  using Tile<Scalar, 1>::Tile;
  using Tile<Scalar, 1>::operator=;
  Lanes() = default;
  template <class Derived>
  Lanes(const Eigen::ArrayBase<Derived>& expression) : Tile<Scalar, 1>(expression) {}
};

// Consecutive tiles in the memory of somebody else, aligned to kAlignment. Scalar may be const.
template <class Scalar, int Dim>
class TileSpan {
 public:
  using Element = std::remove_const_t<Scalar>;
  using Array = Eigen::Array<Element, kLanes<Element>, Dim>;
  using Map = Eigen::Map<std::conditional_t<std::is_const_v<Scalar>, const Array, Array>, Eigen::Aligned64>;

  TileSpan(Scalar* data, Index count, Index dim) : data_(data), count_(count), dim_(dim) {}
  TileSpan(Scalar* data, Index count) requires(Dim != Dynamic) : TileSpan(data, count, Dim) {}

  operator TileSpan<const Element, Dim>() const { return {data_, count_, dim()}; }

  Scalar* data() const { return data_; }
  Index count() const { return count_; }
  Index dim() const { return dim_.value(); }
  Index size() const { return count_ * stride(); }

  // Elements from one tile to the next.
  Index stride() const { return kLanes<Element> * dim(); }

  Map operator[](Index tile) const { return Map(tile_data(tile), kLanes<Element>, dim()); }
  Scalar* tile_data(Index tile) const { return data_ + tile * stride(); }
  Scalar* coordinate(Index tile, Index i) const { return tile_data(tile) + i * kLanes<Element>; }
  TileSpan subspan(Index first, Index count) const { return {tile_data(first), count, dim()}; }

 private:
  Scalar* data_;
  Index count_;
  Eigen::internal::variable_if_dynamic<Index, Dim> dim_;
};

// One value per lane for each of several tiles.
template <class Scalar>
using LanesSpan = TileSpan<Scalar, 1>;

// Tiles that hold `rows` samples; the last one is padded, never shortened.
template <class Scalar>
constexpr Index tiles_for(Index rows) {
  return (rows + kLanes<Scalar> - 1) / kLanes<Scalar>;
}

}  // namespace ebm
