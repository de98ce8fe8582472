// Errors that name the argument, what it was and what it should have been.
#pragma once

#include <Eigen/Core>

#include <cstdio>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

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

// Building a text is never hot: these functions stay out of line, so that checks cost their callers little to compile.

// The parts one after the other.
[[gnu::cold, gnu::noinline]] inline std::string joined(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text.append(part);
  return text;
}

// The number with as many digits as tell it apart at a glance.
[[gnu::cold, gnu::noinline]] inline std::string to_text(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.6g", value);
  return buffer;
}

// Rows or columns of any number.
inline constexpr Eigen::Index kAny = -1;

[[gnu::cold, gnu::noinline]] inline std::string shape_text(Eigen::Index rows, Eigen::Index cols) {
  char buffer[48];
  int end = rows == kAny ? std::snprintf(buffer, sizeof buffer, "any x ")
                         : std::snprintf(buffer, sizeof buffer, "%lld x ", static_cast<long long>(rows));
  if (cols == kAny) {
    end += std::snprintf(buffer + end, sizeof buffer - static_cast<std::size_t>(end), "any");
  } else {
    end += std::snprintf(buffer + end, sizeof buffer - static_cast<std::size_t>(end), "%lld",
                         static_cast<long long>(cols));
  }
  return std::string(buffer, static_cast<std::size_t>(end));
}

namespace detail {

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_shape(const char* argument, Eigen::Index rows,
                                                               Eigen::Index cols, Eigen::Index wanted_rows,
                                                               Eigen::Index wanted_cols) {
  throw ShapeError(
      joined({argument, ": shape ", shape_text(rows, cols), ", wanted ", shape_text(wanted_rows, wanted_cols)}));
}

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_value(const char* argument, double value, const char* wanted) {
  throw ValueError(joined({argument, ": ", to_text(value), ", wanted ", wanted}));
}

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_not_finite(const char* argument, double value,
                                                                    Eigen::Index row, Eigen::Index col) {
  char place[64];
  std::snprintf(place, sizeof place, " at row %lld, column %lld", static_cast<long long>(row),
                static_cast<long long>(col));
  throw ValueError(joined({argument, ": ", to_text(value), place, ", wanted finite values"}));
}

}  // namespace detail

template <class Derived>
void require_shape(const char* argument, const Eigen::EigenBase<Derived>& given, Eigen::Index rows, Eigen::Index cols) {
  if ((rows != kAny && given.rows() != rows) || (cols != kAny && given.cols() != cols)) {
    detail::throw_shape(argument, given.rows(), given.cols(), rows, cols);
  }
}

// `wanted` completes the sentence "<argument>: <value>, wanted ...".
inline void require(bool condition, const char* argument, double value, const char* wanted) {
  if (!condition) detail::throw_value(argument, value, wanted);
}

template <class Derived>
void require_finite(const char* argument, const Eigen::DenseBase<Derived>& given) {
  for (Eigen::Index col = 0; col < given.cols(); ++col) {
    for (Eigen::Index row = 0; row < given.rows(); ++row) {
      const double value = static_cast<double>(given.coeff(row, col));
      if (!(value - value == 0.0)) detail::throw_not_finite(argument, value, row, col);
    }
  }
}

}  // namespace ebm
