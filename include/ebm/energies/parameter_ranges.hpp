// Ranges of the parameters of analytic energies: what is computed from them, squares and inverses, is finite in float.
#pragma once

#include <ebm/core/errors.hpp>
#include <ebm/core/shapes.hpp>

#include <cmath>

namespace ebm::detail {

inline constexpr double kSmallestScale = 1e-15, kLargestScale = 1e15;
inline bool in_scale(double value) { return value > kSmallestScale && value < kLargestScale; }

// A standard deviation, a width.
inline void require_scale(const char* argument, double value) {
  require(in_scale(value), argument, value, "a positive number from 1e-15 to 1e15");
}

template <class Derived>
void require_centre(const char* argument, const Eigen::DenseBase<Derived>& centre) {
  require(centre.size() > 0, argument, 0, "at least one coordinate");
  require_finite(argument, centre);
  for (Index row = 0; row < centre.rows(); ++row) {
    for (Index col = 0; col < centre.cols(); ++col) {
      const double value = centre.derived().coeff(row, col);
      require(std::abs(value) < kLargestScale, argument, value, "numbers below 1e15");
    }
  }
}

// A covariance and its lower Cholesky factor, whose diagonal holds the standard deviations given the coordinates
// before.
template <class Covariance, class Factor>
[[gnu::noinline]] void require_covariance(const char* argument, const Covariance& covariance, const Factor& factor) {
  for (Index i = 0; i < covariance.rows(); ++i) {
    for (const double sd : {std::sqrt(covariance(i, i)), factor(i, i)}) {
      if (in_scale(sd)) continue;
      throw ValueError(joined({argument, ": standard deviation ", to_text(sd), " in row ", count_text(i),
                               ", wanted a positive number from 1e-15 to 1e15"}));
    }
  }
}

}  // namespace ebm::detail
