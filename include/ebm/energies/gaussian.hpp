// Gaussian: isotropic, diagonal or with any covariance.
//
//   E(x) = (x - mean)' P (x - mean) / 2,   P the inverse of the covariance
//   log Z = (Dim log(2 pi) + log det covariance) / 2
#pragma once

#include <ebm/core/box.hpp>
#include <ebm/core/cholesky.hpp>
#include <ebm/core/rng.hpp>
#include <ebm/energies/parameter_ranges.hpp>
#include <ebm/energies/quadratic_form.hpp>

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
    detail::require_centre("mean", mean);
    Vector precision(sd.size());
    double log_determinant = 0;
    for (Index i = 0; i < sd.size(); ++i) {
      detail::require_scale("sd", sd[i]);
      precision[i] = 1 / (sd[i] * sd[i]);
      log_determinant += 2 * ebm::log(sd[i]);
    }
    Gaussian result(mean, sd, Form(mean, precision));
    result.log_determinant_ = log_determinant;
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
    if (dense()) return covariance_;
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
        if (dense()) {
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
    return form_.lane_value_and_gradient(x, gradient);
  }
  template <class V>
    requires detail::kByLane<Dim>
  EBM_INLINE V lane_value_and_gradient(const Coordinates<V, Dim>& x, Coordinates<V, Dim>& gradient) const {
    return form_.lane_value_and_gradient(x, gradient);
  }

  void value(TileSpan<const Scalar, Dim> x, LanesSpan<Scalar> values, Workspace& workspace) const
      requires(!detail::kByLane<Dim>) {
    form_.value(x, values, workspace);
  }
  void value_and_gradient(TileSpan<const Scalar, Dim> x, LanesSpan<Scalar> values, TileSpan<Scalar, Dim> gradients,
                          Workspace& workspace) const requires(!detail::kByLane<Dim>) {
    form_.value_and_gradient(x, values, gradients, workspace);
  }

 private:
  using Form = detail::QuadraticForm<Scalar, Dim>;

  Gaussian(const Vector& mean, const Vector& sd, const Form& form)
      : mean_(mean), sd_(sd), form_(form) {}
  Gaussian(const Vector& mean, const Eigen::MatrixXd& factor, const Eigen::MatrixXd& covariance,
           const Eigen::MatrixXd& precision)
      : Gaussian(mean, sd_of(covariance), Form(mean, precision)) {
    detail::require_centre("mean", mean);
    detail::require_covariance("covariance", covariance, factor);
    factor_ = factor, covariance_ = covariance;
    log_determinant_ = log_determinant_from_cholesky(factor);
  }

  static Vector sd_of(const Eigen::MatrixXd& covariance) {
    Vector sd(covariance.rows());
    for (Index i = 0; i < sd.size(); ++i) sd[i] = std::sqrt(covariance(i, i));
    return sd;
  }

  bool dense() const { return covariance_.size() > 0; }

  Vector mean_, sd_;
  Eigen::MatrixXd factor_, covariance_;  // empty where the covariance is diagonal
  double log_determinant_ = 0;
  Form form_;
};

}  // namespace ebm
