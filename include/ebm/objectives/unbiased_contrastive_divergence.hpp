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
// Chains that have not met after `most_steps` sweeps are cut off, which leaves a bias; they are reported as failed.
// More than one in fifty makes the trainer go back and halve the learning rate, and throw once it has done so
// `recoveries` times (training/guard.hpp).
//
// States are summed into the gradient every few steps, so that memory does not grow with the time chains need to meet.
#pragma once

#include <ebm/concepts/objective.hpp>
#include <ebm/objectives/parameter_gradient.hpp>
#include <ebm/samplers/gibbs.hpp>

namespace ebm {

struct UnbiasedContrastiveDivergence {
  Index steps = 1;                // k
  Index most_steps = 1000;        // sweeps of a chain
  Index memory = Index{1} << 22;  // coordinates of states kept at a time; a step at least

  template <class E>
  class Estimator;

  template <TrainableEnergy E>
    requires DiscreteEnergy<E>
  Estimator<E> estimator(const E& energy, Minibatch<typename E::Scalar, E::dim> data, Rng& rng, Index workers) const {
    require(steps >= 1, "steps", static_cast<double>(steps), "at least 1");
    require(most_steps >= steps, "most_steps", static_cast<double>(most_steps), "at least `steps`");
    require(memory >= 1, "memory", static_cast<double>(memory), "at least 1");
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
        groups_(static_cast<std::size_t>(groups(data))) {}

  // Sweeps that the chains of the last estimate needed to meet, their mean.
  double mean_meeting_time() const { return mean_meeting_time_; }

  void transfer(Archive&) {}  // nothing outlasts an iteration

  template <class Exec>
  void recover(const E&, Data, Exec&) {}

  template <class Exec>
  BatchReport estimate(const E& energy, Data data, Index iteration, FlatVector<Scalar>& gradient, Exec& executor) {
    std::copy_n(data.tiles.data(), data.tiles.size(), ahead_.positions().data());
    std::copy_n(data.tiles.data(), data.tiles.size(), behind_.positions().data());
    for (Index group = 0; group < groups(data); ++group)
      groups_[static_cast<std::size_t>(group)].start(lanes(data, group));
    BatchReport report;
    report.sample_energy = 0;
    Index apart = data.rows;
    for (Index time = 0; time < objective_.steps || (apart > 0 && time < objective_.most_steps);) {
      const Index until = std::min(objective_.most_steps, time + steps_at_once(data, apart));
      executor.run(groups(data), [&](Index group, Index worker) {
        run_group(energy, data, group, iteration * (objective_.most_steps + 1), time, until, memory_.workspace(worker));
      });
      add_gradient(energy, data, time == 0, gradient, report, executor);
      apart = 0;
      for (const Group& group : groups_) apart += group.apart;
      time = until;
    }
    report.chains = data.rows;
    report.failed_chains = apart;
    mean_meeting_time_ = 0;
    for (const Group& group : groups_)
      mean_meeting_time_ += (group.meeting_times + static_cast<double>(group.apart * objective_.most_steps)) /
                            static_cast<double>(data.rows);
    return report;
  }

 private:
  // The chains of a few tiles: which have met, and what the last steps add, states one after the other with a +1 or -1
  // for each.
  struct Group {
    std::vector<Scalar> states, signs;
    std::vector<char> met;
    Index apart = 0;
    double meeting_times = 0;

    void start(Index lanes) {
      met.assign(static_cast<std::size_t>(lanes), 0);
      apart = lanes, meeting_times = 0;
    }
    void add(TileSpan<const Scalar, E::dim> x, Index tile, Index lane, Scalar sign) {
      for (Index i = 0; i < x.dim(); ++i) states.push_back(x.coordinate(tile, i)[lane]);
      signs.push_back(sign);
    }
  };

  static Index groups(Data data) { return (data.tiles.count() + kTilesAtOnce<E> - 1) / kTilesAtOnce<E>; }

  // Chains of a group.
  static Index lanes(Data data, Index group) {
    const Index first = group * kTilesAtOnce<E> * kLanes<Scalar>;
    return std::max<Index>(0, std::min(kTilesAtOnce<E> * kLanes<Scalar>, data.rows - first));
  }
  // Steps whose states fit into the memory for them.
  Index steps_at_once(Data data, Index apart) const {
    return std::max<Index>(1, objective_.memory / (2 * data.tiles.dim() * std::max<Index>(1, apart)));
  }

  static bool same(TileSpan<const Scalar, E::dim> x, TileSpan<const Scalar, E::dim> y, Index tile, Index lane) {
    for (Index i = 0; i < x.dim(); ++i) {
      if (x.coordinate(tile, i)[lane] != y.coordinate(tile, i)[lane]) return false;
    }
    return true;
  }

  // Steps time + 1 to until of a group's chains.
  void run_group(const E& energy, Data data, Index group, Index first_step, Index time, Index until,
                 Workspace& workspace) {
    Workspace::Scope scope(workspace);
    Group& chains = groups_[static_cast<std::size_t>(group)];
    chains.states.clear(), chains.signs.clear();
    const Index tile = group * kTilesAtOnce<E>, count = std::min(kTilesAtOnce<E>, data.tiles.count() - tile);
    const auto x = ahead_.state(tile, count), y = behind_.state(tile, count);
    const auto acceptance = workspace.tiles<Scalar, 1>(count, 1);
    const Gibbs gibbs;
    const auto noise_from = [&](Index step) {
      return TileNoise<Scalar, E::dim>(stream_, tile, count, data.tiles.dim(), step, workspace,
                                       uniforms_per_step(gibbs, energy));
    };
    // From the second step on, both chains use the same.
    TileNoise<Scalar, E::dim> noise_ahead = noise_from(first_step + time),
                              noise_behind = noise_from(first_step + std::max<Index>(1, time));
    const auto sweep = [&](const ChainStateOf<E>& state, TileNoise<Scalar, E::dim>& noise) {
      noise.next();
      gibbs.step(energy, state, 0.0, noise, acceptance, workspace);
    };
    for (Index t = time + 1; t <= until && (t <= objective_.steps || chains.apart > 0); ++t) {
      sweep(x, noise_ahead);
      if (t > 1) sweep(y, noise_behind);
      for (std::size_t lane = 0; lane < chains.met.size(); ++lane) {
        char& met = chains.met[lane];
        const Index k = static_cast<Index>(lane) / kLanes<Scalar>, l = static_cast<Index>(lane) % kLanes<Scalar>;
        if (!met && same(x.position, y.position, k, l)) {
          met = 1, --chains.apart;
          chains.meeting_times += static_cast<double>(t);
        }
        if (t == objective_.steps) chains.add(x.position, k, l, Scalar(1));
        if (t > objective_.steps && !met) {
          chains.add(x.position, k, l, Scalar(1));
          chains.add(y.position, k, l, Scalar(-1));
        }
      }
    }
  }

  // gradient += what the last steps of all groups add, or, the first time, is set to that and the gradient of the data.
  template <class Exec>
  void add_gradient(const E& energy, Data data, bool first, FlatVector<Scalar>& gradient, BatchReport& report,
                    Exec& executor) {
    const Index terms = collect(data), data_tiles = data.tiles.count(), term_tiles = tiles_for<Scalar>(terms);
    if (!first && terms == 0) return;
    const LanesSpan<Scalar> weights(weights_.front().data(), data_tiles + term_tiles),
        values(values_.front().data(), data_tiles + term_tiles);
    using Part = typename ParameterGradient<E>::Part;
    const Part parts[] = {{data.tiles, weights.subspan(0, data_tiles), values.subspan(0, data_tiles)},
                          {TileSpan<const Scalar, E::dim>(states_.front().data(), term_tiles, data.tiles.dim()),
                           weights.subspan(data_tiles, term_tiles), values.subspan(data_tiles, term_tiles)}};
    if (first) {
      sum_.sum(energy, parts, gradient, memory_, executor);
      report_data(data, values, report);
    } else {
      using V = Pack<Scalar>;
      if (more_.size() != gradient.size()) more_ = FlatVector<Scalar>(gradient.size());
      sum_.sum(energy, std::span<const Part>(parts).subspan(1), more_, memory_, executor);
      for (Index i = 0; i < gradient.padded_size(); i += V::size)
        (V::load(gradient.data() + i) + V::load(more_.data() + i)).store(gradient.data() + i);
    }
    for (Index i = data_tiles * kLanes<Scalar>; i < data_tiles * kLanes<Scalar> + terms; ++i)
      report.sample_energy = ebm::fma(-static_cast<double>(weights.data()[i]), static_cast<double>(values.data()[i]),
                                      report.sample_energy);
  }

  // All groups' terms in tiles, with their weights behind those of the data; returns how many there are.
  Index collect(Data data) {
    Index terms = 0;
    for (const Group& group : groups_) terms += static_cast<Index>(group.signs.size());
    const Index dim = data.tiles.dim(), data_tiles = data.tiles.count(), tiles = tiles_for<Scalar>(terms);
    states_.resize(static_cast<std::size_t>(std::max<Index>(1, tiles) * dim));
    weights_.resize(static_cast<std::size_t>(data_tiles + tiles)), values_.resize(weights_.size());
    const Scalar share = static_cast<Scalar>(1.0 / static_cast<double>(data.rows));
    Scalar* weights = weights_.front().data();
    for (Index i = 0; i < data_tiles * kLanes<Scalar>; ++i) weights[i] = i < data.rows ? share : Scalar(0);
    weights += data_tiles * kLanes<Scalar>;
    const TileSpan<Scalar, E::dim> to(states_.front().data(), tiles, dim);
    Index at = 0;
    for (const Group& group : groups_) {
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

  static void report_data(Data data, LanesSpan<const Scalar> values, BatchReport& report) {
    const double rows = static_cast<double>(data.rows);
    double sum = 0, square = 0;
    for (Index i = 0; i < data.rows; ++i) sum += static_cast<double>(values.data()[i]);
    for (Index i = 0; i < data.rows; ++i) {
      const double difference = static_cast<double>(values.data()[i]) - sum / rows;
      square = ebm::fma(difference, difference, square);
    }
    report.data_energy = sum / rows;
    report.data_energy_sd = std::sqrt(square / rows);
  }

  UnbiasedContrastiveDivergence objective_;
  Chains<Scalar, E::dim> ahead_, behind_;
  RunMemory<Scalar> memory_;
  Stream stream_;
  std::vector<Group> groups_;
  std::vector<Lanes<Scalar>> states_ = {}, weights_ = {}, values_ = {};
  FlatVector<Scalar> more_ = {};
  ParameterGradient<E> sum_ = {};
  double mean_meeting_time_ = 0;
};

}  // namespace ebm
