// QuadraticForm: half the square of the distance to a centre, by a diagonal or by any symmetric matrix.
//
//   E(x) = (x - c)' P (x - c) / 2        dE/dx = P (x - c)
//
// In many dimensions the dense product runs on the tile kernel, over panels of rows of P.
#pragma once

#include <ebm/energies/coordinates.hpp>
#include <ebm/networks/tile_kernel.hpp>

#include <vector>

namespace ebm::detail {

template <class Scalar, int Dim>
class QuadraticForm {
 public:
  QuadraticForm(const Eigen::Matrix<double, Dim, 1>& centre, const Eigen::Matrix<double, Dim, 1>& diagonal)
      : QuadraticForm(centre, false) {
    for (Index i = 0; i < dimension(); ++i) matrix_.push_back(static_cast<Scalar>(diagonal[i]));
  }
  QuadraticForm(const Eigen::Matrix<double, Dim, 1>& centre, const Eigen::MatrixXd& matrix)
      : QuadraticForm(centre, true) {
    pack(matrix);
  }

  Index dimension() const { return static_cast<Index>(centre_.size()); }

  template <class V>
    requires kByLane<Dim> EBM_INLINE V lane_value_and_gradient(const Coordinates<V, Dim>& x,
                                                               Coordinates<V, Dim>& gradient)
  const {
    if (!dense_) return compute_diagonal(LanesOf<V, Dim>{x}, ToLanes<V, Dim>{gradient});
    constexpr auto n = static_cast<std::size_t>(Dim);
    Coordinates<V, Dim> centred;
    V sum(Scalar(0));
    unrolled<n>([&](auto i) __attribute__((always_inline)) { centred[i] = x[i] - V(centre_[i]); });
    unrolled<n>([&](auto i) __attribute__((always_inline)) {
      V product(Scalar(0));
      unrolled<n>([&](auto j)
                      __attribute__((always_inline)) { product = fma(V(matrix_[n * i + j]), centred[j], product); });
      gradient[i] = product;
      sum = fma(centred[i], product, sum);
    });
    return V(Scalar(0.5)) * sum;
  }

  void value(TileSpan<const Scalar, Dim> x, LanesSpan<Scalar> values, Workspace& workspace) const
      requires(!kByLane<Dim>) {
    if (dense_) {
      compute_dense(x, values, nullptr, workspace);
    } else {
      for_each_pack(x, values, [&](auto at, auto gradient) { return compute_diagonal(at, gradient); });
    }
  }
  void value_and_gradient(TileSpan<const Scalar, Dim> x, LanesSpan<Scalar> values, TileSpan<Scalar, Dim> gradients,
                          Workspace& workspace) const requires(!kByLane<Dim>) {
    if (dense_) {
      compute_dense(x, values, gradients.data(), workspace);
    } else {
      for_each_pack(x, values, gradients, [&](auto at, auto gradient) { return compute_diagonal(at, gradient); });
    }
  }

 private:
  QuadraticForm(const Eigen::Matrix<double, Dim, 1>& centre, bool dense) : dense_(dense) {
    for (Index i = 0; i < centre.size(); ++i) {
      centre_.push_back(static_cast<Scalar>(centre[i]));
      centred_ = centred_ && centre_.back() == Scalar(0);
    }
  }

  // Rows of the panels that hold a matrix of dynamic size; the last panel is filled up with zeros.
  static constexpr int kRows = kByLane<Dim> ? 1 : kPanelRows;
  void pack(const Eigen::MatrixXd& matrix) {
    const Index n = dimension();
    if constexpr (Dim != Dynamic && !kByLane<Dim>) {
      matrix_.resize(static_cast<std::size_t>(n * n));
      const auto weight = [&](Index row, Index k) { return static_cast<Scalar>(matrix(row, k)); };
      return pack_panels<Dim>(n, weight, matrix_.data());
    }
    for (Index first = 0; first < n; first += kRows) {
      for (Index k = 0; k < n; ++k) {
        for (Index row = first; row < first + kRows; ++row) {
          matrix_.push_back(row < n ? static_cast<Scalar>(matrix(row, k)) : Scalar(0));
        }
      }
    }
  }

  template <class X, class Gradient>
  EBM_INLINE auto compute_diagonal(X x, Gradient gradient) const {
    using V = typename X::Value;
    V sum(Scalar(0));
    for_each_coordinate<Dim>(
        dimension(), [&](auto i) __attribute__((always_inline)) {
          const auto index = static_cast<std::size_t>(i);
          const V centred = x(i) - V(centre_[index]), scaled = V(matrix_[index]) * centred;
          sum = fma(centred, scaled, sum);
          gradient(i, scaled);
        });
    return V(Scalar(0.5)) * sum;
  }

  void compute_dense(TileSpan<const Scalar, Dim> x, LanesSpan<Scalar> values, Scalar* gradients,
                     Workspace& workspace) const {
    constexpr int pair = kKernelTiles;
    Index t = 0;
    for (; t + pair <= x.count(); t += pair)
      compute_tiles<pair>(x.subspan(t, pair), values.subspan(t, pair), gradients ? gradients + t * x.stride() : nullptr,
                          workspace);
    for (; t < x.count(); ++t)
      compute_tiles<1>(x.subspan(t, 1), values.subspan(t, 1), gradients ? gradients + t * x.stride() : nullptr,
                       workspace);
  }

  TileSpan<const Scalar, Dim> subtract_centre(TileSpan<const Scalar, Dim> x, Workspace& workspace) const {
    using V = Pack<Scalar>;
    const auto centred = workspace.template tiles<Scalar, Dim>(x.count(), x.dim());
    for (Index t = 0; t < x.count(); ++t) {
      for (Index i = 0; i < x.dim(); ++i) {
        const V centre(centre_[static_cast<std::size_t>(i)]);
        for (Index p = 0; p < kLanes<Scalar>; p += V::size)
          (V::load(x.coordinate(t, i) + p) - centre).store(centred.coordinate(t, i) + p);
      }
    }
    return centred;
  }

  template <int Tiles>
  void compute_tiles(TileSpan<const Scalar, Dim> x, LanesSpan<Scalar> values, Scalar* gradients,
                     Workspace& workspace) const {
    using V = Pack<Scalar>;
    const Index n = dimension();
    Workspace::Scope scope(workspace);
    const auto centred = centred_ ? x : subtract_centre(x, workspace);
    V sum[Tiles][kPacks<Scalar>];
    for (auto& tile : sum) {
      for (V& pack : tile) pack = V(Scalar(0));
    }
    const auto finish = [&](Index first, Index rows, const Scalar* out) {
      for (Index row = 0; row < std::min(rows, n - first); ++row) {
        for (int t = 0; t < Tiles; ++t) {
          for (int p = 0; p < kPacks<Scalar>; ++p) {
            const V product = V::load(out + (t * rows + row) * kLanes<Scalar> + p * V::size);
            sum[t][p] = fma(V::load(centred.coordinate(t, first + row) + p * V::size), product, sum[t][p]);
            if (gradients) product.store(gradients + t * x.stride() + (first + row) * kLanes<Scalar> + p * V::size);
          }
        }
      }
    };
    const Scalar *panel = matrix_.data(), *no_start = nullptr;
    if constexpr (Dim != Dynamic) {
      tile_product<Dim, Tiles>(panel, no_start, n, centred.data(), centred.stride(), finish);
    } else {
      alignas(kAlignment) Scalar out[2 * kRows * kLanes<Scalar>];
      Index first = 0;
      if constexpr (Tiles == 1 && kPacks<Scalar> == 1) {
        for (; first + kRows < n; first += 2 * kRows, panel += 2 * kRows * n) {
          panel_pair_product<kRows>(panel, no_start, n, centred.data(), out);
          finish(first, 2 * kRows, out);
        }
      }
      for (; first < n; first += kRows, panel += kRows * n) {
        panel_product<kRows, Tiles>(panel, no_start, n, centred.data(), centred.stride(), out);
        finish(first, kRows, out);
      }
    }
    for (int t = 0; t < Tiles; ++t) {
      for (int p = 0; p < kPacks<Scalar>; ++p) (V(Scalar(0.5)) * sum[t][p]).store(values.tile_data(t) + p * V::size);
    }
  }

  bool dense_, centred_ = true;  // centred: the centre is 0
  std::vector<Scalar> centre_, matrix_;
};

}  // namespace ebm::detail
