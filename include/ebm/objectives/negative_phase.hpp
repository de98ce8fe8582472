// Where the chains of contrastive divergence start, and how far they run in each iteration.
//
//   Persistent  chains that go on from iteration to iteration (Younes 1999; Tieleman 2008)
//   FromData    chains that start at the minibatch each time (Hinton 2002: CD-k)
#pragma once

#include <ebm/core/errors.hpp>
#include <ebm/samplers/gibbs.hpp>
#include <ebm/samplers/mala.hpp>

namespace ebm {

// Where new chains come from: a Gaussian about the origin, of standard deviation 1.5; rows of data; or uniform numbers
// from -1 to 1, as images start.
enum class ChainSource { gaussian, data, uniform };

struct Persistent {
  Index chains = 1024;
  std::optional<Index> steps = {};  // kernel steps an iteration; left out, 6 for exact kernels and 20 for others
  Index moved = 0;                  // chains moved an iteration, in turn; 0: as many as the batch has rows
  // Jumps an iteration (samplers/mixture_jump.hpp), and rows of the minibatch about which half of them land. Left out,
  // 2 and 32 (0 beyond four dimensions) where the energy has an anchor of finite variance; elsewhere there are none.
  std::optional<Index> jumps = {}, centres = {};
  double reinitialised = 0.0;              // probability that a chain is started anew before an iteration
  std::optional<ChainSource> source = {};  // left out, gaussian for anchored energies and data for others
  bool by_class = false;  // as many chains of each class of a classifier (objectives/classes_of_chains.hpp), no jumps

  static constexpr bool persistent = true;

  void check() const {
    require(chains >= 1, "chains", static_cast<double>(chains), "at least 1");
    require(!steps || *steps >= 1, "steps", static_cast<double>(steps.value_or(1)), "at least 1");
    require(moved >= 0, "moved", static_cast<double>(moved), "at least 0");
    require(jumps.value_or(0) >= 0, "jumps", static_cast<double>(jumps.value_or(0)), "at least 0");
    require(centres.value_or(0) >= 0, "centres", static_cast<double>(centres.value_or(0)), "at least 0");
    require(reinitialised >= 0 && reinitialised <= 1, "reinitialised", reinitialised, "0 to 1");
  }
};

struct FromData {
  std::optional<Index> steps = {};  // kernel steps an iteration; left out, 6 for exact kernels and 20 for others

  static constexpr bool persistent = false;

  void check() const { require(!steps || *steps >= 1, "steps", static_cast<double>(steps.value_or(1)), "at least 1"); }
};

template <class S>
concept NegativePhase = std::same_as<decltype(S::persistent), const bool> && requires(const S& start) {
  start.check();
};

// Stands for the kernel that suits the energy: Gibbs where blocks can be resampled or states are discrete, else Mala.
struct NaturalKernel {};

// The temperature at which a kernel samples, and so that of the model which is learned with it; 1 where it names none.
template <class K>
double temperature_of(const K& kernel) {
  if constexpr (requires { kernel.temperature; }) {
    return kernel.temperature;
  } else {
    return 1.0;
  }
}

template <class K, class E>
auto resolve_kernel(const K& kernel) {
  if constexpr (std::same_as<K, NaturalKernel>) {
    if constexpr (GibbsEnergy<E> || DiscreteEnergy<E>) {
      return Gibbs{};
    } else {
      static_assert(DifferentiableEnergy<E>, "contrastive divergence needs a kernel for this energy");
      return Mala{};
    }
  } else {
    return kernel;
  }
}

}  // namespace ebm
