// A program of somebody who uses the library: a formula, samples of it, and the energies where these lie.
#include <ebm/ebm.hpp>

#include <cmath>
#include <iostream>

int main() {
  const auto bowl = ebm::formula<2>([](auto x, auto y) { return 0.5 * square(x - 1) + 2.0 * square(y); });
  ebm::Rng rng{1};
  const auto draws = ebm::sample(bowl, ebm::Mala{}, {.chains = 64, .steps = 200, .warmup = 100}, rng);
  const auto energies = ebm::energies(bowl, draws.points);

  // Each square holds 1/2 on average; the standard error is about 0.02.
  const float mean = energies.mean(), difference = (energies - draws.energies).cwiseAbs().maxCoeff();
  std::cout << "mean energy " << mean << ", wanted 1; largest difference to those of the draws " << difference << '\n';
  return std::abs(mean - 1) < 0.2 && difference < 1e-4 && draws.diverged_chains() == 0 ? 0 : 1;
}
