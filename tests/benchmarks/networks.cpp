// mlp_2_128_128_1/N, mlp_64_256_256_1/256: SiLU networks, epsilon 1e-3: forward, input gradient, noise, update; once
// more with all sizes known at run time.
// conv_32_64/64: 1-32-64 channels of 3 x 3 kernels with stride 2, SiLU, dense 1, on 28 x 28: energy and input gradient.
// Their limit is that of multiplications and additions, two for each weight that a feature meets both ways.
#include "benchmark.hpp"

#include <ebm/energies/mlp.hpp>
#include <ebm/energies/network_energy.hpp>

namespace benchmarks {

namespace {

template <int Dim, int Width>
void run_network(Index chains) {
  const std::string width = std::to_string(Width),
                    work = "mlp_" + std::to_string(Dim) + "_" + width + "_" + width + "_1/" + std::to_string(chains);
  if (!wanted(work)) return;
  constexpr double operations = 2 * 2 * (Dim * Width + Width * Width + Width);
  const auto run = [&](const std::string& who, const auto& energy) {
    const double time = chain_step_time(energy, chains, 1e-3, 20);
    report(work, who, time, "ns/chain-step", operations / (time * 1e-9 * fma_peak()));
  };
  ebm::Rng rng(1);
  run("ebm", ebm::Mlp<float, Dim, Width, Width>(rng));
  run("ebm at run time", ebm::NetworkEnergy{ebm::network<float>(rng, ebm::Features{Dim},
                                                                ebm::HiddenLayers{{Width, Width}}, ebm::Dense<1>{})});
}

void run_convolution() {
  constexpr Index images = 64, tiles = images / ebm::kLanes<float>, dim = 28 * 28;
  const std::string work = "conv_32_64/" + std::to_string(images);
  if (!wanted(work)) return;
  ebm::Rng rng(1);
  const ebm::NetworkEnergy energy{ebm::network<float>(rng, ebm::Image<28, 28>{}, ebm::Conv<32, 3, 2, 1>{}, ebm::Silu{},
                                                      ebm::Conv<64, 3, 2, 1>{}, ebm::Silu{}, ebm::Dense<1>{})};
  ebm::Workspace workspace;
  const auto x = workspace.tiles<float, dim>(tiles, dim), slopes = workspace.tiles<float, dim>(tiles, dim);
  const auto values = workspace.tiles<float, 1>(tiles, 1), weights = workspace.tiles<float, 1>(tiles, 1);
  for (Index t = 0; t < tiles; ++t) ebm::fill_normals<float>(rng.stream(), t, 0, dim, x.tile_data(t));
  std::fill_n(weights.data(), weights.size(), 1.0f);
  ebm::FlatVector<float> gradient(energy.parameters().size());

  // Outputs by kernel pixels by channels of both layers, without those of the kernel that fall beside the image.
  constexpr double first = 41 * 41 * 32, later = 20 * 20 * 32 * 64 + 7 * 7 * 64;
  const double time = best([&] { energy.value_and_gradient(x, values, slopes, workspace); }) / images,
               training = best([&] { energy.add_parameter_gradient(x, weights, values, gradient.span(), workspace); }) /
                          images;
  report(work, "ebm", time * 1e6, "us/image", 2 * 2 * (first + later) / (time * fma_peak()));
  // Forth, back to the first layer's outputs, and the gradient.
  report(work, "ebm parameter gradient", training * 1e6, "us/image",
         2 * (2 * first + 3 * later) / (training * fma_peak()));
}

}  // namespace

void run_networks() {
  run_convolution();
  for (const Index chains : {16, 256, 1024}) run_network<2, 128>(chains);
  run_network<64, 256>(256);
}

}  // namespace benchmarks
