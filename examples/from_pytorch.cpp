// A classifier that PyTorch trained is an energy here, and goes back.
//
//   E(x) = -log sum_y exp f_y(x)
//
// In Python (examples/data/digits.py, which made the files that are read below; nothing here needs Python):
//
//   network = torch.nn.Sequential(torch.nn.Conv2d(1, 8, 3), torch.nn.SiLU(), torch.nn.Conv2d(8, 16, 3, stride=2),
//                                 torch.nn.SiLU(), torch.nn.Flatten(), torch.nn.Linear(64, 10))
//   safetensors.torch.save_file(network.state_dict(), "digits.safetensors")
//   numpy.savez("digits.npz", **{name: tensor.numpy() for name, tensor in network.state_dict().items()})
//
// together with 60 images of handwritten digits that it did not learn, its logits, and the gradients of E. Weights are
// read from both files; logits and gradients are compared with PyTorch's; the energy is asked how well it knows digits,
// attacked and sampled from; and the weights are written for PyTorch again.
#include <ebm/io/npz.hpp>
#include <ebm/io/plot.hpp>
#include <ebm/networks.hpp>

#include <CLI/CLI.hpp>

#include <cstdio>
#include <filesystem>

namespace {

constexpr int kPixels = 64;

// A tensor of a file as rows.
ebm::Points<float> rows_of(const ebm::Tensors& file, const std::string& name) {
  using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const ebm::TensorShape shape = file.sides(name, 2);
  const auto numbers = file.numbers<float>(name, shape);
  return Eigen::Map<const Rows>(numbers.data(), shape[0], shape[1]);
}

ebm::Values<int> labels_of(const ebm::Tensors& file) {
  const auto numbers = file.numbers<std::int64_t>("labels", file.sides("labels", 1));
  ebm::Values<int> labels(static_cast<ebm::Index>(numbers.size()));
  std::transform(numbers.begin(), numbers.end(), labels.data(), [](std::int64_t y) { return static_cast<int>(y); });
  return labels;
}

ebm::Points<float> uniform_noise(ebm::Index count, ebm::Rng& rng) {
  ebm::Points<float> result(count, kPixels);
  const ebm::Stream stream = rng.stream();
  for (ebm::Index i = 0; i < result.size(); ++i)
    result.data()[i] = static_cast<float>(2 * stream.uniform(0, static_cast<std::uint64_t>(i)) - 1);
  return result;
}

template <class Network>
bool same_parameters(const Network& a, const Network& b) {
  return std::equal(a.parameters().begin(), a.parameters().end(), b.parameters().begin());
}

}  // namespace

int main(int argc, char** argv) {
  bool small = false;
  std::string output = ".", data = (std::filesystem::path(__FILE__).parent_path() / "data").string();
  CLI::App app{"A classifier of PyTorch as an energy"};
  app.add_flag("--small", small, "a size that takes seconds");
  app.add_option("--data", data, "where the files of PyTorch are");
  app.add_option("--output", output, "where pictures and weights go");
  CLI11_PARSE(app, argc, argv);

  ebm::Rng rng{42};
  const auto network = ebm::network<float>(rng, ebm::Image<8, 8>{}, ebm::Conv<8, 3>{}, ebm::Silu{},
                                           ebm::Conv<16, 3, 2>{}, ebm::Silu{}, ebm::Dense<10>{});
  auto loaded = network, from_npz = network;
  ebm::load_pytorch(loaded, data + "/digits.safetensors");
  ebm::load_pytorch(from_npz, ebm::read_npz(data + "/digits.npz"));
  const bool agree = same_parameters(loaded, from_npz);
  std::printf("%zu parameters; safetensors and npz %s\n", loaded.parameters().size(), agree ? "agree" : "DISAGREE");

  const ebm::Tensors expected = ebm::read_safetensors(data + "/digits_outputs.safetensors");
  const ebm::Points<float> images = rows_of(expected, "images");
  const ebm::Values<int> labels = labels_of(expected);
  const ebm::ClassifierEnergy energy{loaded};
  const auto difference = [](const auto& a, const auto& b) {
    return static_cast<double>((a - b).cwiseAbs().maxCoeff() / b.cwiseAbs().maxCoeff());
  };
  const double logits = difference(loaded.outputs(images), rows_of(expected, "logits"));
  const double slopes = difference(ebm::gradients(energy, images), rows_of(expected, "gradients"));
  std::printf("largest difference from PyTorch over the largest: logits %.1e, dE/dx %.1e\n", logits, slopes);

  const auto calibration = ebm::calibration_error(energy.probabilities(images), labels);
  std::printf("\naccuracy %.4f, expected calibration error %.4f\n", calibration.accuracy, calibration.error);
  const auto scores = ebm::log_density_scores(energy, images);
  const auto against = [&](const auto& others) { return ebm::auroc(scores, ebm::log_density_scores(energy, others)); };
  std::printf("AUROC of -E, digits against noise %.4f, against inverted digits %.4f\n",
              against(uniform_noise(images.rows(), rng)), against(ebm::Points<float>(-images)));
  const auto curve = ebm::robustness_curve(energy, images, labels, {0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6},
                                           {.steps = small ? 10 : 40, .lower = -1, .upper = 1}, rng);
  std::printf("accuracy under attack:");
  for (std::size_t k = 0; k < curve.radii.size(); ++k) std::printf("  %.2f at %.2f", curve.accuracy[k], curve.radii[k]);
  ebm::plot_robustness({{"PyTorch's classifier", curve}}, output + "/from_pytorch.png",
                       {.title = "Handwritten digits", .radius_label = "largest change of a pixel"});

  // A bare network is no density; a Gaussian about the origin makes it one, exp(-E(x) - |x|^2 / 2) / Z. Its samples are
  // far more likely than digits: nobody taught this classifier what digits look like (examples/jem_fashion.cpp does).
  const auto draws = ebm::sample(ebm::Anchored{energy, 1.0}, ebm::Mala{},
                                 {.chains = 64, .steps = small ? 50 : 1000, .warmup = 200}, rng);
  std::printf("\n\nmean E of digits %.2f, of samples %.2f\n", -scores.mean(),
              static_cast<double>(energy.energy(draws.points).mean()));

  // Modules are named as PyTorch numbered them: its Flatten is a layer, here it is none.
  const std::vector<std::string> modules{"0", "2", "5"};
  ebm::save_pytorch(loaded, output + "/from_pytorch.safetensors", modules);
  ebm::write_npz(output + "/from_pytorch.npz", ebm::pytorch_state_dict(loaded, modules));
  auto back = network, back_from_npz = network;
  ebm::load_pytorch(back, output + "/from_pytorch.safetensors");
  ebm::load_pytorch(back_from_npz, ebm::read_npz(output + "/from_pytorch.npz"));
  const bool kept = same_parameters(back, loaded) && same_parameters(back_from_npz, loaded);
  std::printf("written to from_pytorch.safetensors and from_pytorch.npz; read again, they %s\n",
              kept ? "are the same" : "DIFFER");
  return agree && kept && logits < 1e-5 && slopes < 1e-5 ? 0 : 1;
}
