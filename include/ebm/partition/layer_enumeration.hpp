// LayerEnumeration: log Z and exact draws of a restricted Boltzmann machine through all states of its smaller layer.
//
//   Z = sum_h exp(c'h) prod_i (1 + exp(b_i + W_i h)),   and the same with the layers exchanged
//
// Eight states side by side, the others in the order of a Gray code (Gray 1953), so that one unit changes at a time.
// Blocks of states start afresh, which keeps rounding from adding up, and can run in parallel.
#pragma once

#include <ebm/concepts/restricted_boltzmann_machine.hpp>
#include <ebm/core/executor.hpp>
#include <ebm/core/flat_vector.hpp>
#include <ebm/core/rng.hpp>
#include <ebm/partition/log_weights.hpp>

namespace ebm {

class LayerEnumeration {
  using V = Pack<double>;
  static constexpr Index kStates = kLanes<double>;  // side by side: the states of the first three units
  static constexpr Index kMostUnits = 30;           // what takes minutes

 public:
  template <RestrictedBoltzmannMachine E>
  explicit LayerEnumeration(const E& rbm) : by_hidden_(rbm.hidden() <= rbm.visible()) {
    const Index units = std::min(rbm.hidden(), rbm.visible());
    others_ = std::max(rbm.hidden(), rbm.visible());
    units_ = std::max<Index>(3, units);  // a unit that is not there is always off
    present_ = units;
    for (Index k = 0; k < units_; ++k) {
      bias_.push_back(k >= units ? -std::numeric_limits<double>::infinity()
                                 : static_cast<double>(by_hidden_ ? rbm.hidden_bias(k) : rbm.visible_bias(k)));
      for (Index i = 0; i < others_; ++i)
        weight_.push_back(k >= units ? 0.0 : static_cast<double>(by_hidden_ ? rbm.weight(i, k) : rbm.weight(k, i)));
    }
    for (Index i = 0; i < others_; ++i)
      other_bias_.push_back(static_cast<double>(by_hidden_ ? rbm.visible_bias(i) : rbm.hidden_bias(i)));
  }

  // Units of the layer that is enumerated, and the number of terms that it takes.
  Index units() const { return present_; }
  double cost() const { return std::ldexp(static_cast<double>(others_), static_cast<int>(units_)); }

  template <Executor Exec = Serial>
  double log_partition(Exec&& executor = {}) const {
    return log_sum_exp(block_sums(executor));
  }

  // f(chain, visible states) for independent draws.
  template <class F>
  void draw(Index chains, const Stream& stream, F f) const {
    Serial serial;
    const std::vector<double> sums = block_sums(serial);
    const double total = log_sum_exp(sums);
    std::vector<std::pair<double, Index>> marks;
    for (Index c = 0; c < chains; ++c) marks.emplace_back(stream.uniform(static_cast<std::uint32_t>(c), 0), c);
    std::sort(marks.begin(), marks.end());

    FlatVector<double> weights(static_cast<std::size_t>(kStates * steps()));
    std::vector<char> v;
    double before = 0;
    auto mark = marks.begin();
    for (Index block = 0; block < blocks(); ++block) {
      const double share = ebm::exp(sums[static_cast<std::size_t>(block)] - total);
      const bool last = block + 1 == blocks();
      const auto end = last ? marks.end() : std::lower_bound(mark, marks.end(), std::pair(before + share, Index{-1}));
      if (mark != end) {
        run_block(block, weights.data());
        double sum = before;
        std::size_t state = 0;
        sum += ebm::exp(weights.data()[0] - total);
        for (; mark != end; ++mark) {
          while (mark->first >= sum && state + 1 < weights.size()) sum += ebm::exp(weights.data()[++state] - total);
          fill_visible(block, static_cast<Index>(state), stream, mark->second, v);
          f(mark->second, v);
        }
      }
      before += share;
    }
  }

 private:
  // High units are fixed in a block, those between are run through by the Gray code.
  int between() const { return static_cast<int>(std::min<Index>(units_ - 3, 10)); }
  Index steps() const { return Index{1} << between(); }
  Index blocks() const { return Index{1} << (units_ - 3 - between()); }

  template <class Exec>
  std::vector<double> block_sums(Exec& executor) const {
    require(present_ <= kMostUnits, "units of the smaller layer", static_cast<double>(present_),
            "at most 30 for a sum over their states; annealed_importance_sampling has no such limit");
    std::vector<double> sums(static_cast<std::size_t>(blocks()));
    executor.run(blocks(),
                 [&](Index block, Index) { sums[static_cast<std::size_t>(block)] = run_block(block, nullptr); });
    return sums;
  }

  static bool is_set(Index state, Index unit) { return ((state >> unit) & 1) != 0; }

  // log of the sum of weights over a block's states; all log weights as well if asked for, [step][state].
  double run_block(Index block, double* log_weights) const {
    std::vector<Lanes<double>> input(static_cast<std::size_t>(others_));
    Lanes<double> bias, largest, sum;
    bias.setZero(), sum.setZero();
    largest.setConstant(-std::numeric_limits<double>::max());
    for (Index i = 0; i < others_; ++i)
      input[static_cast<std::size_t>(i)].setConstant(other_bias_[static_cast<std::size_t>(i)]);
    for (Index k = 0; k < units_; ++k) {
      if (k < 3) {
        for (Index l = 0; l < kStates; ++l) {
          if (!is_set(l, k)) continue;
          bias(l) += bias_[static_cast<std::size_t>(k)];
          for (Index i = 0; i < others_; ++i) input[static_cast<std::size_t>(i)](l) += weight(k, i);
        }
      } else if (k >= 3 + between() && is_set(block, k - 3 - between())) {
        change(k, 1.0, bias, input);
      }
    }
    Index gray = 0;
    for (Index step = 0;; ++step) {
      add_states(bias, input, largest, sum, log_weights ? log_weights + gray * kStates : nullptr);
      if (step + 1 == steps()) break;
      const int unit = std::countr_zero(static_cast<std::uint64_t>(step + 1));
      gray ^= Index{1} << unit;
      change(3 + unit, is_set(gray, unit) ? 1.0 : -1.0, bias, input);
    }
    std::vector<double> lanes;
    for (Index l = 0; l < kStates; ++l) lanes.push_back(largest(l) + ebm::log(sum(l)));
    return log_sum_exp(lanes);
  }

  double weight(Index k, Index i) const { return weight_[static_cast<std::size_t>(k * others_ + i)]; }

  void change(Index k, double sign, Lanes<double>& bias, std::vector<Lanes<double>>& input) const {
    bias += sign * bias_[static_cast<std::size_t>(k)];
    for (Index i = 0; i < others_; ++i) {
      const V step(sign * weight(k, i));
      double* to = input[static_cast<std::size_t>(i)].data();
      for (Index p = 0; p < kStates; p += V::size) (V::load(to + p) + step).store(to + p);
    }
  }

  // One weight for each state: exp(bias) prod (1 + exp(input)), the logarithm taken of products of 500 factors below 2.
  void add_states(const Lanes<double>& bias, const std::vector<Lanes<double>>& input, Lanes<double>& largest,
                  Lanes<double>& sum, double* log_weights) const {
    for (Index p = 0; p < kStates; p += V::size) {
      V total = V::load(bias.data() + p), product(1);
      for (Index i = 0; i < others_; ++i) {
        const V x = V::load(input[static_cast<std::size_t>(i)].data() + p);
        total = total + maximum(x, V(0));
        product = product * (V(1) + exp(-abs(x)));
        if (i % 500 == 499) total = total + log(product), product = V(1);
      }
      total = total + log(product);
      if (log_weights) total.store(log_weights + p);
      const V old = V::load(largest.data() + p), most = maximum(old, total);
      fma(V::load(sum.data() + p), exp(old - most), exp(total - most)).store(sum.data() + p);
      most.store(largest.data() + p);
    }
  }

  // The visible units of one state of a block; where hidden units were enumerated, drawn given them.
  void fill_visible(Index block, Index state, const Stream& stream, Index chain, std::vector<char>& v) const {
    const auto on = [&](Index k) {
      const Index bits = k < 3 ? state % kStates : k < 3 + between() ? state / kStates : block;
      return is_set(bits, k < 3 ? k : k < 3 + between() ? k - 3 : k - 3 - between());
    };
    v.assign(static_cast<std::size_t>(by_hidden_ ? others_ : present_), 0);
    for (Index k = 0; k < present_ && !by_hidden_; ++k) v[static_cast<std::size_t>(k)] = on(k);
    for (Index i = 0; i < others_ && by_hidden_; ++i) {
      double x = other_bias_[static_cast<std::size_t>(i)];
      for (Index k = 0; k < present_; ++k) x += on(k) ? weight(k, i) : 0.0;
      const double u = stream.uniform(static_cast<std::uint32_t>(chain), static_cast<std::uint64_t>(i) + 1);
      v[static_cast<std::size_t>(i)] = u < logistic(x);
    }
  }

  bool by_hidden_;
  Index units_ = 0, present_ = 0, others_ = 0;
  std::vector<double> bias_, weight_, other_bias_;
};

}  // namespace ebm
