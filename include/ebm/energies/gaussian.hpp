// Gaussian: isotropic, diagonal or with any covariance.
//
//   E(x) = (x - mean)' P (x - mean) / 2,   P the inverse of the covariance
//   log Z = (Dim log(2 pi) + log det covariance) / 2
//
// In many dimensions the dense product runs on the tile kernel, over panels of rows of P.
#pragma once

#include <ebm/core/box.hpp>
#include <ebm/core/cholesky.hpp>
#include <ebm/core/rng.hpp>
#include <ebm/energies/coordinates.hpp>
#include <ebm/networks/tile_kernel.hpp>

namespace ebm {

template <class S, int Dim>
class Gaussian {
 public:
  using Scalar = S;
  using Vector = Eigen::Matrix<double, Dim, 1>;
  using Matrix = Eigen::Matrix<double, Dim, Dim>;
  static constexpr int dim = Dim;
  static constexpr Index tiles_at_once = detail::kByLane<Dim> ? 4 : detail::kKernelTiles;

  // Mean 0, covariance 1.
  Gaussian() requires(Dim != Dynamic) : Gaussian(Index{Dim}) {}
  explicit Gaussian(Index dimension) : Gaussian(diagonal(Vector::Zero(dimension), Vector::Ones(dimension))) {}

  static Gaussian isotropic(const Vector& mean, double sd) { return diagonal(mean, Vector::Constant(mean.size(), sd)); }
  static Gaussian diagonal(const Vector& mean, const Vector& sd) {
    require_shape("sd", sd, mean.size(), 1);
    Gaussian result(mean, sd, false);
    for (Index i = 0; i < sd.size(); ++i) {
      require(sd[i] > 1e-15 && sd[i] < 1e15, "sd", sd[i], "positive numbers");
      result.precision_.push_back(static_cast<Scalar>(1 / (sd[i] * sd[i])));
      result.log_determinant_ += 2 * ebm::log(sd[i]);
    }
    return result;
  }
  static Gaussian with_covariance(const Vector& mean, const Matrix& covariance) {
    require_shape("covariance", covariance, mean.size(), mean.size());
    const Eigen::MatrixXd factor = cholesky<Dynamic>("covariance", covariance);
    return Gaussian(mean, factor, covariance, inverse_from_cholesky<Dynamic>(factor));
  }
  static Gaussian with_precision(const Vector& mean, const Matrix& precision) {
    require_shape("precision", precision, mean.size(), mean.size());
    const Eigen::MatrixXd covariance = inverse_from_cholesky<Dynamic>(cholesky<Dynamic>("precision", precision));
    return Gaussian(mean, cholesky<Dynamic>("precision", covariance), covariance, precision);
  }

  Index dimension() const { return mean_.size(); }
  const Vector& mean() const { return mean_; }
  Matrix covariance() const {
    if (dense_) return covariance_;
    return sd_.array().square().matrix().asDiagonal();
  }
  double log_partition() const {
    return 0.5 * fma(static_cast<double>(dimension()), 1.8378770664093454, log_determinant_);
  }
  Box<Dim> domain() const { return {mean_.array() - 8 * sd_.array(), mean_.array() + 8 * sd_.array()}; }

  Points<double, Dim> sample(Index count, Rng& rng) const {
    const Stream stream = rng.stream();
    Points<double, Dim> points(count, dimension());
    Eigen::VectorXd normals(dimension());
    for (Index row = 0; row < count; ++row) {
      for (Index i = 0; i < dimension(); ++i) {
        normals[i] = stream.normal(static_cast<std::uint32_t>(row), static_cast<std::uint64_t>(i));
        double x = mean_[i];
        if (dense_) {
          for (Index j = 0; j <= i; ++j) x = fma(factor_(i, j), normals[j], x);
        } else {
          x = fma(sd_[i], normals[i], x);
        }
        points(row, i) = x;
      }
    }
    return points;
  }

  template <class V>
    requires detail::kByLane<Dim>
  EBM_INLINE V lane_value(const Coordinates<V, Dim>& x) const {
    Coordinates<V, Dim> gradient;
    return lane_value_and_gradient(x, gradient);
  }
  template <class V>
    requires detail::kByLane<Dim>
  EBM_INLINE V lane_value_and_gradient(const Coordinates<V, Dim>& x, Coordinates<V, Dim>& gradient) const {
    if (!dense_) return compute_diagonal(detail::LanesOf<V, Dim>{x}, detail::ToLanes<V, Dim>{gradient});
    constexpr auto n = static_cast<std::size_t>(Dim);
    Coordinates<V, Dim> centred;
    V sum(Scalar(0));
    detail::unrolled<n>([&](auto i) __attribute__((always_inline)) { centred[i] = x[i] - V(centre_[i]); });
    detail::unrolled<n>([&](auto i) __attribute__((always_inline)) {
      V product(Scalar(0));
      detail::unrolled<n>([&](auto j) __attribute__((always_inline)) {
        product = fma(V(precision_[n * i + j]), centred[j], product);
      });
      gradient[i] = product;
      sum = fma(centred[i], product, sum);
    });
    return V(Scalar(0.5)) * sum;
  }

  void value(TileSpan<const Scalar, Dim> x, LanesSpan<Scalar> values, Workspace& workspace) const
      requires(!detail::kByLane<Dim>) {
    if (dense_) {
      compute_dense(x, values, nullptr, workspace);
    } else {
      detail::for_each_pack(x, values, [&](auto at, auto gradient) { return compute_diagonal(at, gradient); });
    }
  }
  void value_and_gradient(TileSpan<const Scalar, Dim> x, LanesSpan<Scalar> values, TileSpan<Scalar, Dim> gradients,
                          Workspace& workspace) const requires(!detail::kByLane<Dim>) {
    if (dense_) {
      compute_dense(x, values, gradients.data(), workspace);
    } else {
      detail::for_each_pack(x, values, gradients,
                            [&](auto at, auto gradient) { return compute_diagonal(at, gradient); });
    }
  }

 private:
  Gaussian(const Vector& mean, const Vector& sd, bool dense) : mean_(mean), sd_(sd), dense_(dense) {
    require(mean.size() > 0, "mean", 0, "at least one coordinate");
    require_finite("mean", mean);
    for (Index i = 0; i < mean.size(); ++i) {
      centre_.push_back(static_cast<Scalar>(mean[i]));
      centred_ = centred_ && centre_.back() == Scalar(0);
    }
  }
  Gaussian(const Vector& mean, const Eigen::MatrixXd& factor, const Eigen::MatrixXd& covariance,
           const Eigen::MatrixXd& precision)
      : Gaussian(mean, sd_of(covariance), true) {
    factor_ = factor, covariance_ = covariance;
    log_determinant_ = log_determinant_from_cholesky(factor);
    pack(precision);
  }

  static Vector sd_of(const Eigen::MatrixXd& covariance) {
    Vector sd(covariance.rows());
    for (Index i = 0; i < sd.size(); ++i) sd[i] = std::sqrt(covariance(i, i));
    return sd;
  }

  // Rows of the panels that hold a precision of dynamic size; the last panel is filled up with zeros.
  static constexpr int kRows = detail::kByLane<Dim> ? 1 : detail::kPanelRows;
  void pack(const Eigen::MatrixXd& precision) {
    const Index n = dimension();
    if constexpr (Dim != Dynamic && !detail::kByLane<Dim>) {
      precision_.resize(static_cast<std::size_t>(n * n));
      const auto weight = [&](Index row, Index k) { return static_cast<Scalar>(precision(row, k)); };
      return detail::pack_panels<Dim>(n, weight, precision_.data());
    }
    for (Index first = 0; first < n; first += kRows) {
      for (Index k = 0; k < n; ++k) {
        for (Index row = first; row < first + kRows; ++row) {
          precision_.push_back(row < n ? static_cast<Scalar>(precision(row, k)) : Scalar(0));
        }
      }
    }
  }

  template <class X, class Gradient>
  EBM_INLINE auto compute_diagonal(X x, Gradient gradient) const {
    using V = typename X::Value;
    V sum(Scalar(0));
    detail::for_each_coordinate<Dim>(
        dimension(), [&](auto i) __attribute__((always_inline)) {
          const auto index = static_cast<std::size_t>(i);
          const V centred = x(i) - V(centre_[index]), scaled = V(precision_[index]) * centred;
          sum = fma(centred, scaled, sum);
          gradient(i, scaled);
        });
    return V(Scalar(0.5)) * sum;
  }

  void compute_dense(TileSpan<const Scalar, Dim> x, LanesSpan<Scalar> values, Scalar* gradients,
                     Workspace& workspace) const {
    constexpr int pair = detail::kKernelTiles;
    Index t = 0;
    for (; t + pair <= x.count(); t += pair)
      compute_tiles<pair>(x.subspan(t, pair), values.subspan(t, pair), gradients ? gradients + t * x.stride() : nullptr,
                          workspace);
    for (; t < x.count(); ++t)
      compute_tiles<1>(x.subspan(t, 1), values.subspan(t, 1), gradients ? gradients + t * x.stride() : nullptr,
                       workspace);
  }

  TileSpan<const Scalar, Dim> subtract_mean(TileSpan<const Scalar, Dim> x, Workspace& workspace) const {
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
    const auto centred = centred_ ? x : subtract_mean(x, workspace);
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
    const Scalar *panel = precision_.data(), *no_start = nullptr;
    if constexpr (Dim != Dynamic) {
      detail::tile_product<Dim, Tiles>(panel, no_start, n, centred.data(), centred.stride(), finish);
    } else {
      alignas(kAlignment) Scalar out[2 * kRows * kLanes<Scalar>];
      Index first = 0;
      if constexpr (Tiles == 1 && kPacks<Scalar> == 1) {
        for (; first + kRows < n; first += 2 * kRows, panel += 2 * kRows * n) {
          detail::panel_pair_product<kRows>(panel, no_start, n, centred.data(), out);
          finish(first, 2 * kRows, out);
        }
      }
      for (; first < n; first += kRows, panel += kRows * n) {
        detail::panel_product<kRows, Tiles>(panel, no_start, n, centred.data(), centred.stride(), out);
        finish(first, kRows, out);
      }
    }
    for (int t = 0; t < Tiles; ++t) {
      for (int p = 0; p < kPacks<Scalar>; ++p) (V(Scalar(0.5)) * sum[t][p]).store(values.tile_data(t) + p * V::size);
    }
  }

  Vector mean_, sd_;
  Eigen::MatrixXd factor_, covariance_;  // empty where the covariance is diagonal
  double log_determinant_ = 0;
  bool dense_, centred_ = true;  // centred: the mean is 0
  std::vector<Scalar> centre_, precision_;
};

}  // namespace ebm
