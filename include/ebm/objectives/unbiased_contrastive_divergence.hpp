// UnbiasedContrastiveDivergence: the gradient of -log p of a discrete energy without bias, from chains that run until
// they meet.
//
//   E_model[dE/dtheta] = E[ h(x_k) + sum over t = k + 1 .. tau - 1 of h(x_t) - h(y_t-1) ],   h = dE/dtheta
//
// Qiu, Zhang & Wang 2020, after Jacob, O'Leary & Atchade 2020. Two chains start at the same row of the data; x is one
// sweep ahead of y, and both use the same uniforms, so that each unit of two states is coupled as closely as can be.
// tau is when x_t = y_t-1; from then on they are one. The first term is that of CD-k, the sum removes its bias, at the
// price of a variance that falls with k and grows with the time that Gibbs sweeps need to mix.
//
// Chains that have not met after `most_steps` sweeps are cut off, which leaves a bias; they are reported as failed, and
// more than one in fifty stops the training.
#pragma once

#include <ebm/concepts/objective.hpp>
#include <ebm/objectives/parameter_gradient.hpp>
#include <ebm/samplers/gibbs.hpp>

namespace ebm {

struct UnbiasedContrastiveDivergence {
  Index steps = 1;          // k
  Index most_steps = 1000;  // sweeps of a chain

  template <class E>
  class Estimator;

  template <TrainableEnergy E>
    requires DiscreteEnergy<E>
  Estimator<E> estimator(const E& energy, Minibatch<typename E::Scalar, E::dim> data, Rng& rng, Index workers) const {
    require(steps >= 1, "steps", static_cast<double>(steps), "at least 1");
    require(most_steps >= steps, "most_steps", static_cast<double>(most_steps), "at least `steps`");
    return Estimator<E>(*this, energy, data, rng, workers);
  }
};

template <class E>
class UnbiasedContrastiveDivergence::Estimator {
 public:
  using Scalar = typename E::Scalar;
  using Data = Minibatch<Scalar, E::dim>;

  Estimator(const UnbiasedContrastiveDivergence& objective, const E& energy, Data data, Rng& rng, Index workers)
      : objective_(objective),
        ahead_(data.tiles.count(), dimension_of(energy)),
        behind_(data.tiles.count(), dimension_of(energy)),
        memory_(workers, data.tiles.count()),
        stream_(rng.stream()),
        terms_(static_cast<std::size_t>(groups(data))) {}

  // Sweeps that the chains of the last estimate needed to meet, their mean.
  double mean_meeting_time() const { return mean_meeting_time_; }

  void transfer(Archive&) {}  // nothing outlasts an iteration

  template <class Exec>
  void recover(const E&, Data, Exec&) {}

  template <class Exec>
  BatchReport estimate(const E& energy, Data data, Index iteration, FlatVector<Scalar>& gradient, Exec& executor) {
    std::copy_n(data.tiles.data(), data.tiles.size(), ahead_.positions().data());
    std::copy_n(data.tiles.data(), data.tiles.size(), behind_.positions().data());
    executor.run(groups(data), [&](Index group, Index worker) {
      run_group(energy, data, group, iteration * (objective_.most_steps + 1), memory_.workspace(worker));
    });
    const Index terms = collect(data);
    const Index data_tiles = data.tiles.count(), term_tiles = tiles_for<Scalar>(terms);
    const LanesSpan<Scalar> weights(weights_.front().data(), data_tiles + term_tiles),
        values(values_.front().data(), data_tiles + term_tiles);
    using Part = typename ParameterGradient<E>::Part;
    const Part parts[] = {{data.tiles, weights.subspan(0, data_tiles), values.subspan(0, data_tiles)},
                          {TileSpan<const Scalar, E::dim>(states_.front().data(), term_tiles, data.tiles.dim()),
                           weights.subspan(data_tiles, term_tiles), values.subspan(data_tiles, term_tiles)}};
    sum_.sum(energy, parts, gradient, memory_, executor);
    return report(data, terms, values, weights);
  }

 private:
  // What the chains of a group add: states one after the other, +1 or -1 for each.
  struct Terms {
    std::vector<Scalar> states, signs;
    double meeting_times = 0;
    Index unmet = 0;

    void add(TileSpan<const Scalar, E::dim> x, Index tile, Index lane, Scalar sign) {
      for (Index i = 0; i < x.dim(); ++i) states.push_back(x.coordinate(tile, i)[lane]);
      signs.push_back(sign);
    }
  };

  static Index groups(Data data) { return (data.tiles.count() + kTilesAtOnce<E> - 1) / kTilesAtOnce<E>; }

  static bool same(TileSpan<const Scalar, E::dim> x, TileSpan<const Scalar, E::dim> y, Index tile, Index lane) {
    for (Index i = 0; i < x.dim(); ++i) {
      if (x.coordinate(tile, i)[lane] != y.coordinate(tile, i)[lane]) return false;
    }
    return true;
  }

  void run_group(const E& energy, Data data, Index group, Index first_step, Workspace& workspace) {
    Workspace::Scope scope(workspace);
    Terms& terms = terms_[static_cast<std::size_t>(group)];
    terms.states.clear(), terms.signs.clear();
    terms.meeting_times = 0, terms.unmet = 0;
    const Index tile = group * kTilesAtOnce<E>, count = std::min(kTilesAtOnce<E>, data.tiles.count() - tile);
    const auto x = ahead_.state(tile, count), y = behind_.state(tile, count);
    const auto acceptance = workspace.tiles<Scalar, 1>(count, 1);
    const Gibbs gibbs;
    const auto noise_from = [&](Index step) {
      return TileNoise<Scalar, E::dim>(stream_, tile, count, data.tiles.dim(), step, workspace,
                                       uniforms_per_step(gibbs, energy));
    };
    TileNoise<Scalar, E::dim> noise_ahead = noise_from(first_step), noise_behind = noise_from(first_step + 1);
    const auto sweep = [&](const ChainStateOf<E>& state, TileNoise<Scalar, E::dim>& noise) {
      noise.next();
      gibbs.step(energy, state, 0.0, noise, acceptance, workspace);
    };
    sweep(x, noise_ahead);
    const Index lanes = std::max<Index>(0, std::min(count * kLanes<Scalar>, data.rows - tile * kLanes<Scalar>));
    std::vector<char> met(static_cast<std::size_t>(lanes), 0);
    Index apart = lanes;
    for (Index t = 1;; ++t) {
      for (Index lane = 0; lane < lanes; ++lane) {
        char& lane_met = met[static_cast<std::size_t>(lane)];
        const Index k = lane / kLanes<Scalar>, l = lane % kLanes<Scalar>;
        if (!lane_met && same(x.position, y.position, k, l)) {
          lane_met = 1, --apart;
          terms.meeting_times += static_cast<double>(t);
        }
        if (t == objective_.steps) terms.add(x.position, k, l, Scalar(1));
        if (t > objective_.steps && !lane_met) {
          terms.add(x.position, k, l, Scalar(1));
          terms.add(y.position, k, l, Scalar(-1));
        }
      }
      if (t >= objective_.steps && (apart == 0 || t == objective_.most_steps)) break;
      sweep(x, noise_ahead);
      sweep(y, noise_behind);
    }
    terms.unmet = apart;
    terms.meeting_times += static_cast<double>(apart * objective_.most_steps);
  }

  // All groups' terms in tiles, with their weights behind those of the data; returns how many there are.
  Index collect(Data data) {
    Index terms = 0;
    for (const Terms& group : terms_) terms += static_cast<Index>(group.signs.size());
    const Index dim = data.tiles.dim(), data_tiles = data.tiles.count(), tiles = tiles_for<Scalar>(terms);
    states_.resize(static_cast<std::size_t>(tiles * dim));
    weights_.resize(static_cast<std::size_t>(data_tiles + tiles)), values_.resize(weights_.size());
    const Scalar share = static_cast<Scalar>(1.0 / static_cast<double>(data.rows));
    Scalar* weights = weights_.front().data();
    for (Index i = 0; i < data_tiles * kLanes<Scalar>; ++i) weights[i] = i < data.rows ? share : Scalar(0);
    weights += data_tiles * kLanes<Scalar>;
    const TileSpan<Scalar, E::dim> to(states_.front().data(), tiles, dim);
    Index at = 0;
    for (const Terms& group : terms_) {
      for (std::size_t n = 0; n < group.signs.size(); ++n, ++at) {
        for (Index i = 0; i < dim; ++i)
          to.coordinate(at / kLanes<Scalar>, i)[at % kLanes<Scalar>] =
              group.states[n * static_cast<std::size_t>(dim) + static_cast<std::size_t>(i)];
        weights[at] = -share * group.signs[n];
      }
    }
    for (; at < tiles * kLanes<Scalar>; ++at) {  // padding repeats the first state
      for (Index i = 0; i < dim; ++i)
        to.coordinate(at / kLanes<Scalar>, i)[at % kLanes<Scalar>] = to.coordinate(0, i)[0];
      weights[at] = Scalar(0);
    }
    return terms;
  }

  BatchReport report(Data data, Index terms, LanesSpan<const Scalar> values, LanesSpan<const Scalar> weights) {
    const double rows = static_cast<double>(data.rows);
    const Scalar *of_terms = values.tile_data(data.tiles.count()), *signs = weights.tile_data(data.tiles.count());
    double sum = 0, square = 0, model = 0;
    for (Index i = 0; i < data.rows; ++i) sum += static_cast<double>(values.data()[i]);
    for (Index i = 0; i < data.rows; ++i) {
      const double difference = static_cast<double>(values.data()[i]) - sum / rows;
      square = ebm::fma(difference, difference, square);
    }
    for (Index i = 0; i < terms; ++i)
      model = ebm::fma(-static_cast<double>(signs[i]), static_cast<double>(of_terms[i]), model);
    BatchReport result;
    result.data_energy = sum / rows;
    result.data_energy_sd = std::sqrt(square / rows);
    result.sample_energy = model;
    result.chains = data.rows;
    mean_meeting_time_ = 0;
    for (const Terms& group : terms_) {
      result.failed_chains += group.unmet;
      mean_meeting_time_ += group.meeting_times / rows;
    }
    return result;
  }

  UnbiasedContrastiveDivergence objective_;
  Chains<Scalar, E::dim> ahead_, behind_;
  RunMemory<Scalar> memory_;
  Stream stream_;
  std::vector<Terms> terms_;
  std::vector<Lanes<Scalar>> states_ = {}, weights_ = {}, values_ = {};
  ParameterGradient<E> sum_ = {};
  double mean_meeting_time_ = 0;
};

}  // namespace ebm
