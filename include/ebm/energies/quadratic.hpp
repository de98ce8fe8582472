// QuadraticEnergy: a centred isotropic Gaussian whose precision is trained, the smallest trainable energy.
//
//   E(x; lambda) = lambda |x|^2 / 2        dE/dlambda = |x|^2 / 2
//
// What contrastive divergence, score matching and their relatives do to it is known in closed form.
#pragma once

#include <ebm/core/box.hpp>
#include <ebm/core/errors.hpp>
#include <ebm/core/lane_math.hpp>
#include <ebm/core/tensors.hpp>
#include <ebm/energies/coordinates.hpp>

namespace ebm {

template <class S, int Dim>
class QuadraticEnergy {
 public:
  using Scalar = S;
  static constexpr int dim = Dim;

  explicit QuadraticEnergy(double precision = 1.0) requires(Dim != Dynamic) : QuadraticEnergy(precision, Dim) {}
  QuadraticEnergy(double precision, Index dimension)
      : precision_(static_cast<Scalar>(precision)), dimension_(dimension) {
    require(std::abs(precision) < 1e30, "precision", precision, "a finite number");
    require(dimension > 0 && (Dim == Dynamic || dimension == Dim), "dimension", static_cast<double>(dimension),
            "the static one");
  }

  Index dimension() const { return dimension_; }
  double precision() const { return static_cast<double>(precision_); }

  void value(TileSpan<const Scalar, Dim> x, LanesSpan<Scalar> values, Workspace&) const {
    detail::for_each_pack(x, values, [&](auto at, auto gradient) { return compute(at, gradient); });
  }
  void value_and_gradient(TileSpan<const Scalar, Dim> x, LanesSpan<Scalar> values, TileSpan<Scalar, Dim> gradients,
                          Workspace&) const {
    detail::for_each_pack(x, values, gradients, [&](auto at, auto gradient) { return compute(at, gradient); });
  }

  std::span<const Scalar> parameters() const { return {&precision_, 1}; }
  void set_parameters(std::span<const Scalar> theta) {
    require(theta.size() == 1, "theta", static_cast<double>(theta.size()), "one parameter");
    precision_ = theta[0];
  }
  void add_parameter_gradient(TileSpan<const Scalar, Dim> x, LanesSpan<const Scalar> weights, LanesSpan<Scalar> values,
                              std::span<Scalar> gradient, Workspace&) const {
    for (Index t = 0; t < x.count(); ++t) {
      alignas(kAlignment) Scalar weighted[kLanes<Scalar>];
      for (Index p = 0; p < kLanes<Scalar>; p += Pack<Scalar>::size) {
        using V = Pack<Scalar>;
        const V half_square = V(Scalar(0.5)) * squared_norm(detail::PackOf<Scalar>{x.tile_data(t) + p});
        (V(precision_) * half_square).store(values.tile_data(t) + p);
        (V::load(weights.tile_data(t) + p) * half_square).store(weighted + p);
      }
      gradient[0] += sum_lanes(weighted);
    }
  }

  Tensors tensors() const {
    Tensors result;
    result.add("precision", precision_);
    result.add("dimension", std::int64_t{dimension_});
    return result;
  }
  static QuadraticEnergy from(const Tensors& tensors) {
    return QuadraticEnergy(static_cast<double>(tensors.number<Scalar>("precision")),
                           tensors.number<std::int64_t>("dimension"));
  }

  // Of the density, which exists where the precision is positive.
  Eigen::Matrix<double, Dim, 1> mean() const { return Eigen::Matrix<double, Dim, 1>::Zero(dimension_); }
  Eigen::Matrix<double, Dim, Dim> covariance() const {
    return Eigen::Matrix<double, Dim, Dim>::Identity(dimension_, dimension_) / normalisable_precision();
  }
  double log_partition() const {
    return 0.5 * static_cast<double>(dimension_) * ebm::log(6.283185307179586 / normalisable_precision());
  }
  Box<Dim> domain() const {
    const typename Box<Dim>::Corner corner =
        Box<Dim>::Corner::Constant(dimension_, 8 / std::sqrt(normalisable_precision()));
    return {-corner, corner};
  }

 private:
  template <class X>
  EBM_INLINE auto squared_norm(X x) const {
    typename X::Value sum(Scalar(0));
    detail::for_each_coordinate<Dim>(
        dimension_, [&](auto i) __attribute__((always_inline)) { sum = fma(x(i), x(i), sum); });
    return sum;
  }
  template <class X, class Gradient>
  EBM_INLINE auto compute(X x, Gradient gradient) const {
    using V = typename X::Value;
    detail::for_each_coordinate<Dim>(
        dimension_, [&](auto i) __attribute__((always_inline)) { gradient(i, V(precision_) * x(i)); });
    return V(precision_) * (V(Scalar(0.5)) * squared_norm(x));
  }
  double normalisable_precision() const {
    require(precision_ > 0, "precision", precision(), "a positive number, else there is no density");
    return precision();
  }

  Scalar precision_;
  Index dimension_;
};

}  // namespace ebm
