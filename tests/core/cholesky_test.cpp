#include <ebm/core/cholesky.hpp>

#include <ebm/core/rng.hpp>

#include "support/catch.hpp"

namespace {

using Catch::Matchers::ContainsSubstring;

// Positive definite: A' A + I / 10.
Eigen::MatrixXd definite(ebm::Index n) {
  const ebm::Stream stream(4);
  Eigen::MatrixXd a(n, n);
  for (ebm::Index i = 0; i < a.size(); ++i)
    a.data()[i] = stream.normal(static_cast<std::uint32_t>(n), static_cast<std::uint64_t>(i));
  return a.transpose() * a + 0.1 * Eigen::MatrixXd::Identity(n, n);
}

}  // namespace

TEST_CASE("the factor is lower triangular and multiplies back to the matrix") {
  for (const ebm::Index n : {1, 2, 3, 7, 20}) {
    const Eigen::MatrixXd a = definite(n);
    const Eigen::MatrixXd factor = ebm::cholesky<Eigen::Dynamic>("a", a);
    CHECK((factor * factor.transpose() - a).norm() < 1e-14 * a.norm());
    for (ebm::Index i = 0; i < n; ++i) {
      CHECK(factor(i, i) > 0);
      for (ebm::Index j = i + 1; j < n; ++j) CHECK(factor(i, j) == 0);
    }
    CHECK((ebm::inverse_of_lower<Eigen::Dynamic>(factor) * factor).isIdentity(1e-11));
    const Eigen::MatrixXd inverse = ebm::inverse_from_cholesky<Eigen::Dynamic>(factor);
    CHECK((inverse * a).isIdentity(1e-10));
    CHECK(inverse == inverse.transpose());
    double log_product = 0;
    for (ebm::Index i = 0; i < n; ++i) log_product += 2 * std::log(factor(i, i));
    CHECK(ebm::log_determinant_from_cholesky<Eigen::Dynamic>(factor) == Approx(log_product).margin(1e-12));
  }
}

TEST_CASE("known factors") {
  const Eigen::Matrix3d a = (Eigen::Matrix3d() << 4, 12, -16, 12, 37, -43, -16, -43, 98).finished();
  const Eigen::Matrix3d expected = (Eigen::Matrix3d() << 2, 0, 0, 6, 1, 0, -8, 5, 3).finished();
  CHECK(ebm::cholesky<3>("a", a) == expected);
  CHECK(ebm::log_determinant_from_cholesky<3>(expected) == Approx(std::log(36.0)));
}

TEST_CASE("matrices without a factor are refused") {
  using Catch::Matchers::Message;
  const auto factor = [](double a, double b, double c, double d) {
    return ebm::cholesky<2>("covariance", (Eigen::Matrix2d() << a, b, c, d).finished());
  };
  CHECK_NOTHROW(factor(2, 1, 1, 2));
  CHECK_THROWS_MATCHES(factor(1, 2, 2, 1), ebm::ValueError,
                       Message("covariance: leading minor 2 is not positive, wanted a positive definite matrix"));
  CHECK_THROWS_MATCHES(factor(-1, 0, 0, 1), ebm::ValueError,
                       Message("covariance: leading minor 1 is not positive, wanted a positive definite matrix"));
  CHECK_THROWS_WITH(factor(0, 0, 0, 0), ContainsSubstring("leading minor 1"));
  CHECK_THROWS_WITH(factor(1, 0.5, 0.4, 1), ContainsSubstring("covariance: differs from its transpose at 1, 0"));
  CHECK_THROWS_WITH(factor(std::nan(""), 0, 0, 1), ContainsSubstring("covariance: nan at row 0, column 0"));
  CHECK_THROWS_AS(ebm::cholesky<Eigen::Dynamic>("a", Eigen::MatrixXd::Ones(2, 3)), ebm::ShapeError);
}
