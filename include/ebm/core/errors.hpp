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
[[gnu::noinline]] inline std::string joined(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const std::string_view part : parts) size += part.size();
  std::string text(size, ' ');
  char* to = text.data();
  for (const std::string_view part : parts) to += part.copy(to, part.size());
  return text;
}

// The number with as many digits as tell it apart at a glance.
[[gnu::noinline]] inline std::string to_text(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.6g", value);
  return buffer;
}

[[gnu::noinline]] inline std::string count_text(Eigen::Index count) {
  char buffer[24];
  std::snprintf(buffer, sizeof buffer, "%lld", static_cast<long long>(count));
  return buffer;
}

// Rows or columns of any number.
inline constexpr Eigen::Index kAny = -1;

[[gnu::noinline]] inline std::string shape_text(Eigen::Index rows, Eigen::Index cols) {
  return joined({rows == kAny ? "any" : count_text(rows), " x ", cols == kAny ? "any" : count_text(cols)});
}

namespace detail {

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_shape(const char* argument, Eigen::Index rows,
                                                               Eigen::Index cols, Eigen::Index wanted_rows,
                                                               Eigen::Index wanted_cols) {
  throw ShapeError(
      joined({argument, ": shape ", shape_text(rows, cols), ", wanted ", shape_text(wanted_rows, wanted_cols)}));
}

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_count(const char* argument, std::size_t given,
                                                               std::size_t wanted) {
  throw ShapeError(joined({argument, ": ", count_text(static_cast<Eigen::Index>(given)), " values, wanted ",
                           count_text(static_cast<Eigen::Index>(wanted))}));
}

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_value(const char* argument, double value, const char* wanted) {
  throw ValueError(joined({argument, ": ", to_text(value), ", wanted ", wanted}));
}

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_not_finite(const char* argument, double value,
                                                                    Eigen::Index row, Eigen::Index col) {
  throw ValueError(joined({argument, ": ", to_text(value), " at row ", count_text(row), ", column ", count_text(col),
                           ", wanted finite values"}));
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
