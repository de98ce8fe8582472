// The Cholesky factor of a small symmetric positive definite matrix, A = L L', and what follows from it.
//
// Written out, because Eigen's decompositions cost more to compile than programs of this library need; sums run in
// ascending order (Golub & Van Loan 2013, Algorithm 4.2.1).
#pragma once

#include <ebm/core/errors.hpp>
#include <ebm/core/lane_math.hpp>

namespace ebm {

// The lower factor L. Reads the lower triangle of A; throws where A is not symmetric or not positive definite.
template <int Dim>
Eigen::Matrix<double, Dim, Dim> cholesky(const char* argument, const Eigen::Matrix<double, Dim, Dim>& a) {
  require_shape(argument, a, a.rows(), a.rows());
  require_finite(argument, a);
  const Index n = a.rows();
  Eigen::Matrix<double, Dim, Dim> factor = Eigen::Matrix<double, Dim, Dim>::Zero(n, n);
  for (Index j = 0; j < n; ++j) {
    for (Index i = j; i < n; ++i) {
      if (!(std::abs(a(i, j) - a(j, i)) <= 1e-6 * std::sqrt(std::abs(a(i, i) * a(j, j))))) {
        throw ValueError(joined({argument, ": differs from its transpose at ", count_text(i), ", ", count_text(j),
                                 ", wanted a symmetric matrix"}));
      }
      double rest = a(i, j);
      for (Index k = 0; k < j; ++k) rest = fma(-factor(i, k), factor(j, k), rest);
      if (i > j) {
        factor(i, j) = rest / factor(j, j);
      } else if (rest > 0) {
        factor(j, j) = std::sqrt(rest);
      } else {
        throw ValueError(joined(
            {argument, ": leading minor ", count_text(j + 1), " is not positive, wanted a positive definite matrix"}));
      }
    }
  }
  return factor;
}

// L^-1, which is lower triangular too.
template <int Dim>
Eigen::Matrix<double, Dim, Dim> inverse_of_lower(const Eigen::Matrix<double, Dim, Dim>& factor) {
  const Index n = factor.rows();
  Eigen::Matrix<double, Dim, Dim> inverse = Eigen::Matrix<double, Dim, Dim>::Zero(n, n);
  for (Index j = 0; j < n; ++j) {
    for (Index i = j; i < n; ++i) {
      double rest = i == j ? 1.0 : 0.0;
      for (Index k = j; k < i; ++k) rest = fma(-factor(i, k), inverse(k, j), rest);
      inverse(i, j) = rest / factor(i, i);
    }
  }
  return inverse;
}

// A^-1 from the factor of A.
template <int Dim>
Eigen::Matrix<double, Dim, Dim> inverse_from_cholesky(const Eigen::Matrix<double, Dim, Dim>& factor) {
  const Index n = factor.rows();
  const Eigen::Matrix<double, Dim, Dim> inverse_factor = inverse_of_lower(factor);
  Eigen::Matrix<double, Dim, Dim> inverse(n, n);
  for (Index j = 0; j < n; ++j) {
    for (Index i = j; i < n; ++i) {
      double sum = 0;
      for (Index k = i; k < n; ++k) sum = fma(inverse_factor(k, i), inverse_factor(k, j), sum);
      inverse(i, j) = inverse(j, i) = sum;
    }
  }
  return inverse;
}

// log det A from the factor of A.
template <int Dim>
double log_determinant_from_cholesky(const Eigen::Matrix<double, Dim, Dim>& factor) {
  double sum = 0;
  for (Index i = 0; i < factor.rows(); ++i) sum += 2.0 * ebm::log(factor(i, i));
  return sum;
}

}  // namespace ebm
