// The phase transition of the Ising model: magnetisation against temperature on square tori of several sizes, beside
// the exact curve of the infinite lattice (Onsager 1944, Yang 1952), and what the lattice looks like on either side.
//
//   p(s) ~ exp(sum_(ij) s_i s_j / T),   s = -1, 1,   M = (1 - sinh(2 / T)^-4)^(1/8) below T = 2 / log(1 + sqrt 2)
//
// The mean energies are compared with Kaufman's exact ones of the same finite torus.
#include <ebm/io/curves.hpp>
#include <ebm/io/plot.hpp>
#include <ebm/partition/square_lattice.hpp>
#include <ebm/samplers/ising_lattice.hpp>

#include <CLI/CLI.hpp>

#include <iostream>

namespace {

struct Means {
  double magnetisation = 0;  // of |sum of the spins| for each site
  double energy = 0;         // for each site, in units of J
  double energy_error = 0;   // standard error, from the differences of independent replicas
};

// Of a lattice in equilibrium, at its coupling.
Means measure(ebm::IsingLattice& lattice, ebm::Index sweeps, ebm::Index every) {
  ebm::Values<double> energies = ebm::Values<double>::Zero(lattice.replicas());
  Means means;
  const double measurements = static_cast<double>(sweeps / every);
  for (ebm::Index done = 0; done < sweeps; done += every) {
    lattice.sweep(every);
    means.magnetisation += lattice.magnetisations().cwiseAbs().mean() / measurements;
    energies += lattice.energies() / (lattice.coupling() * static_cast<double>(lattice.sites()) * measurements);
  }
  const double replicas = static_cast<double>(lattice.replicas());
  means.energy = energies.mean();
  means.energy_error = std::sqrt((energies.array() - means.energy).square().sum() / (replicas * (replicas - 1)));
  return means;
}

// Square lattices side by side, up spins dark, each site a square of `zoom` pixels.
ebm::Picture snapshots(const std::vector<ebm::IsingLattice>& lattices, ebm::Index zoom) {
  const ebm::Index side = lattices.front().rows() * zoom, gap = 12, panels = static_cast<ebm::Index>(lattices.size());
  ebm::Picture picture(panels * side + (panels - 1) * gap, side);
  for (ebm::Index panel = 0; panel < panels; ++panel) {
    const ebm::IsingLattice& lattice = lattices[static_cast<std::size_t>(panel)];
    for (ebm::Index y = 0; y < side; ++y) {
      for (ebm::Index x = 0; x < side; ++x) {
        const bool up = lattice.spin(0, y / zoom, x / zoom) > 0;
        picture(panel * (side + gap) + x, y) = ebm::Color::hex(up ? 0x22304F : 0xF2E9DC);
      }
    }
  }
  return picture;
}

}  // namespace

int main(int argc, char** argv) {
  bool small = false;
  std::string output = ".";
  CLI::App app{"Watch the Ising model magnetise"};
  app.add_flag("--small", small, "a size that takes seconds");
  app.add_option("--output", output, "where pictures go");
  CLI11_PARSE(app, argc, argv);

  ebm::Rng rng{42};
  std::vector<ebm::Curve> curves{{.name = "infinite lattice, exact", .dashed = true}};
  for (double t = 1.5; t <= 3.5; t += 0.002) {
    curves[0].x.push_back(t);
    curves[0].y.push_back(ebm::spontaneous_magnetisation(1 / t));
  }

  std::cout << "size   T       |M|      energy    exact     standard errors off\n";
  const ebm::Index sweeps = small ? 400 : 4000, replicas = 16;
  double worst = 0;
  for (const ebm::Index side : small ? std::vector<ebm::Index>{8, 32} : std::vector<ebm::Index>{8, 32, 128}) {
    ebm::IsingLattice lattice(
        {.rows = side, .columns = side, .coupling = 1 / 1.5, .replicas = replicas, .ordered = true}, rng);
    ebm::Curve curve{.name = std::to_string(side) + " x " + std::to_string(side)};
    for (int step = 0; step <= 26; ++step) {
      // Finer where it matters: 1.5, 1.6, ..., 2.1, 2.14, ..., 2.5, 2.6, ..., 3.5.
      const double t = step < 6 ? 1.5 + 0.1 * step : step < 16 ? 2.1 + 0.04 * (step - 6) : 2.5 + 0.1 * (step - 16);
      lattice.set_model(1 / t);
      lattice.sweep(sweeps / 4);
      const Means means = measure(lattice, sweeps, 10);
      const double exact = ebm::kaufman(side, side, 1 / t).energy_per_spin;
      const double off = (means.energy - exact) / means.energy_error;
      worst = std::max(worst, std::abs(off));
      curve.x.push_back(t), curve.y.push_back(means.magnetisation);
      if (step % 4 == 0)
        std::printf("%4ld   %.2f   %.4f   %8.5f  %8.5f   %+.1f\n", static_cast<long>(side), t, means.magnetisation,
                    means.energy, exact, off);
    }
    curves.push_back(std::move(curve));
  }
  std::cout << "largest deviation of a mean energy from Kaufman's: " << worst << " standard errors\n";
  ebm::plot_curves(curves, output + "/ising_magnetisation.png",
                   {.title = "Magnetisation of the Ising model", .x_label = "temperature", .y_label = "mean of |M|"});

  std::vector<ebm::IsingLattice> lattices;
  for (const double t : {2.0, 1 / ebm::kCriticalCoupling, 2.6}) {
    lattices.emplace_back(ebm::IsingLatticeOptions{.rows = 256, .columns = 256, .coupling = 1 / t, .ordered = true},
                          rng);
    lattices.back().sweep(small ? 1000 : 20'000);
  }
  ebm::write_png(snapshots(lattices, 1), output + "/ising_snapshots.png");
}
