// StateEnumeration: everything about a discrete energy of few sites, by going through all of its states.
//
//   log Z = log sum_x exp(-E(x)),   p(x),   E[f(x)],   independent draws
//
// State number s has coordinates that are the digits of s in the base of the number of values, the first site lowest.
// And log_partition(energy) of any discrete energy that is small enough, a restricted Boltzmann machine by its smaller
// layer.
#pragma once

#include <ebm/partition/estimate.hpp>
#include <ebm/partition/layer_enumeration.hpp>
#include <ebm/partition/transfer_matrix.hpp>

namespace ebm {

template <DiscreteEnergy E>
class StateEnumeration {
 public:
  using Scalar = typename E::Scalar;

  // Evaluates all states; throws where they are more than `most_states`.
  explicit StateEnumeration(const E& energy, double most_states = 0x1p26)
      : sites_(dimension_of(energy)), values_(energy.states()) {
    const double count = states_of(energy);
    require(count <= most_states, "energy: number of states", count, "few enough to enumerate");
    log_weights_.resize(static_cast<std::size_t>(count));
    Workspace workspace;
    constexpr Index lanes = kLanes<Scalar>, tiles = 16;
    const auto x = workspace.tiles<Scalar, E::dim>(tiles, sites_);
    const auto energies = workspace.tiles<Scalar, 1>(tiles, 1);
    for (Index first = 0; first < states(); first += tiles * lanes) {
      for (Index c = 0; c < tiles * lanes; ++c) {
        for_each_digit(std::min(first + c, states() - 1), [&](Index i, Index digit) {
          x.coordinate(c / lanes, i)[c % lanes] = static_cast<Scalar>(values_.value(digit));
        });
      }
      for (Index t = 0; t < tiles; t += kTilesAtOnce<E>) {
        const Index group = std::min(kTilesAtOnce<E>, tiles - t);
        evaluate(energy, detail::ConstTiles<E>(x.subspan(t, group)), energies.subspan(t, group), workspace);
      }
      for (Index c = 0; c < std::min(tiles * lanes, states() - first); ++c)
        log_weights_[static_cast<std::size_t>(first + c)] = -static_cast<double>(energies.data()[c]);
    }
    log_partition_ = log_sum_exp(log_weights_);
  }

  static double states_of(const E& energy) {
    return std::pow(static_cast<double>(energy.states().count), static_cast<double>(dimension_of(energy)));
  }

  Index sites() const { return sites_; }
  Index states() const { return static_cast<Index>(log_weights_.size()); }
  double log_partition() const { return log_partition_; }
  double log_probability(Index state) const { return log_weights_[static_cast<std::size_t>(state)] - log_partition_; }
  double probability(Index state) const { return ebm::exp(log_probability(state)); }

  // The coordinates of a state.
  Values<double> point(Index state) const {
    Values<double> x(sites_);
    for_each_digit(state, [&](Index i, Index digit) { x[i] = values_.value(digit); });
    return x;
  }

  // E[f(x)] of a function of one point, summed in the order of the states.
  template <class F>
  double expectation(F f) const {
    double sum = 0;
    for (Index s = 0; s < states(); ++s) sum = ebm::fma(probability(s), static_cast<double>(f(point(s))), sum);
    return sum;
  }
  Values<double> mean() const {
    Values<double> sum = Values<double>::Zero(sites_);
    for (Index s = 0; s < states(); ++s) {
      const double p = probability(s);
      for_each_digit(s, [&](Index i, Index digit) { sum[i] = ebm::fma(p, values_.value(digit), sum[i]); });
    }
    return sum;
  }
  // E[x x'], without subtracting the mean.
  Eigen::MatrixXd second_moments() const {
    Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(sites_, sites_);
    for (Index s = 0; s < states(); ++s) {
      const double p = probability(s);
      const Values<double> x = point(s);
      for (Index i = 0; i < sites_; ++i) {
        for (Index j = 0; j < sites_; ++j) sum(i, j) = ebm::fma(p * x[i], x[j], sum(i, j));
      }
    }
    return sum;
  }

  // f(chain, state) for independent draws.
  template <class F>
  void draw(Index chains, const Stream& stream, F f) const {
    std::vector<std::pair<double, Index>> marks;
    for (Index c = 0; c < chains; ++c) marks.emplace_back(stream.uniform(static_cast<std::uint32_t>(c), 0), c);
    std::sort(marks.begin(), marks.end());
    Index state = 0;
    double sum = probability(0);
    for (const auto& [mark, chain] : marks) {
      while (mark >= sum && state + 1 < states()) sum += probability(++state);
      f(chain, state);
    }
  }

  // f(site, number of its value).
  template <class F>
  void for_each_digit(Index state, F f) const {
    for (Index i = 0; i < sites_; ++i, state /= values_.count) f(i, state % values_.count);
  }

 private:
  Index sites_;
  StateSet values_;
  std::vector<double> log_weights_;
  double log_partition_ = 0;
};

// Exact, or an error that says what there is too much of: by the energy's own sum, the smaller layer of a restricted
// Boltzmann machine, all states, or the transfer matrix of a narrow graph.
template <DiscreteEnergy E>
PartitionEstimate log_partition(const E& energy) {
  const auto sum = [&]() -> double {
    if constexpr (RestrictedBoltzmannMachine<E>) {
      return LayerEnumeration(energy).log_partition();
    } else if constexpr (requires { { energy.log_partition() } -> std::same_as<double>; }) {
      return energy.log_partition();
    } else if constexpr (PairModel<E>) {
      if (StateEnumeration<E>::states_of(energy) > 0x1p16) return TransferMatrix<E>(energy).log_partition();
    }
    return StateEnumeration<E>(energy).log_partition();
  };
  const double log_z = sum();
  // A float energy rounds each term. A state that matters has p = exp(-E) / Z between eps / states and 1, hence
  // |E| < |log Z| + log(states / eps): log Z itself may be next to nothing where energies are large.
  const double eps = static_cast<double>(std::numeric_limits<typename E::Scalar>::epsilon());
  const double log_states =
      static_cast<double>(dimension_of(energy)) * ebm::log(static_cast<double>(energy.states().count));
  return PartitionEstimate::exact(log_z, 4 * eps * (std::abs(log_z) + log_states - ebm::log(eps)));
}

}  // namespace ebm
