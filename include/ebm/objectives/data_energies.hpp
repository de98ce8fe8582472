// The mean and the standard deviation of one value per row of a minibatch, as reports give them.
#pragma once

#include <ebm/core/pack.hpp>

namespace ebm::detail {

template <class Scalar>
double mean_of_rows(const Scalar* values, Index rows) {
  double sum = 0;
  for (Index i = 0; i < rows; ++i) sum += static_cast<double>(values[i]);
  return sum / static_cast<double>(rows);
}

// About a mean that is known.
template <class Scalar>
double sd_of_rows(const Scalar* values, Index rows, double mean) {
  double square = 0;
  for (Index i = 0; i < rows; ++i) {
    const double difference = static_cast<double>(values[i]) - mean;
    square = ebm::fma(difference, difference, square);
  }
  return std::sqrt(square / static_cast<double>(rows));
}

}  // namespace ebm::detail
