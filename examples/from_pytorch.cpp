// A classifier that PyTorch trained is an energy here, and goes back.
//
//   E(x) = -log sum_y exp f_y(x)
//
// In Python, images as [channel][row][column] (tests/io/pytorch_fixture.py made the files that are read below):
//
//   network = torch.nn.Sequential(torch.nn.Conv2d(2, 3, 3, stride=2, padding=1), torch.nn.SiLU(),
//                                 torch.nn.Conv2d(3, 4, 2), torch.nn.SiLU(), torch.nn.Flatten(), torch.nn.Linear(16, 5))
//   safetensors.torch.save_file(network.state_dict(), "pytorch_weights.safetensors")
//   numpy.savez("pytorch_weights.npz", **{name: t.numpy() for name, t in network.state_dict().items()})
//
// together with some images, channels last, what the network makes of them, and the gradients of E there. The weights are
// read from both files, logits and gradients are compared with PyTorch's, the network is sampled from and tells its images
// from others, and its weights are written for PyTorch again.
#include <ebm/diagnostics/auroc.hpp>
#include <ebm/diagnostics/out_of_distribution.hpp>
#include <ebm/ebm.hpp>
#include <ebm/energies/classifier_energy.hpp>
#include <ebm/io/npz.hpp>
#include <ebm/io/pytorch.hpp>

#include <CLI/CLI.hpp>

#include <cstdio>
#include <filesystem>

namespace {

using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// A tensor of a file as rows.
ebm::Points<float> rows_of(const ebm::Tensors& file, const std::string& name) {
  const ebm::TensorShape shape = file.sides(name, 2);
  const auto numbers = file.numbers<float>(name, shape);
  return Eigen::Map<const Rows>(numbers.data(), shape[0], shape[1]);
}

template <class Network>
bool same_parameters(const Network& a, const Network& b) {
  return std::equal(a.parameters().begin(), a.parameters().end(), b.parameters().begin());
}

}  // namespace

int main(int argc, char** argv) {
  bool small = false;
  std::string output = ".", data = (std::filesystem::path(__FILE__).parent_path() / "../tests/io").string();
  CLI::App app{"A classifier of PyTorch as an energy"};
  app.add_flag("--small", small, "a size that takes seconds");
  app.add_option("--data", data, "where the files of PyTorch are");
  app.add_option("--output", output, "where weights go");
  CLI11_PARSE(app, argc, argv);

  ebm::Rng rng{42};
  const auto network = ebm::network<float>(rng, ebm::Image<6, 6, 2>{}, ebm::Conv<3, 3, 2, 1>{}, ebm::Silu{},
                                           ebm::Conv<4, 2>{}, ebm::Silu{}, ebm::Dense<5>{});
  auto loaded = network, from_npz = network;
  ebm::load_pytorch(loaded, data + "/pytorch_weights.safetensors");
  ebm::load_pytorch(from_npz, ebm::read_npz(data + "/pytorch_weights.npz"));
  const bool same = same_parameters(loaded, from_npz);
  std::printf("%zu parameters, safetensors and npz %s\n", loaded.parameters().size(), same ? "agree" : "DISAGREE");

  const ebm::Tensors expected = ebm::read_safetensors(data + "/pytorch_outputs.safetensors");
  const ebm::Points<float> images = rows_of(expected, "images");
  const ebm::ClassifierEnergy energy{loaded};
  const auto largest = [](const auto& a, const auto& b) { return static_cast<double>((a - b).cwiseAbs().maxCoeff()); };
  const double logits = largest(loaded.outputs(images), rows_of(expected, "logits"));
  const double slopes = largest(ebm::gradients(energy, images), rows_of(expected, "gradients"));
  std::printf("largest difference from PyTorch over %d images: logits %.1e, dE/dx %.1e\n",
              static_cast<int>(images.rows()), logits, slopes);

  std::printf("\n%6s %8s %6s %11s\n", "image", "E", "class", "confidence");
  const auto energies = energy.energy(images);
  const auto probabilities = energy.probabilities(images);
  for (ebm::Index row = 0; row < images.rows(); ++row) {
    ebm::Index label = 0;
    const float confidence = probabilities.row(row).maxCoeff(&label);
    std::printf("%6d %8.4f %6d %11.4f\n", static_cast<int>(row), static_cast<double>(energies(row)),
                static_cast<int>(label), static_cast<double>(confidence));
  }

  // A bare network is no density; a Gaussian about the origin makes it one, exp(-E(x) - |x|^2 / 2) / Z.
  const ebm::Anchored density{energy, 1.0};
  const auto draws = ebm::sample(density, ebm::Mala{}, {.chains = 64, .steps = small ? 50 : 500, .warmup = 200}, rng);
  ebm::Points<float> normals(draws.points.rows(), images.cols());
  const ebm::Stream stream = rng.stream();
  for (ebm::Index i = 0; i < normals.size(); ++i)
    normals.data()[i] = static_cast<float>(stream.normal(0, static_cast<std::uint64_t>(i)));
  const auto scores = ebm::log_density_scores(energy, draws.points);
  std::printf("\nmean E of samples %.4f, of standard normals %.4f\n", -scores.mean(),
              static_cast<double>(energy.energy(normals).mean()));
  std::printf("AUROC of -E, samples against normals: %.4f\n",
              ebm::auroc(scores, ebm::log_density_scores(energy, normals)));

  // Modules are named as PyTorch numbered them: its Flatten is a layer, here it is none.
  const std::vector<std::string> modules{"0", "2", "5"};
  ebm::save_pytorch(loaded, output + "/from_pytorch.safetensors", modules);
  ebm::write_npz(output + "/from_pytorch.npz", ebm::pytorch_state_dict(loaded, modules));
  auto back = network;
  ebm::load_pytorch(back, output + "/from_pytorch.safetensors");
  const bool kept = same_parameters(back, loaded);
  std::printf("\nwritten to from_pytorch.safetensors and from_pytorch.npz; %s\n",
              kept ? "read again, they are the same" : "READ AGAIN, THEY DIFFER");
  return same && kept && logits < 1e-5 && slopes < 1e-5 ? 0 : 1;
}
