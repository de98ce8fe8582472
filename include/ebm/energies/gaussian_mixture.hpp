// GaussianMixture: Gaussians of given weights, each isotropic or with a covariance of its own.
//
//   E(x) = -log sum_k weight_k N(x; mean_k, covariance_k)        log Z = 0
//
// The largest term is taken out of the sum, and exponentials run on what is left, which never exceeds 1.
#pragma once

#include <ebm/core/box.hpp>
#include <ebm/core/cholesky.hpp>
#include <ebm/core/rng.hpp>
#include <ebm/energies/coordinates.hpp>
#include <ebm/energies/parameter_ranges.hpp>

namespace ebm {

template <class S, int Dim>
class GaussianMixture : public detail::ByCoordinates<GaussianMixture<S, Dim>, S, Dim> {
 public:
  using Scalar = S;
  using Vector = Eigen::Matrix<double, Dim, 1>;
  using Matrix = Eigen::Matrix<double, Dim, Dim>;
  static constexpr int dim = Dim;

  // Equal weights, one standard deviation; a mean in each row.
  GaussianMixture(const Points<double, Dim>& means, double sd)
      : GaussianMixture(
            isotropic(means, Values<double>::Constant(means.rows(), sd), Values<double>::Ones(means.rows()))) {}

  // Weights count relative to their sum.
  static GaussianMixture isotropic(const Points<double, Dim>& means, const Values<double>& sd,
                                   const Values<double>& weights) {
    GaussianMixture result(means, weights, false);
    require_shape("sd", sd, means.rows(), 1);
    for (Index k = 0; k < means.rows(); ++k) {
      detail::require_scale("sd", sd[k]);
      const Matrix unit = Matrix::Identity(means.cols(), means.cols());
      result.add(unit * (sd[k] * sd[k]), unit * sd[k], unit / (sd[k] * sd[k]));
    }
    return result;
  }
  static GaussianMixture with_covariances(const Points<double, Dim>& means, const std::vector<Matrix>& covariances,
                                          const Values<double>& weights) {
    GaussianMixture result(means, weights, true);
    require(static_cast<Index>(covariances.size()) == means.rows(), "covariances",
            static_cast<double>(covariances.size()), "one for each mean");
    for (const Matrix& covariance : covariances) {
      require_shape("covariances", covariance, means.cols(), means.cols());
      const Matrix factor = cholesky("covariances", covariance);
      detail::require_covariance("covariances", covariance, factor);
      result.add(covariance, factor, inverse_from_cholesky(factor));
    }
    return result;
  }

  Index dimension() const { return means_.cols(); }
  Index components() const { return means_.rows(); }
  const Values<double>& weights() const { return weights_; }
  const Points<double, Dim>& means() const { return means_; }
  const std::vector<Matrix>& covariances() const { return covariances_; }

  Vector mean() const {
    Vector sum = Vector::Zero(dimension());
    for (Index k = 0; k < components(); ++k) sum += weights_[k] * means_.row(k).transpose();
    return sum;
  }
  Matrix covariance() const {
    const Vector centre = mean();
    Matrix sum = Matrix::Zero(dimension(), dimension());
    for (Index k = 0; k < components(); ++k) {
      const Vector offset = means_.row(k).transpose() - centre;
      for (Index j = 0; j < dimension(); ++j) {
        sum.col(j) += weights_[k] * (covariances_[static_cast<std::size_t>(k)].col(j) + offset[j] * offset);
      }
    }
    return sum;
  }
  double log_partition() const { return 0; }
  Box<Dim> domain() const {
    Box<Dim> box = component_domain(0);
    for (Index k = 1; k < components(); ++k) box = hull(box, component_domain(k));
    return box;
  }

  Points<double, Dim> sample(Index count, Rng& rng) const {
    const Stream stream = rng.stream();
    Points<double, Dim> points(count, dimension());
    for (Index row = 0; row < count; ++row) {
      const std::uint32_t chain = static_cast<std::uint32_t>(row);
      Index k = 0;
      for (double rest = stream.uniform(chain, 0) - weights_[0]; rest > 0 && k + 1 < components(); rest -= weights_[k])
        ++k;
      const Matrix& factor = factors_[static_cast<std::size_t>(k)];
      for (Index i = 0; i < dimension(); ++i) {
        double x = means_(k, i);
        for (Index j = full_ ? 0 : i; j <= i; ++j)
          x = fma(factor(i, j), stream.normal(chain, static_cast<std::uint64_t>(j)), x);
        points(row, i) = x;
      }
    }
    return points;
  }

 private:
  friend detail::ByCoordinates<GaussianMixture, S, Dim>;

  GaussianMixture(const Points<double, Dim>& means, const Values<double>& weights, bool full)
      : means_(means), weights_(weights), full_(full) {
    require(means.rows() > 0 && means.cols() > 0, "means", static_cast<double>(means.rows()), "at least one row");
    detail::require_centre("means", means);
    require_shape("weights", weights, means.rows(), 1);
    double sum = 0;
    for (const double weight : weights_) {
      require(weight > 0 && weight < 1e30, "weights", weight, "positive numbers");
      sum += weight;
    }
    weights_ /= sum;
  }

  // The next component. Its record: the energy at its mean, a factor of its precision, its mean, the rows of the
  // precision if it is full.
  void add(const Matrix& covariance, const Matrix& factor, const Matrix& precision) {
    const Index k = static_cast<Index>(covariances_.size()), n = dimension();
    covariances_.push_back(covariance);
    factors_.push_back(factor);
    const double twice = fma(static_cast<double>(n), 1.8378770664093454, log_determinant_from_cholesky(factor));
    records_.push_back(static_cast<Scalar>(fma(0.5, twice, -ebm::log(weights_[k]))));
    records_.push_back(full_ ? Scalar(1) : static_cast<Scalar>(precision(0, 0)));
    for (Index i = 0; i < n; ++i) records_.push_back(static_cast<Scalar>(means_(k, i)));
    for (Index i = 0; full_ && i < n; ++i) {
      for (Index j = 0; j < n; ++j) records_.push_back(static_cast<Scalar>(precision(i, j)));
    }
  }

  Box<Dim> component_domain(Index k) const {
    const typename Box<Dim>::Corner centre = means_.row(k).transpose().array();
    const typename Box<Dim>::Corner reach = 8 * covariances_[static_cast<std::size_t>(k)].diagonal().array().sqrt();
    return {centre - reach, centre + reach};
  }

  template <class X, class Gradient>
  EBM_INLINE auto compute(X x, Gradient gradient) const {
    return full_ ? log_sum<true>(x, gradient) : log_sum<false>(x, gradient);
  }

  // Row i of P (x - mean) of the component of a record; without the factor where the precision is one number.
  template <bool Full, class X>
  EBM_INLINE auto direction(const Scalar* record, X x, Index i) const {
    using V = typename X::Value;
    const Scalar* mean = record + 2;
    if constexpr (!Full) {
      return x(i) - V(mean[i]);
    } else {
      const Scalar* row = mean + dimension() + i * dimension();
      V sum(Scalar(0));
      detail::for_each_coordinate<Dim>(
          dimension(), [&](auto j) __attribute__((always_inline)) { sum = fma(V(row[j]), x(j) - V(mean[j]), sum); });
      return sum;
    }
  }

  // E_k: its value at the mean plus half the squared distance.
  template <bool Full, class X>
  EBM_INLINE auto exponent(const Scalar* record, X x) const {
    using V = typename X::Value;
    V sum(Scalar(0));
    detail::for_each_coordinate<Dim>(
        dimension(), [&](auto i) __attribute__((always_inline)) {
          sum = fma(x(i) - V(record[2 + static_cast<Index>(i)]), direction<Full>(record, x, i), sum);
        });
    return fma(sum, V(Scalar(0.5) * record[1]), V(record[0]));
  }

  template <bool Full, class X, class Gradient>
  EBM_INLINE auto log_sum(X x, Gradient gradient) const {
    using V = typename X::Value;
    constexpr bool differentiate = !std::same_as<Gradient, detail::NoGradient>;
    const Index length = 2 + dimension() + (Full ? dimension() * dimension() : 0), count = components();
    V kept[kKept];
    V lowest(std::numeric_limits<Scalar>::infinity());
    const Scalar* record = records_.data();
    for (Index k = 0; k < count; ++k, record += length) {
      const V here = exponent<Full>(record, x);
      if (k < kKept) kept[k] = here;
      lowest = minimum(lowest, here);
    }
    if constexpr (differentiate) {
      detail::for_each_coordinate<Dim>(
          dimension(), [&](auto i) __attribute__((always_inline)) { gradient(i, V(Scalar(0))); });
    }
    V total(Scalar(0));
    record = records_.data();
    for (Index k = 0; k < count; ++k, record += length) {
      const V below = lowest - (k < kKept ? kept[k] : exponent<Full>(record, x));
      const V share = detail::exp_in_range(maximum(below, V(detail::Format<Scalar>::exp_underflow)));
      total += share;
      if constexpr (differentiate) {
        const V scaled = Full ? share : share * V(record[1]);
        detail::for_each_coordinate<Dim>(
            dimension(), [&](auto i) __attribute__((always_inline)) {
              gradient(i, fma(scaled, direction<Full>(record, x, i), gradient.at(i)));
            });
      }
    }
    if constexpr (differentiate) {
      const V scale = V(Scalar(1)) / total;
      detail::for_each_coordinate<Dim>(
          dimension(), [&](auto i) __attribute__((always_inline)) { gradient(i, gradient.at(i) * scale); });
    }
    return lowest - detail::log_in_range(total);
  }

  // Energies of so many components are kept from the search for the lowest to the sum; those beyond are computed again.
  static constexpr Index kKept = 16;

  Points<double, Dim> means_;
  Values<double> weights_;
  std::vector<Matrix> covariances_, factors_;
  bool full_;
  std::vector<Scalar> records_;
};

}  // namespace ebm
