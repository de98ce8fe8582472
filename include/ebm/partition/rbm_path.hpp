// RbmPath: from independent units to a restricted Boltzmann machine of binary units (Salakhutdinov & Murray 2008).
//
//   E_beta(v, h) = (1 - beta) (-base'v) + beta E(v, h)
//   log f_beta(v) = ((1 - beta) base + beta b)'v + sum_j softplus(beta a_j),     a = c + W'v
//   log Z_0 = hidden log 2 + sum_i softplus(base_i)
//
// One product of the visible states gives the weight and the conditional of the hidden units, one of the hidden states
// the visible units; the weights are fixed, so both run on tables of the states of four units
// (networks/lookup_product.hpp). The terms of a weight are differences before they are summed, and nothing cancels:
//   softplus(q a) - softplus(p a) = (q - p) max(a, 0) + log((1 + exp(-q |a|)) / (1 + exp(-p |a|)))
// The factors lie between 1/2 and 2; the logarithm is taken of products of 60.
#pragma once

#include <ebm/concepts/discrete_energy.hpp>
#include <ebm/networks/lookup_product.hpp>
#include <ebm/partition/annealing_path.hpp>
#include <ebm/partition/layer_enumeration.hpp>

#include <optional>

namespace ebm {

template <class S>
class RbmPath {
  using V = Pack<S>;
  using Bit = detail::LookupIndex<S>;
  using Product = detail::LookupProduct<S>;

 public:
  using Scalar = S;
  static constexpr Index tiles_at_once = 7;

  struct alignas(kAlignment) BitLanes {
    Bit lane[kLanes<S>] = {};
  };

  // Visible states, four units an index, [tile][group][lane], and (b - base)'v of each chain.
  struct State {
    std::vector<BitLanes> visible;
    std::vector<Lanes<Scalar>> field;

    Index tiles() const { return static_cast<Index>(field.size()); }
  };

  // `base` holds the biases of the visible units at beta = 0; left out, those of the machine.
  template <RestrictedBoltzmannMachine E>
    requires std::same_as<typename E::Scalar, S>
  explicit RbmPath(const E& rbm, const std::optional<Values<double>>& base = std::nullopt)
      : to_hidden_(rbm.visible(), rbm.hidden(), [&](Index i, Index j) { return rbm.weight(i, j); }),
        to_visible_(rbm.hidden(), rbm.visible(), [&](Index j, Index i) { return rbm.weight(i, j); }),
        layers_(rbm) {
    for (Index j = 0; j < rbm.hidden(); ++j) hidden_bias_.push_back(static_cast<Scalar>(rbm.hidden_bias(j)));
    Values<double> biases(rbm.visible());
    for (Index i = 0; i < rbm.visible(); ++i) biases[i] = static_cast<double>(rbm.visible_bias(i));
    if (base) {
      require_shape("base", *base, rbm.visible(), 1);
      require_finite("base", *base);
    }
    log_z_ = static_cast<double>(rbm.hidden()) * 0.6931471805599453;
    for (Index i = 0; i < rbm.visible(); ++i) {
      base_.push_back(static_cast<Scalar>(base ? (*base)[i] : biases[i]));
      difference_.push_back(static_cast<Scalar>(biases[i] - static_cast<double>(base_.back())));
      log_z_ += log1p_exp(static_cast<double>(base_.back()));
    }
  }

  Index visible() const { return to_visible_.columns(); }
  Index hidden() const { return to_hidden_.columns(); }
  double base_log_partition() const { return log_z_; }

  State make_state(Index tiles) const {
    const auto size = static_cast<std::size_t>(tiles);
    State state{std::vector<BitLanes>(size * static_cast<std::size_t>(to_hidden_.groups())),
                std::vector<Lanes<Scalar>>(size)};
    for (Lanes<Scalar>& lanes : state.field) lanes.setZero();
    return state;
  }

  void draw_base(State& state, TileRange range, const Stream& stream, Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    Scalar* nothing = workspace.take<Scalar>(Product::kChunk * kLanes<Scalar>);
    std::fill_n(nothing, Product::kChunk * kLanes<Scalar>, Scalar(0));
    for (Index t = range.first; t < range.first + range.count; ++t) {
      for (Index first = 0; first < visible(); first += Product::kChunk)
        draw_visible(state, t, 1, first, std::min(Product::kChunk, visible() - first), nothing, 0.0, stream, 0,
                     workspace);
    }
  }

  void weigh(const State& state, TileRange range, double from, double to, double* weights, Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    Increment increment(*this, range, from, to, workspace);
    for_each_hidden(state, range, workspace, [&](Index t, Index j, Index p, V a) { increment.add(t, j, p, a); });
    increment.finish(state, weights);
  }

  void slopes(const State& state, TileRange range, double beta, double* slopes, Workspace& workspace) const {
    for (Index t = range.first; t < range.first + range.count; ++t) {
      for (Index l = 0; l < kLanes<Scalar>; ++l)
        slopes[t * kLanes<Scalar> + l] = static_cast<double>(state.field[static_cast<std::size_t>(t)](l));
    }
    for_each_hidden(state, range, workspace, [&](Index t, Index, Index p, V a) {
      const V slope = a * logistic(V(beta) * a);
      for (Index l = 0; l < V::size; ++l)
        slopes[(range.first + t) * kLanes<Scalar> + p + l] += static_cast<double>(slope.native[l]);
    });
  }

  void move(State& state, TileRange range, double beta, const Stream& stream, Index step, Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    Hidden draw(*this, range, stream, step, workspace);
    for_each_hidden(state, range, workspace, [&](Index t, Index j, Index p, V a) {
      const V x = V(beta) * a;
      draw(t, j, p, x, exp(-abs(x)));
    });
    draw_all_visible(state, range, draw.states, beta, stream, step, workspace);
  }

  void anneal(State& state, TileRange range, double from, double to, double* weights, const Stream& stream, Index step,
              Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    Increment increment(*this, range, from, to, workspace);
    Hidden draw(*this, range, stream, step, workspace);
    for_each_hidden(state, range, workspace,
                    [&](Index t, Index j, Index p, V a) { draw(t, j, p, V(to) * a, increment.add(t, j, p, a)); });
    increment.finish(state, weights);
    draw_all_visible(state, range, draw.states, to, stream, step, workspace);
  }

  void copy_chain(State& state, Index from, Index to, const State& source) const {
    constexpr Index lanes = kLanes<Scalar>;
    const Bit* taken = visible_bits(source, from / lanes);
    Bit* given = visible_bits(state, to / lanes);
    for (Index g = 0; g < to_hidden_.groups(); ++g) given[g * lanes + to % lanes] = taken[g * lanes + from % lanes];
    state.field[static_cast<std::size_t>(to / lanes)](to % lanes) =
        source.field[static_cast<std::size_t>(from / lanes)](from % lanes);
  }
  void place(State& state, Index chain, const Points<double>& points, Index row) const {
    require_shape("points", points, kAny, visible());
    set_visible(state, chain, [&](Index i) { return points(row, i) > 0.5; });
  }

  // Where modes may be: chains of odd half numbers take the pattern of one hidden unit, and all go on cold for a while.
  void quench(State& state, const Stream& stream, Workspace& workspace) const {
    constexpr Index lanes = kLanes<Scalar>, moves = 20;
    constexpr double coldest = 4;
    Workspace::Scope scope(workspace);
    auto patterns = state;
    Bit* states = workspace.take<Bit>(state.tiles() * to_visible_.state_size());
    std::fill_n(states, state.tiles() * to_visible_.state_size(), Bit{0});
    const Index chains = state.tiles() * lanes;
    for (Index c = 0; c < chains; ++c) {
      const Index unit = hidden() >= chains ? c * hidden() / chains : c / 4 % hidden();
      states[c / lanes * to_visible_.state_size() + unit / detail::kLookupUnits * lanes + c % lanes] =
          Bit{1} << (unit % detail::kLookupUnits);
    }
    const TileRange all{0, state.tiles()};
    draw_all_visible(patterns, all, states, coldest, stream, 0, workspace);
    for (Index c = 0; c < chains; ++c) {
      if (c / 2 % 2 == 1) copy_chain(state, c, c, patterns);
    }
    for (Index k = 0; k < moves; ++k) move(state, all, coldest, stream, k + 1, workspace);
  }

  // Where one layer is small enough to be enumerated.
  bool offers_target_draws() const { return layers_.cost() <= 4e9 && layers_.units() <= 24; }
  void draw_target(State& state, const Stream& stream) const {
    layers_.draw(state.tiles() * kLanes<Scalar>, stream, [&](Index chain, const std::vector<char>& v) {
      set_visible(state, chain, [&](Index i) { return v[static_cast<std::size_t>(i)] != 0; });
    });
  }

  // Sets the visible units of a chain: on(unit) -> bool.
  template <class On>
  void set_visible(State& state, Index chain, On on) const {
    constexpr Index lanes = kLanes<Scalar>;
    const Index tile = chain / lanes, lane = chain % lanes;
    Bit* bits = visible_bits(state, tile);
    for (Index g = 0; g < to_hidden_.groups(); ++g) bits[g * lanes + lane] = 0;
    Scalar field(0);
    for (Index i = 0; i < visible(); ++i) {
      if (!on(i)) continue;
      bits[i / detail::kLookupUnits * lanes + lane] |= Bit{1} << (i % detail::kLookupUnits);
      field += difference_[static_cast<std::size_t>(i)];
    }
    state.field[static_cast<std::size_t>(tile)](lane) = field;
  }
  bool is_on(const State& state, Index chain, Index i) const {
    constexpr Index lanes = kLanes<Scalar>;
    const Bit* bits = visible_bits(state, chain / lanes);
    return (bits[i / detail::kLookupUnits * lanes + chain % lanes] >> (i % detail::kLookupUnits)) & 1;
  }

 private:
  typedef Bit BitMemory __attribute__((vector_size(kPackBytes), may_alias));

  // The sums of log f_to - log f_from over the hidden units of each lane.
  struct Increment {
    Increment(const RbmPath& rbm_path, TileRange tiles, double from, double to, Workspace& workspace)
        : path(rbm_path), range(tiles), minus_from(-from), minus_to(-to), change(to - from) {
      memory = workspace.take<Scalar>(4 * range.count * kLanes<Scalar>);
      for (Index i = 0; i < range.count * kLanes<Scalar>; ++i)
        positive()[i] = logs()[i] = Scalar(0), products()[i] = quotients()[i] = Scalar(1);
    }

    Scalar* positive() const { return memory; }
    Scalar* logs() const { return memory + range.count * kLanes<Scalar>; }
    Scalar* products() const { return memory + 2 * range.count * kLanes<Scalar>; }
    Scalar* quotients() const { return memory + 3 * range.count * kLanes<Scalar>; }

    // Returns exp(-to |a|).
    EBM_INLINE V add(Index t, Index j, Index p, V a) {
      const Index at = t * kLanes<Scalar> + p;
      const V size = abs(a), after = exp(minus_to * size), before = exp(minus_from * size);
      (V::load(positive() + at) + maximum(a, V(0))).store(positive() + at);
      V product = V::load(products() + at) * (V(1) + after), quotient = V::load(quotients() + at) * (V(1) + before);
      if (j % 60 == 59) {
        (V::load(logs() + at) + log(product / quotient)).store(logs() + at);
        product = quotient = V(1);
      }
      product.store(products() + at), quotient.store(quotients() + at);
      return after;
    }
    void finish(const State& state, double* weights) const {
      for (Index t = 0; t < range.count; ++t) {
        const Index tile = range.first + t;
        for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
          const Index at = t * kLanes<Scalar> + p;
          const V rest = V::load(logs() + at) + log(V::load(products() + at) / V::load(quotients() + at));
          const V linear = V::load(positive() + at) + V::load(state.field[static_cast<std::size_t>(tile)].data() + p);
          for (Index l = 0; l < V::size; ++l) {
            double& weight = weights[tile * kLanes<Scalar> + p + l];
            weight += ebm::fma(change, static_cast<double>(linear.native[l]), static_cast<double>(rest.native[l]));
          }
        }
      }
    }

    const RbmPath& path;
    TileRange range;
    V minus_from, minus_to;
    double change;
    Scalar* memory;
  };

  // Draws hidden units, from their activations in order.
  struct Hidden {
    Hidden(const RbmPath& rbm_path, TileRange tiles, const Stream& noise, Index at_step, Workspace& workspace)
        : path(rbm_path), range(tiles), stream(noise), step(at_step) {
      states = workspace.take<Bit>(range.count * path.to_visible_.state_size());
      uniforms = workspace.take<Scalar>(Product::kChunk * kLanes<Scalar>);
      std::fill_n(states, range.count * path.to_visible_.state_size(), Bit{0});
    }

    // x is the unit's input, decay = exp(-|x|): on where u (1 + decay) <= 1, or decay where x < 0.
    EBM_INLINE void operator()(Index t, Index j, Index p, V x, V decay) {
      const Index in_chunk = j % Product::kChunk;
      if (in_chunk == 0 && p == 0)
        fill_uniforms(stream, range.first + t, path.first_uniform(step) + j, Product::kChunk, uniforms);
      const V u = V::load(uniforms + in_chunk * kLanes<Scalar> + p);
      const auto on = u * (V(1) + decay) <= select(x < V(0), decay, V(1));
      auto* to = reinterpret_cast<BitMemory*>(states + t * path.to_visible_.state_size() +
                                              j / detail::kLookupUnits * kLanes<Scalar> + p);
      const V bit = V::from_bits(BitsOf<V>{} + (Bit{1} << (j % detail::kLookupUnits)));
      *to = *to | select(on, bit, V(0)).bits();
    }

    const RbmPath& path;
    TileRange range;
    Stream stream;
    Index step;
    Bit* states;
    Scalar* uniforms;
  };

  Index padded(Index units) const { return (units + Product::kChunk - 1) / Product::kChunk * Product::kChunk; }
  Index first_uniform(Index step) const { return step * (padded(hidden()) + padded(visible())); }

  const Bit* visible_bits(const State& state, Index tile) const {
    return state.visible[static_cast<std::size_t>(tile * to_hidden_.groups())].lane;
  }
  Bit* visible_bits(State& state, Index tile) const {
    return state.visible[static_cast<std::size_t>(tile * to_hidden_.groups())].lane;
  }

  // f(tile of the range, hidden unit, first lane, a) in the order of the units for each tile.
  template <class F>
  void for_each_hidden(const State& state, TileRange range, Workspace& workspace, F f) const {
    to_hidden_.for_each_chunk(visible_bits(state, range.first), range.count, workspace,
                              [&](Index first_tile, Index tiles, Index first, Index width, const Scalar* sums) {
                                for (Index t = 0; t < tiles; ++t) {
                                  for (Index j = 0; j < width; ++j) {
                                    const V bias(hidden_bias_[static_cast<std::size_t>(first + j)]);
                                    for (Index p = 0; p < kLanes<Scalar>; p += V::size)
                                      f(first_tile + t, first + j, p,
                                        bias + V::load(sums + (j * tiles + t) * kLanes<Scalar> + p));
                                  }
                                }
                              });
  }

  void draw_all_visible(State& state, TileRange range, const Bit* hidden_states, double beta, const Stream& stream,
                        Index step, Workspace& workspace) const {
    to_visible_.for_each_chunk(hidden_states, range.count, workspace,
                               [&](Index first_tile, Index tiles, Index first, Index width, const Scalar* sums) {
                                 draw_visible(state, range.first + first_tile, tiles, first, width, sums, beta, stream,
                                              first_uniform(step) + padded(hidden()), workspace);
                               });
  }

  // Some visible units of some tiles from the sums over their hidden units.
  void draw_visible(State& state, Index first_tile, Index tiles, Index first, Index width, const Scalar* sums,
                    double beta, const Stream& stream, Index first_uniform, Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    constexpr Index lanes = kLanes<Scalar>;
    const V scale(beta);
    Scalar* uniforms = workspace.take<Scalar>(Product::kChunk * lanes);
    for (Index t = 0; t < tiles; ++t) {
      fill_uniforms(stream, first_tile + t, first_uniform + first, Product::kChunk, uniforms);
      Bit* bits = visible_bits(state, first_tile + t) + first / detail::kLookupUnits * lanes;
      Scalar* field = state.field[static_cast<std::size_t>(first_tile + t)].data();
      for (Index p = 0; p < lanes; p += V::size) {
        V sum = first == 0 ? V(0) : V::load(field + p);
        for (Index k = 0; k < width; k += detail::kLookupUnits) {
          BitsOf<V> index{};
          for (Index i = k; i < std::min(k + detail::kLookupUnits, width); ++i) {
            const auto unit = static_cast<std::size_t>(first + i);
            const V difference(difference_[unit]);
            const V x = fma(scale, difference + V::load(sums + (i * tiles + t) * lanes + p), V(base_[unit]));
            const V decay = exp(-abs(x)), u = V::load(uniforms + i * lanes + p);
            const auto on = u * (V(1) + decay) <= select(x < V(0), decay, V(1));
            index = index | select(on, V::from_bits(BitsOf<V>{} + (Bit{1} << (i - k))), V(0)).bits();
            sum = sum + select(on, difference, V(0));
          }
          *reinterpret_cast<BitMemory*>(bits + k / detail::kLookupUnits * lanes + p) = index;
        }
        sum.store(field + p);
      }
    }
  }

  Product to_hidden_, to_visible_;
  LayerEnumeration layers_;
  std::vector<Scalar> hidden_bias_, base_, difference_;
  double log_z_ = 0;
};

template <RestrictedBoltzmannMachine E>
RbmPath(const E&) -> RbmPath<typename E::Scalar>;
template <RestrictedBoltzmannMachine E, class Base>
RbmPath(const E&, const Base&) -> RbmPath<typename E::Scalar>;

}  // namespace ebm
