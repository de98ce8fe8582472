// What every quadrature over an energy shares: its options, and the integration over a domain.
//
// The domain is the one given; else it starts where the energy's mass is found (partition/domain_search.hpp), and grows
// until the mass in its outermost cells is negligible.
#pragma once

#include <ebm/concepts/evaluation.hpp>
#include <ebm/partition/cubature.hpp>
#include <ebm/partition/domain_search.hpp>
#include <ebm/partition/quadrature_result.hpp>

namespace ebm {

// An energy that deterministic quadrature can integrate: of one, two or three dimensions, known at compile time.
template <class E>
concept LowDimensionalEnergy = Energy<E> &&(E::dim >= 1) && (E::dim <= 3);

template <int Dim>
struct QuadratureOptions {
  std::optional<Box<Dim>> domain = {};  // integrate over this box, whatever is outside
  double temperature = 1;               // of p(x) = exp(-E(x) / T) / Z
  double tolerance = 1e-5;              // of log Z in nats, and relative of expectations
  double edge_mass = 1e-7;  // tolerated share of the mass in the outermost cells at any face; 1 for a bounded support
  Index max_evaluations = 4'000'000;
  int cells_per_axis = 0;  // of the start grid; 0: 128, 32 or 12 in one, two or three dimensions
};

namespace detail {

// Mean and its standard error, summed in order.
inline std::array<double, 2> mean_with_error(const Values<double>& values) {
  double sum = 0, squares = 0;
  for (Index row = 0; row < values.size(); ++row) sum += values[row];
  const double count = static_cast<double>(values.size()), mean = sum / count;
  for (Index row = 0; row < values.size(); ++row) squares += (values[row] - mean) * (values[row] - mean);
  return {mean, std::sqrt(squares / (count - 1) / count)};
}

// Cells along each axis of the start grid.
template <int Dim>
inline constexpr int kStartCells = Dim == 1   ? 128
                                   : Dim == 2 ? 32
                                              : 12;

// log w = -E / T in double.
template <class E>
auto log_weight_of(const E& energy, double temperature) {
  return [&energy, temperature](const Points<double, E::dim>& x) {
    const Values<typename E::Scalar> values = energies(energy, x);
    Values<double> result(values.size());
    for (Index row = 0; row < values.size(); ++row) result[row] = -static_cast<double>(values[row]) / temperature;
    return result;
  };
}

// What rounding does to log Z: that of the energy, and that of coordinates in a box far from the origin.
template <class Scalar, int Dim>
double rounding_in(const Box<Dim>& box, double largest_log_weight) {
  double coordinates = 0;
  for (Index i = 0; i < Dim; ++i) coordinates += std::abs(box.upper[i] + box.lower[i]) / (box.upper[i] - box.lower[i]);
  return static_cast<double>(std::numeric_limits<Scalar>::epsilon()) *
         (4 * (1 + std::abs(largest_log_weight)) + coordinates);
}

template <int Dim>
struct Integration {
  Cubature<Dim> cubature;
  double edge_mass;
  double systematic;  // what no refinement removes: the share of the mass outside, and rounding
  QuadratureStatus status;
};

// Why a domain that has to grow stops growing: no box holds the mass, or the evaluations ran out before one did.
template <int Dim>
[[noreturn, gnu::cold]] void refuse_growth(bool known, Index evaluations, double edge_mass, const Box<Dim>& box) {
  const std::string width = to_text(box.upper[0] - box.lower[0]);
  const std::string where = joined({"share ", to_text(edge_mass), " of its mass lies at the edge of a box ", width});
  if (known) throw NumericalError(joined({"energy: cannot be normalised, ", where, " wide"}));
  throw NumericalError(
      joined({"max_evaluations: exhausted after ", count_text(evaluations), " evaluations while the domain grew, ",
              where, " wide; or the energy cannot be normalised"}));
}

// Integrates w = exp(-E / T), and w g for the factors g that write_factors(points, factors) gives, over the energy's
// domain. `hint` and `seeds` say where mass may be, beyond what the energy knows.
template <LowDimensionalEnergy E, class WriteFactors>
Integration<E::dim> integrate(const E& energy, const QuadratureOptions<E::dim>& options,
                              std::optional<Box<E::dim>> hint, const Points<double, E::dim>& seeds, Index factors,
                              WriteFactors write_factors) {
  constexpr int dim = E::dim;
  constexpr int kEnlargements = 40, shell_cells = dim == 3 ? 4 : 8;
  require(options.temperature > 0, "temperature", options.temperature, "a positive number");
  require(options.tolerance > 0, "tolerance", options.tolerance, "a positive number");
  require(options.cells_per_axis >= 0, "cells_per_axis", options.cells_per_axis, "at least 1, or 0 for the default");
  auto log_weight = log_weight_of(energy, options.temperature);
  auto integrand = [&](const Points<double, dim>& x, Values<double>& log_weights, Eigen::ArrayXXd& g) {
    log_weights = log_weight(x);
    if (factors > 0) write_factors(x, g);
  };

  const bool fixed = options.domain.has_value();
  Box<dim> box;
  if (fixed) {
    box = *options.domain;
  } else {
    const auto own = own_domain(energy);
    box = own && hint ? hull(*own, *hint) : own ? *own : hint ? *hint : search_domain<dim>(log_weight);
  }
  require_box("domain", box);
  auto modes = find_modes<dim>(log_weight, uniform_axes(box));
  if (!fixed) box = stretched(box, modes);
  const Points<double, dim> mode_seeds = seeds_at(modes);
  Points<double, dim> all_seeds(seeds.rows() + mode_seeds.rows(), dim);
  for (Index i = 0; i < dim; ++i) {
    for (Index row = 0; row < all_seeds.rows(); ++row) {
      all_seeds(row, i) = row < seeds.rows() ? seeds(row, i) : mode_seeds(row - seeds.rows(), i);
    }
  }

  Integration<dim> result{Cubature<dim>(factors), 0, 0, QuadratureStatus::converged};
  Cubature<dim>& cubature = result.cubature;
  cubature.cells().cover(box, options.cells_per_axis > 0 ? options.cells_per_axis : kStartCells<dim>, all_seeds);
  const auto rounding = [&] { return rounding_in<typename E::Scalar>(cubature.box(), cubature.largest_log_weight()); };
  for (int enlargement = 0;; ++enlargement) {
    const double coarse = std::max({options.tolerance, 1e-3, 2 * rounding_in<typename E::Scalar>(box, 0)});
    const bool known = cubature.refine(integrand, coarse, options.max_evaluations);
    const auto mass = cubature.face_mass();
    result.edge_mass = *std::max_element(mass.begin(), mass.end());
    if (fixed || result.edge_mass <= options.edge_mass) break;
    if (!known || enlargement == kEnlargements) refuse_growth(known, cubature.evaluations(), result.edge_mass, box);
    for (Index i = 0; i < dim; ++i) {
      const double reach = (box.upper[i] - box.lower[i]) / 2;
      if (mass[static_cast<std::size_t>(2 * i)] > options.edge_mass) box.lower[i] -= reach;
      if (mass[static_cast<std::size_t>(2 * i + 1)] > options.edge_mass) box.upper[i] += reach;
    }
    modes = find_modes<dim>(log_weight, uniform_axes(box));
    cubature.cells().enlarge(box, shell_cells, seeds_at(modes));
  }
  if (!(cubature.integral(0) > 0))
    throw NumericalError("energy: no finite value found in the domain; there is nothing to integrate");
  // A tail as heavy as r^-2 holds 16 times the mass of the outermost 1/32 of the width; lighter ones hold less.
  if (!fixed) {
    for (const double share : cubature.face_mass()) result.systematic += 16 * share;
  }
  result.systematic += rounding();
  if (!cubature.refine(integrand, std::max(options.tolerance, 2 * rounding()), options.max_evaluations)) {
    result.status = QuadratureStatus::budget_exhausted;
  } else if (result.edge_mass > options.edge_mass) {
    result.status = QuadratureStatus::mass_at_edge;
  }
  return result;
}

}  // namespace detail

}  // namespace ebm
