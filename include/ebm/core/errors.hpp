// Errors that name the argument, what it was and what it should have been.
#pragma once

#include <Eigen/Core>

#include <cstdio>
#include <stdexcept>
#include <string>

namespace ebm {

// Base of everything the library throws.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// An argument of the wrong shape: "points: shape 10 x 3, wanted any x 2".
class ShapeError : public Error {
 public:
  using Error::Error;
};

// An argument whose value makes no sense: "chains: 0, wanted at least 1".
class ValueError : public Error {
 public:
  using Error::Error;
};

// A computation that failed numerically and has no result to return.
class NumericalError : public Error {
 public:
  using Error::Error;
};

// The number with as many digits as tell it apart at a glance.
inline std::string to_text(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.6g", value);
  return buffer;
}

// Rows or columns of any number.
inline constexpr Eigen::Index kAny = -1;

inline std::string shape_text(Eigen::Index rows, Eigen::Index cols) {
  const auto side = [](Eigen::Index n) { return n == kAny ? std::string("any") : std::to_string(n); };
  return side(rows) + " x " + side(cols);
}

template <class Derived>
void require_shape(const char* argument, const Eigen::EigenBase<Derived>& given, Eigen::Index rows, Eigen::Index cols) {
  if ((rows != kAny && given.rows() != rows) || (cols != kAny && given.cols() != cols)) {
    throw ShapeError(std::string(argument) + ": shape " + shape_text(given.rows(), given.cols()) + ", wanted " +
                     shape_text(rows, cols));
  }
}

// `wanted` completes the sentence "<argument>: <value>, wanted ...".
inline void require(bool condition, const char* argument, double value, const char* wanted) {
  if (!condition) throw ValueError(std::string(argument) + ": " + to_text(value) + ", wanted " + wanted);
}

template <class Derived>
void require_finite(const char* argument, const Eigen::DenseBase<Derived>& given) {
  for (Eigen::Index col = 0; col < given.cols(); ++col) {
    for (Eigen::Index row = 0; row < given.rows(); ++row) {
      const double value = static_cast<double>(given.coeff(row, col));
      if (!(value - value == 0.0)) {
        throw ValueError(std::string(argument) + ": " + to_text(value) + " at row " + std::to_string(row) +
                         ", column " + std::to_string(col) + ", wanted finite values");
      }
    }
  }
}

}  // namespace ebm
