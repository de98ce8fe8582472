// IsingLattice: replicas of the Ising model on a square torus, swept by the heat bath at the speed of the hardware.
//
//   ebm::IsingLattice lattice({.rows = 512, .columns = 512, .coupling = 0.44}, rng);
//   lattice.sweep(1000);
//   std::cout << lattice.magnetisation();
//
//   p(s) ~ exp(K sum_(ij) s_i s_j + h sum_i s_i),   p(s_i = 1 | rest) = 1 / (1 + exp(-2 (K sum_j s_j + h))),   s = -1, 1
//
// It is state and kernel in one, for the one model that is worth it, hence it stands among the samplers; Ising
// (energies/ising.hpp) is the same model on any graph and with a coupling for every edge, an energy that everything
// else understands. All sites of a colour of the chessboard, which do not interact, are drawn anew at once: chromatic
// Gibbs sampling, which is exact, and not reversible. Sides are even; a torus of odd sides is a matter for Ising.
//
// The number of neighbours that are up, a sum of bytes, looks up the probability of being up in a table of five, which
// is compared with a uniform number of 40 bits (core/uniform_bytes.hpp), a pure function of (stream, sweep, site,
// replica).
#pragma once

#include <ebm/core/byte_pack.hpp>
#include <ebm/core/executor.hpp>
#include <ebm/core/uniform_bytes.hpp>
#include <ebm/samplers/coloured_torus.hpp>

#include <algorithm>

namespace ebm {

struct IsingLatticeOptions {
  Index rows = 64, columns = 64;  // even, at least 4
  double coupling = 0.4;          // K = J / T, of every edge
  double field = 0;               // h = H / T, at every site
  Index replicas = 1;             // independent lattices
  bool ordered = false;           // starts with all spins up, instead of at random
};

class IsingLattice {
 public:
  IsingLattice(const IsingLatticeOptions& options, Rng& rng)
      : board_(options.rows, options.columns, options.replicas), stream_(rng.stream()) {
    set_model(options.coupling, options.field);
    for (Index tile = 0; tile < board_.tiles(); ++tile) start(tile, options.ordered);
  }

  Index rows() const { return board_.rows(); }
  Index columns() const { return board_.columns(); }
  Index sites() const { return rows() * columns(); }
  Index replicas() const { return board_.replicas(); }
  double coupling() const { return coupling_; }
  double field() const { return field_; }
  // Sweeps made so far.
  Index sweeps() const { return sweeps_; }

  // Goes on at another coupling and field.
  void set_model(double coupling, double field = 0) {
    require(coupling - coupling == 0, "coupling", coupling, "a finite number");
    require(field - field == 0, "field", field, "a finite number");
    coupling_ = coupling, field_ = field;
    for (int up = 0; up <= 4; ++up) {
      const double probability = logistic(2.0 * ebm::fma(coupling, 2.0 * up - 4.0, field));
      const auto threshold =
          std::min(static_cast<std::uint64_t>(ebm::fma(probability, 0x1p40, 0.5)), (std::uint64_t{1} << 40) - 1);
      first_.entries[up] = static_cast<std::uint8_t>(threshold >> 32);
      rest_[up] = static_cast<std::uint32_t>(threshold);
    }
  }

  // Draws every spin of every replica anew, `sweeps` times. The result does not depend on the number of workers.
  template <Executor Exec = Serial>
  void sweep(Index sweeps = 1, Exec&& executor = {}) {
    require(sweeps >= 0, "sweeps", static_cast<double>(sweeps), "at least 0");
    const Index at_once = std::max<Index>(2, 4096 / board_.row_bytes() / 2 * 2);  // rows; an even number of them
    executor.run(board_.tiles(), [&](Index tile, Index) {
      Scratch scratch(static_cast<std::size_t>(at_once * board_.row_bytes()));
      for (Index half = 2 * sweeps_; half < 2 * (sweeps_ + sweeps); ++half) {
        for (Index row = 0; row < rows(); row += at_once)
          sweep_rows(tile, half, row, std::min(row + at_once, rows()), scratch);
        board_.close_rows(tile, static_cast<int>(half % 2));
      }
    });
    sweeps_ += sweeps;
  }

  int spin(Index replica, Index row, Index column) const { return 2 * board_.at(replica, row, column) - 1; }

  // The mean spin of each replica, or of one.
  Values<double> magnetisations() const { return of_all(1.0 / static_cast<double>(sites()), 0); }
  double magnetisation(Index replica = 0) const { return of_one(replica, 1.0 / static_cast<double>(sites()), 0); }

  // The energy, -K sum_(ij) s_i s_j - h sum_i s_i, of each replica, or of one.
  Values<double> energies() const { return of_all(-field_, -coupling_); }
  double energy(Index replica = 0) const { return of_one(replica, -field_, -coupling_); }

  // One replica a row; the spin of (row, column) is coordinate row * columns + column, as in torus(rows, columns).
  template <class Scalar = float>
  Points<Scalar> points() const {
    Points<Scalar> result(replicas(), sites());
    for (Index i = 0; i < sites(); ++i) {
      for (Index k = 0; k < replicas(); ++k) result(k, i) = static_cast<Scalar>(spin(k, i / columns(), i % columns()));
    }
    return result;
  }
  template <class Derived>
  void set_points(const Eigen::DenseBase<Derived>& points) {
    require_shape("points", points, replicas(), sites());
    for (Index i = 0; i < sites(); ++i) {
      for (Index k = 0; k < replicas(); ++k) {
        const double value = static_cast<double>(points(k, i));
        require(value == 1 || value == -1, "points", value, "spins, which are -1 or 1");
      }
    }
    for (Index i = 0; i < sites(); ++i) {
      for (Index k = 0; k < replicas(); ++k) board_.at(k, i / columns(), i % columns()) = points(k, i) > 0;
    }
    for (Index tile = 0; tile < board_.tiles(); ++tile) board_.close_rows(tile, 0), board_.close_rows(tile, 1);
  }

 private:
  // For one worker: bytes of some rows, and where the first byte of a uniform number left the decision open.
  struct Scratch {
    explicit Scratch(std::size_t count) : bytes(count + 512), position(count + 16), spin(count + 16) {}
    std::vector<std::uint8_t> bytes;
    std::vector<std::uint32_t> position;
    std::vector<std::uint8_t*> spin;
  };

  // One colour of some rows; the sites of a colour are independent given those of the other.
  [[gnu::noinline]] void sweep_rows(Index tile, Index half, Index from, Index to, Scratch& scratch) {
    const int colour = static_cast<int>(half % 2);
    const std::uint64_t index = (static_cast<std::uint64_t>(tile) << 40) | static_cast<std::uint64_t>(half);
    const Index row_bytes = board_.row_bytes();
    std::uint8_t* bytes = scratch.bytes.data();
    fill_uniform_bytes(stream_, index, from * row_bytes, (to - from) * row_bytes, bytes);
    const ByteTable table = first_;
    std::size_t open = 0;
    for (Index r = from; r < to; ++r) {
      const auto [above, below, beside, other] = board_.neighbours(tile, colour, r);
      std::uint8_t* spins = board_.row(tile, colour, r);
      const Index first = (r - from) * row_bytes;
      for (Index i = 0; i < row_bytes; i += BytePack::size) {
        const BytePack up = (BytePack::load(above + i) + BytePack::load(below + i)) +
                            (BytePack::load(beside + i) + BytePack::load(other + i));
        const BytePack threshold = lookup(table, up), uniform = BytePack::load(bytes + first + i);
        less(uniform, threshold).store(spins + i);
        up.store(bytes + first + i);
        // Most registers leave one decision open or none, which is noted without a branch.
        std::uint64_t equal = equal_lanes(uniform, threshold);
        do {
          const int lane = std::countr_zero(equal);
          scratch.position[open] = static_cast<std::uint32_t>(first + i + lane);
          scratch.spin[open] = spins + i + lane;
          open += equal != 0;
          equal &= equal - 1;
        } while (equal != 0);
      }
    }
    settle(index, from * row_bytes, open, scratch);
  }

  // Decides what the first byte left open; the bytes are the numbers of neighbours up by now.
  void settle(std::uint64_t index, Index first, std::size_t open, Scratch& scratch) const {
    for (std::size_t i = 0; i < open; i += 16) {
      std::uint64_t positions[16], uniforms[16];
      for (std::size_t k = 0; k < 16; ++k) positions[k] = scratch.position[i + k] + static_cast<std::uint64_t>(first);
      uniform_words(stream_, index, positions, uniforms);
      for (std::size_t k = 0; k < std::min<std::size_t>(16, open - i); ++k)
        *scratch.spin[i + k] = uniforms[k] < rest_[scratch.bytes[scratch.position[i + k]]];
    }
  }

  void start(Index tile, bool ordered) {
    const Index row_bytes = board_.row_bytes();
    for (int colour = 0; colour < 2; ++colour) {
      for (Index r = 0; r < rows(); ++r) {
        std::uint8_t* sites = board_.row(tile, colour, r);
        for (Index i = 0; i < row_bytes; ++i) {
          const Index bit = (colour * rows() + r) * row_bytes + i;
          const PhiloxBlock words =
              stream_.words(static_cast<std::uint32_t>(bit / 128), static_cast<std::uint64_t>(tile), Purpose::integer);
          sites[i] = ordered || (words[static_cast<std::size_t>(bit / 32 % 4)] >> (bit % 32)) % 2 == 1;
        }
      }
      board_.close_rows(tile, colour);
    }
  }

  // of_spins * sum_i s_i + of_bonds * sum_(ij) s_i s_j of the replicas of a tile; every bond has one end of colour 0.
  void add_sums(Index tile, double of_spins, double of_bonds, Values<double>& result) const {
    const Index row_bytes = board_.row_bytes(), width = board_.width();
    Eigen::ArrayX<std::int32_t> up = Eigen::ArrayX<std::int32_t>::Zero(row_bytes), bonds = up;
    for (int colour = 0; colour < 2; ++colour) {
      for (Index r = 0; r < rows(); ++r) {
        const auto [above, below, beside, other] = board_.neighbours(tile, colour, r);
        const std::uint8_t* spins = board_.row(tile, colour, r);
        for (Index i = 0; i < row_bytes; ++i) up(i) += spins[i];
        for (Index i = 0; colour == 0 && i < row_bytes; ++i) {
          const int neighbours_up = (above[i] + below[i]) + (beside[i] + other[i]);
          bonds(i) += (2 * spins[i] - 1) * (2 * neighbours_up - 4);
        }
      }
    }
    for (Index k = 0; k < std::min(width, replicas() - tile * width); ++k) {
      Index all_up = 0, all_bonds = 0;
      for (Index i = k; i < columns() / 2 * width; i += width) all_up += up(i), all_bonds += bonds(i);
      result(tile * width + k) =
          ebm::fma(of_spins, static_cast<double>(2 * all_up - sites()), of_bonds * static_cast<double>(all_bonds));
    }
  }
  Values<double> of_all(double of_spins, double of_bonds) const {
    Values<double> result(replicas());
    for (Index tile = 0; tile < board_.tiles(); ++tile) add_sums(tile, of_spins, of_bonds, result);
    return result;
  }
  double of_one(Index replica, double of_spins, double of_bonds) const {
    require(replica >= 0 && replica < replicas(), "replica", static_cast<double>(replica), "0 to replicas - 1");
    Values<double> result(replicas());
    add_sums(replica / board_.width(), of_spins, of_bonds, result);
    return result(replica);
  }

  ColouredTorus board_;
  Stream stream_;
  Index sweeps_ = 0;
  double coupling_ = 0, field_ = 0;
  ByteTable first_;        // by the number of neighbours up: the first byte of the probability of being up
  std::uint32_t rest_[5];  // and the other four
};

}  // namespace ebm
