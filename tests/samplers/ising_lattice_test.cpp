#include <ebm/core/thread_pool.hpp>
#include <ebm/samplers/ising_lattice.hpp>

#include "support/catch.hpp"
#include "support/statistics.hpp"

using namespace ebm;

namespace {

// The uniform number of 40 bits that header comments promise, made one by one.
std::uint64_t uniform_bits(const Stream& stream, std::uint64_t index, Index position) {
  const Index within = position % 128;
  const auto block = static_cast<std::uint32_t>(position / 128 * 8 + within % 64 / 8);
  const PhiloxBlock words = stream.words(block, index, Purpose::lane_uniform);
  const std::uint32_t word = words[static_cast<std::size_t>(within / 64 * 2 + within % 8 / 4)];
  const std::uint64_t byte = (word >> (8 * (within % 4))) & 255;
  return (byte << 32) | stream.words(static_cast<std::uint32_t>(position), index, Purpose::uniform)[0];
}

Index wrapped(Index i, Index size) { return (i + size) % size; }

// One sweep of one replica on a plain array, in the order of the colours.
void plain_sweep(Points<double>& spins, Index replica, Index rows, Index columns, Index sweep, double coupling,
                 double field, const Stream& stream) {
  Index width = 1;
  while (columns / 2 * width < 64) width *= 2;
  const Index row_bytes = (columns / 2 * width + 63) / 64 * 64;
  for (Index colour = 0; colour < 2; ++colour) {
    for (Index r = 0; r < rows; ++r) {
      for (Index c = (r + colour) % 2; c < columns; c += 2) {
        const auto at = [&](Index i, Index j) {
          return spins(replica, wrapped(i, rows) * columns + wrapped(j, columns));
        };
        const double sum = at(r - 1, c) + at(r + 1, c) + at(r, c - 1) + at(r, c + 1);
        const double probability = 1 / (1 + std::exp(-2 * (coupling * sum + field)));
        const auto index =
            (static_cast<std::uint64_t>(replica / width) << 40) + static_cast<std::uint64_t>(2 * sweep + colour);
        const std::uint64_t bits = uniform_bits(stream, index, r * row_bytes + c / 2 * width + replica % width);
        spins(replica, r * columns + c) = static_cast<double>(bits) < probability * 0x1p40 ? 1 : -1;
      }
    }
  }
}

}  // namespace

TEST_CASE("Sweeps draw what a plain loop over the sites draws from the same numbers") {
  struct Shape {
    Index rows, columns, replicas;
  };
  for (const Shape shape :
       {Shape{4, 4, 5}, Shape{6, 10, 70}, Shape{16, 128, 2}, Shape{10, 140, 3}, Shape{4, 9000, 1}}) {
    Rng rng(7), same(7);
    IsingLattice lattice(
        {.rows = shape.rows, .columns = shape.columns, .coupling = 0.4, .field = -0.1, .replicas = shape.replicas},
        rng);
    const Stream stream = same.stream();
    Points<double> spins = lattice.points<double>();
    REQUIRE(spins.rows() == shape.replicas);
    Index up = 0;
    for (Index i = 0; i < spins.size(); ++i) up += spins(i) > 0;
    CHECK(std::abs(2.0 * static_cast<double>(up) / static_cast<double>(spins.size()) - 1) <
          5 / std::sqrt(static_cast<double>(spins.size())));
    lattice.sweep(2);
    lattice.sweep(1);
    for (Index replica = 0; replica < shape.replicas; ++replica) {
      for (Index sweep = 0; sweep < 3; ++sweep)
        plain_sweep(spins, replica, shape.rows, shape.columns, sweep, 0.4, -0.1, stream);
    }
    CHECK(lattice.points<double>() == spins);
    // With numbers of another sweep it is not the same.
    plain_sweep(spins, 0, shape.rows, shape.columns, 4, 0.4, -0.1, stream);
    CHECK(lattice.points<double>() != spins);
  }
}

TEST_CASE("Energies and magnetisations of lattices are those of their points") {
  Rng rng(3);
  IsingLattice lattice({.rows = 6, .columns = 8, .coupling = 0.3, .field = 0.2, .replicas = 20}, rng);
  lattice.sweep(3);
  const Points<float> points = lattice.points();
  const Values<double> energies = lattice.energies(), magnetisations = lattice.magnetisations();
  for (Index k = 0; k < 20; ++k) {
    double bonds = 0, sum = 0;
    for (Index i = 0; i < 48; ++i) {
      const Index r = i / 8, c = i % 8;
      const float right = points(k, r * 8 + (c + 1) % 8), below = points(k, (r + 1) % 6 * 8 + c);
      bonds += static_cast<double>(points(k, i) * (right + below));
      sum += static_cast<double>(points(k, i));
    }
    CHECK(energies(k) == Approx(-0.3 * bonds - 0.2 * sum));
    CHECK(lattice.energy(k) == energies(k));
    CHECK(magnetisations(k) == Approx(sum / 48));
    CHECK(lattice.magnetisation(k) == magnetisations(k));
  }
  IsingLattice other({.rows = 6, .columns = 8, .coupling = 0.3, .field = 0.2, .replicas = 20}, rng);
  other.set_points(points);
  CHECK(other.points() == points);
  CHECK(other.energies() == energies);
}

TEST_CASE("A replica's draws depend neither on the number of replicas nor on that of the threads") {
  const IsingLatticeOptions options{.rows = 8, .columns = 12, .replicas = 100};
  Rng one(5), two(5), three(5);
  IsingLattice serial(options, one), threaded(options, two);
  IsingLattice few({.rows = 8, .columns = 12, .replicas = 3}, three);
  ThreadPool pool(2);
  serial.sweep(10), threaded.sweep(10, pool), few.sweep(10);
  CHECK(serial.points() == threaded.points());
  CHECK(few.points() == serial.points().topRows(3));
}

TEST_CASE("Sweeps leave the exact law of the 4 x 4 torus invariant") {
  // Mean energy and squared magnetisation by enumeration, against 30 000 independent replicas: the scores of five sigma
  // are passed by chance with a probability below 1e-6 each.
  const double coupling = 0.25, field = 0.05;
  double total = 0, exact_energy = 0, exact_square = 0, exact_mean = 0;
  for (int state = 0; state < 1 << 16; ++state) {
    int bonds = 0, sum = 0;
    const auto spin = [&](int r, int c) { return (state >> (r % 4 * 4 + c % 4)) % 2 == 1 ? 1 : -1; };
    for (int i = 0; i < 16; ++i) {
      bonds += spin(i / 4, i % 4) * (spin(i / 4 + 1, i % 4) + spin(i / 4, i % 4 + 1));
      sum += spin(i / 4, i % 4);
    }
    const double energy = -coupling * bonds - field * sum, weight = std::exp(-energy);
    total += weight, exact_energy += weight * energy;
    exact_mean += weight * sum / 16, exact_square += weight * sum * sum / 256;
  }
  exact_energy /= total, exact_mean /= total, exact_square /= total;

  const auto scores = [&](double at_coupling, double at_field) {
    Rng rng(11);
    IsingLattice lattice({.rows = 4, .columns = 4, .coupling = at_coupling, .field = at_field, .replicas = 30'000},
                         rng);
    lattice.sweep(60);
    lattice.set_model(coupling, field);
    const Values<double> energies = lattice.energies(), magnetisations = lattice.magnetisations();
    return std::array{std::abs(statistics::Moments(energies).mean_score(exact_energy)),
                      std::abs(statistics::Moments(magnetisations).mean_score(exact_mean)),
                      std::abs(statistics::Moments(magnetisations.array().square().matrix()).mean_score(exact_square))};
  };
  for (const double score : scores(coupling, field)) CHECK(score < 5);
  const auto wrong_coupling = scores(coupling * 1.05, field), wrong_field = scores(coupling, field * 1.2);
  CHECK(*std::max_element(wrong_coupling.begin(), wrong_coupling.end()) > 8);
  CHECK(wrong_field[1] > 5);
}

TEST_CASE("Strong couplings and fields are no trouble, wrong shapes are") {
  Rng rng(2);
  IsingLattice cold({.rows = 8, .columns = 8, .coupling = 500, .ordered = true}, rng);
  cold.sweep(100);
  CHECK(cold.magnetisation() == 1);
  cold.set_model(0, -800);
  cold.sweep();
  CHECK(cold.magnetisation() == -1);
  using Catch::Matchers::ContainsSubstring;
  CHECK_THROWS_WITH(IsingLattice({.rows = 5}, rng), ContainsSubstring("rows: 5, wanted an even number"));
  CHECK_THROWS_WITH(IsingLattice({.columns = 2}, rng), ContainsSubstring("columns: 2"));
  CHECK_THROWS_WITH(cold.set_model(NAN), ContainsSubstring("coupling"));
  CHECK_THROWS_AS(cold.set_points(Points<float>::Zero(1, 64)), ValueError);
  CHECK_THROWS_AS(cold.set_points(Points<float>::Ones(1, 60)), ShapeError);
  const Points<float> kept = cold.points();
  Points<float> last_is_none = -kept;
  last_is_none(0, 63) = 0.5f;
  CHECK_THROWS_AS(cold.set_points(last_is_none), ValueError);
  CHECK(cold.points() == kept);
}
