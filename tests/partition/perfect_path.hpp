// From N(0, 1) to N(0, sd^2) through the Gaussians whose precisions lie between, with exact draws for moves.
#pragma once

#include <ebm/partition/annealing_path.hpp>

namespace ebm::testing {

struct PerfectPath {
  using Scalar = double;
  struct State {
    std::vector<double> x;
  };
  double sd;

  double precision(double beta) const { return (1 - beta) + beta / (sd * sd); }
  State make_state(Index tiles) const { return {std::vector<double>(static_cast<std::size_t>(tiles * 8))}; }
  double base_log_partition() const { return 0.5 * std::log(2 * 3.141592653589793); }
  double log_partition() const { return base_log_partition() + std::log(sd); }
  void draw_base(State& state, TileRange range, const ebm::Stream& stream, ebm::Workspace& workspace) const {
    move(state, range, 0, stream, 0, workspace);
  }
  void weigh(const State& state, TileRange range, double from, double to, double* weights, ebm::Workspace&) const {
    for_each(state, range, [&](std::size_t c) {
      weights[c] -= 0.5 * state.x[c] * state.x[c] * (precision(to) - precision(from));
    });
  }
  void slopes(const State& state, TileRange range, double, double* slopes, ebm::Workspace&) const {
    for_each(state, range, [&](std::size_t c) { slopes[c] = -0.5 * state.x[c] * state.x[c] * (1 / (sd * sd) - 1); });
  }
  void move(State& state, TileRange range, double beta, const ebm::Stream& stream, Index step, ebm::Workspace&) const {
    for_each(state, range, [&](std::size_t c) {
      state.x[c] = stream.normal(static_cast<std::uint32_t>(c), static_cast<std::uint64_t>(step)) /
                   std::sqrt(precision(beta));
    });
  }
  void copy_chain(State& state, Index from, Index to, const State& source) const {
    state.x[static_cast<std::size_t>(to)] = source.x[static_cast<std::size_t>(from)];
  }
  bool offers_target_draws() const { return true; }
  void draw_target(State& state, const ebm::Stream& stream) const {
    ebm::Workspace workspace;
    move(state, {0, static_cast<Index>(state.x.size()) / 8}, 1, stream, 0, workspace);
  }

  template <class F>
  static void for_each(const State&, TileRange range, F f) {
    for (Index c = range.first * 8; c < (range.first + range.count) * 8; ++c) f(static_cast<std::size_t>(c));
  }
};

}  // namespace ebm::testing
