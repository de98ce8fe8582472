// Where an energy has its mass, before any of it is integrated: what the energy says of itself (domain(), or mean() and
// covariance()), else a box that holds the modes that a grid over all scales leads to.
#pragma once

#include <ebm/core/box.hpp>
#include <ebm/partition/modes.hpp>

#include <optional>

namespace ebm::detail {

template <class E>
concept HasDomain = requires(const E& e) {
  { e.domain() } -> std::same_as<Box<E::dim>>;
};
template <class E>
concept HasMoments = requires(const E& e, Index i) {
  { e.mean().coeff(i) } -> std::convertible_to<double>;
  { e.covariance().coeff(i, i) } -> std::convertible_to<double>;
};

// The box that an energy says holds its mass.
template <class E>
std::optional<Box<E::dim>> own_domain(const E& energy) {
  if constexpr (HasDomain<E>) {
    return energy.domain();
  } else if constexpr (HasMoments<E>) {
    Box<E::dim> box;
    for (Index i = 0; i < E::dim; ++i) {
      const double mean = static_cast<double>(energy.mean().coeff(i));
      const double reach = 8 * std::sqrt(static_cast<double>(energy.covariance().coeff(i, i)));
      box.lower[i] = mean - reach, box.upper[i] = mean + reach;
    }
    return box;
  } else {
    return std::nullopt;
  }
}

// The box that holds `box` and the modes with seven widths around each.
template <int Dim>
Box<Dim> stretched(Box<Dim> box, const std::vector<Mode<Dim>>& modes) {
  for (const auto& mode : modes) {
    for (std::size_t i = 0; i < Dim; ++i) {
      double &lower = box.lower[static_cast<Index>(i)], &upper = box.upper[static_cast<Index>(i)];
      lower = std::min(lower, mode.point[i] - 7 * mode.width[i]),
      upper = std::max(upper, mode.point[i] + 7 * mode.width[i]);
    }
  }
  return box;
}

// Modes on all scales around the origin and around what they lead to, and the box that holds them; NumericalError if
// they run away or do not exist.
template <int Dim>
Box<Dim> search_domain(LogWeight<Dim> log_weight) {
  std::vector<Mode<Dim>> modes = find_modes<Dim>(log_weight, scale_axes<Dim>());
  if (modes.empty())
    throw NumericalError("energy: nowhere finite within 1e9 of the origin; options.domain can say where it is");
  for (const auto& mode : modes) {
    for (const double x : mode.point) {
      if (std::abs(x) >= 0x1p30)
        throw NumericalError("energy: cannot be normalised, its mass is not held within 1e9 of the origin");
    }
  }
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Box<Dim> box;
  for (Index i = 0; i < Dim; ++i) box.lower[i] = infinity, box.upper[i] = -infinity;
  for (int round = 0; round < 8; ++round) {  // modes beyond those found are looked for in a box three times as wide
    const Box<Dim> known = box;
    Box<Dim> wide = box = stretched(box, modes);
    bool settled = true;
    for (Index i = 0; i < Dim; ++i) {
      const double width = box.upper[i] - box.lower[i];
      wide.lower[i] -= width, wide.upper[i] += width;
      settled = settled && box.lower[i] == known.lower[i] && box.upper[i] == known.upper[i];
    }
    if (settled) break;
    modes = find_modes<Dim>(log_weight, uniform_axes(wide));
  }
  return box;
}

}  // namespace ebm::detail
