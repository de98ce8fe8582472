// AffineFrame: coordinates z = L^-1 (x - mu) in which some points have mean 0 and covariance I.
//
//   mu the mean and L L' the covariance of the points (fit_frame), L lower triangular
#pragma once

#include <ebm/core/cholesky.hpp>
#include <ebm/core/tensors.hpp>

namespace ebm {

template <int Dim>
struct AffineFrame {
  // Of many coordinates, too large for the stack.
  static constexpr int kFactorDim = Dim > 32 ? Eigen::Dynamic : Dim;
  using Factor = Eigen::Matrix<double, kFactorDim, kFactorDim>;

  Eigen::Matrix<double, Dim, 1> centre;
  Factor factor, inverse_factor;

  AffineFrame(Eigen::Matrix<double, Dim, 1> mu, Factor lower) : centre(std::move(mu)), factor(std::move(lower)) {
    require_shape("factor", factor, centre.size(), centre.size());
    require_finite("centre", centre);
    require_finite("factor", factor);
    for (Index i = 0; i < centre.size(); ++i)
      require(factor(i, i) > 0, "factor: diagonal", factor(i, i), "positive numbers");
    inverse_factor = inverse_of_lower(factor);
  }

  static AffineFrame identity(Index dim) {
    return {Eigen::Matrix<double, Dim, 1>::Zero(dim), Factor::Identity(dim, dim)};
  }

  // As the tensors frame.centre and frame.factor.
  void add_to(Tensors& tensors) const {
    const Index dim = centre.size();
    std::vector<double> by_rows;
    for (Index i = 0; i < dim; ++i) {
      for (Index j = 0; j < dim; ++j) by_rows.push_back(factor(i, j));
    }
    tensors.add<double>("frame.centre", {dim}, {centre.data(), static_cast<std::size_t>(dim)});
    tensors.add<double>("frame.factor", {dim, dim}, by_rows);
  }
  static AffineFrame from(const Tensors& tensors) {
    const Index dim = Dim == Dynamic ? tensors.sides("frame.centre", 1)[0] : Dim;
    const std::vector<double> mu = tensors.numbers<double>("frame.centre", {dim}),
                              by_rows = tensors.numbers<double>("frame.factor", {dim, dim});
    Eigen::Matrix<double, Dim, 1> given_centre(dim);
    Eigen::Matrix<double, Dim, Dim> given_factor(dim, dim);
    for (Index i = 0; i < dim; ++i) {
      given_centre(i) = mu[static_cast<std::size_t>(i)];
      for (Index j = 0; j < dim; ++j) given_factor(i, j) = by_rows[static_cast<std::size_t>(i * dim + j)];
    }
    return {std::move(given_centre), std::move(given_factor)};
  }

  template <class Derived>
  Points<double, Dim> standardise(const Eigen::DenseBase<Derived>& points) const {
    Points<double, Dim> result(points.rows(), centre.size());
    for (Index row = 0; row < points.rows(); ++row) {
      for (Index i = 0; i < centre.size(); ++i) {
        double sum = 0;
        for (Index j = 0; j <= i; ++j) {
          sum = ebm::fma(inverse_factor(i, j), static_cast<double>(points.derived().coeff(row, j)) - centre(j), sum);
        }
        result(row, i) = sum;
      }
    }
    return result;
  }

  template <class Derived>
  Points<double, Dim> restore(const Eigen::DenseBase<Derived>& points) const {
    Points<double, Dim> result(points.rows(), centre.size());
    for (Index row = 0; row < points.rows(); ++row) {
      for (Index i = 0; i < centre.size(); ++i) {
        double sum = centre(i);
        for (Index j = 0; j <= i; ++j)
          sum = ebm::fma(factor(i, j), static_cast<double>(points.derived().coeff(row, j)), sum);
        result(row, i) = sum;
      }
    }
    return result;
  }
};

// The frame of the rows of some points; no coordinate may be constant, or a combination of others.
template <int Dim, class Derived>
AffineFrame<Dim> fit_frame(const Eigen::DenseBase<Derived>& points) {
  const Index dim = points.cols(), rows = points.rows();
  require(rows > dim, "points: rows", static_cast<double>(rows), "more rows than coordinates");
  Eigen::Matrix<double, Dim, 1> mean = Eigen::Matrix<double, Dim, 1>::Zero(dim);
  typename AffineFrame<Dim>::Factor covariance = AffineFrame<Dim>::Factor::Zero(dim, dim);
  const auto at = [&](Index row, Index i) { return static_cast<double>(points.derived().coeff(row, i)); };
  for (Index i = 0; i < dim; ++i) {
    for (int pass = 0; pass < 2; ++pass) {  // the second one removes the rounding of the first
      double sum = 0;
      for (Index row = 0; row < rows; ++row) sum += at(row, i) - mean(i);
      mean(i) += sum / static_cast<double>(rows);
    }
  }
  for (Index i = 0; i < dim; ++i) {
    for (Index j = 0; j <= i; ++j) {
      double sum = 0;
      for (Index row = 0; row < rows; ++row) sum = ebm::fma(at(row, i) - mean(i), at(row, j) - mean(j), sum);
      covariance(i, j) = covariance(j, i) = sum / static_cast<double>(rows);
    }
  }
  // Beyond these limits there is nothing but rounding to be standardised.
  const auto require_spread = [](Index i, double sd, double limit, const char* wanted) {
    require(sd > limit, joined({"points: standard deviation of column ", count_text(i)}).c_str(), sd, wanted);
  };
  require_finite("covariance of points", covariance);
  for (Index i = 0; i < dim; ++i)
    require_spread(i, std::sqrt(covariance(i, i)), 1e-12 * std::abs(mean(i)), "coordinates that vary");
  const auto factor = cholesky("covariance of points", covariance);
  for (Index i = 0; i < dim; ++i) {
    require_spread(i, factor(i, i), 1e-6 * std::sqrt(covariance(i, i)),
                   "more, given the columns before: no coordinate may be a combination of others");
  }
  return {mean, factor};
}

}  // namespace ebm
