#include <ebm/energies/classifier_energy.hpp>
#include <ebm/energies/ising.hpp>
#include <ebm/energies/network_energy.hpp>
#include <ebm/energies/rbm.hpp>
#include <ebm/networks/spectral_norm.hpp>
#include <ebm/objectives/fast_persistent.hpp>
#include <ebm/objectives/joint.hpp>
#include <ebm/objectives/pseudo_likelihood.hpp>
#include <ebm/objectives/sparse.hpp>
#include <ebm/objectives/tempered_persistent.hpp>
#include <ebm/objectives/unbiased_contrastive_divergence.hpp>
#include <ebm/training/checkpoint.hpp>

#include "io/temporary_file.hpp"
#include "training/trained.hpp"

#include <sys/wait.h>

using Catch::Matchers::ContainsSubstring;
using training::gaussian_points;
using training::parameters_of;
using training::small_trainer;

namespace {

// A path where there is no file yet.
struct NoFile : TemporaryFile {
  NoFile() { std::remove(path.c_str()); }
};

// Everything that a training leaves behind, as text that is the same where all bits are.
template <class Make>
std::string trained(Make make, const Eigen::MatrixXd& points, ebm::FitOptions options,
                    const ebm::Checkpoint& checkpoint = {}, ebm::Index stop_after = 0) {
  ebm::Rng rng(7);
  auto trainer = make(rng);
  const auto stop = [&](const ebm::TrainingReport& report) { return report.iteration + 1 != stop_after; };
  if (stop_after > 0) options.on_iteration = stop;
  ebm::FitResult result =
      checkpoint.path.empty() ? trainer.fit(points, options, rng) : trainer.fit(points, options, rng, checkpoint);
  CHECK((result.status == ebm::TrainingStatus::interrupted) == (stop_after > 0 && stop_after <= options.iterations));
  std::string text;
  const auto theta = parameters_of(trainer);
  text.append(reinterpret_cast<const char*>(theta.data()), theta.size() * sizeof(theta[0]));
  const Eigen::MatrixXd& samples = trainer.samples();
  text.append(reinterpret_cast<const char*>(samples.data()), static_cast<std::size_t>(samples.size()) * sizeof(double));
  result.seconds = 0;
  ebm::Archive archive;
  archive("result", result);
  text += ebm::format_safetensors(archive.tensors());
  return text + std::to_string(rng.streams_given());
}

// Stopped at every one of these iterations, the training ends with the bits of the undisturbed one.
template <class Make>
void check_resumes(Make make, const Eigen::MatrixXd& points, const ebm::FitOptions& options,
                   std::initializer_list<ebm::Index> stops = {1, 2, 17, 39, 40}) {
  const std::string undisturbed = trained(make, points, options);
  for (const ebm::Index stop : stops) {
    INFO(stop);
    const NoFile file;
    const ebm::Checkpoint kept{.path = file.path};
    CHECK(trained(make, points, options, kept, stop) != undisturbed);
    CHECK(trained(make, points, options, kept) == undisturbed);
    CHECK(trained(make, points, options, kept) == undisturbed);  // it had ended
  }
}

Eigen::MatrixXd bits(ebm::Index rows, ebm::Index dim, double lower = 0) {
  const ebm::Stream stream(6);
  Eigen::MatrixXd points(rows, dim);
  for (ebm::Index row = 0; row < rows; ++row) {
    for (ebm::Index i = 0; i < dim; ++i) {
      const double u = stream.uniform(static_cast<std::uint32_t>(row), static_cast<std::uint64_t>(i / 2));
      points(row, i) = u < 0.4 ? lower : 1;
    }
  }
  return points;
}

}  // namespace

TEST_CASE("a training that was stopped goes on with the same bits") {
  const ebm::FitOptions options{.iterations = 41, .batch_size = 24};
  const auto points = gaussian_points(50);
  check_resumes(
      [](ebm::Rng& rng) {
        return ebm::Trainer{training::Mlp{rng}, training::small_objective(), ebm::Adam{}};
      },
      points, options);
  check_resumes(
      [](ebm::Rng& rng) {
        return ebm::Trainer{
            ebm::Mlp<double, 2, 8>{rng},
            ebm::ContrastiveDivergence{ebm::Sgld{}, ebm::FromData{.steps = 2}, {.energy_regularisation = 0.1}},
            ebm::Sgd{.learning_rate = 1e-3, .momentum = 0.9}};
      },
      points, options, {17});
  check_resumes(
      [](ebm::Rng& rng) {
        return ebm::Trainer{
            training::Mlp{rng},
            ebm::ContrastiveDivergence{ebm::Mala{},
                                       ebm::Persistent{.chains = 64, .steps = 2, .moved = 16, .reinitialised = 0.1}},
            ebm::Adam{}};
      },
      points, {.iterations = 41, .batch_size = 24, .averaging = 0}, {18});
  check_resumes(
      [](ebm::Rng& rng) {
        return ebm::Trainer{
            ebm::NetworkEnergy{ebm::network<float>(rng, ebm::Features{2}, ebm::HiddenLayers{{16, 9}}, ebm::Dense<1>{})},
            training::small_objective(), ebm::Adam{}};
      },
      points, options, {17});
}

TEST_CASE("trainings of discrete energies go on with the same bits") {
  const ebm::FitOptions options{.iterations = 41, .batch_size = 24};
  const auto check = [&](auto objective) {
    check_resumes(
        [&](ebm::Rng& rng) {
          return ebm::Trainer{ebm::BernoulliRbm<float>{6, 4, rng}, objective, ebm::Sgd{}};
        },
        bits(50, 6), options, {17, 25});
  };
  check(ebm::ContrastiveDivergence{ebm::Gibbs{}, ebm::FromData{.steps = 1}});
  check(ebm::Sparse{ebm::ContrastiveDivergence{ebm::Persistent{.chains = 32, .steps = 2}}});
  check(ebm::ContrastiveDivergence{ebm::Gibbs{}, ebm::FastPersistent{.chains = 32, .steps = 1}});
  check(ebm::ContrastiveDivergence{ebm::Gibbs{},
                                   ebm::TemperedPersistent{.chains = 16, .temperatures = 4, .adapted_every = 10}});
  check(ebm::UnbiasedContrastiveDivergence{});
  check_resumes(
      [&](ebm::Rng&) {
        return ebm::Trainer{ebm::Ising<float>{ebm::ring(6)}, ebm::PseudoLikelihood{.sampled_sites = 2}, ebm::Sgd{}};
      },
      bits(50, 6, -1), options, {17});
}

TEST_CASE("a joint training goes on with the same bits, also where layers keep something of their own") {
  const auto points = gaussian_points(50);
  ebm::Values<int> labels(50);
  for (ebm::Index row = 0; row < 50; ++row) labels(row) = points(row, 0) > 1 ? 1 : row % 5 == 0 ? -1 : 0;
  const auto fit = [&](ebm::Index stop_after, const ebm::Checkpoint* checkpoint) {
    ebm::Rng rng(7);
    const auto network =
        ebm::network<float>(rng, ebm::Features<2>{}, ebm::SpectralNorm<ebm::Dense<16>>{}, ebm::Silu{}, ebm::Dense<2>{});
    ebm::Trainer trainer{ebm::ClassifierEnergy{network}, ebm::JointObjective{training::small_objective()}, ebm::Adam{}};
    const auto stop = [&](const ebm::TrainingReport& report) { return report.iteration + 1 != stop_after; };
    const ebm::FitOptions options{.iterations = 41, .batch_size = 24, .on_iteration = stop};
    if (checkpoint) {
      trainer.fit(points, labels, options, rng, *checkpoint);
    } else {
      trainer.fit(points, labels, options, rng);
    }
    return ebm::energies(trainer.energy(), points).eval();
  };
  const auto undisturbed = fit(0, nullptr);
  for (const ebm::Index stop : {1, 17, 40}) {
    const NoFile file;
    const ebm::Checkpoint kept{.path = file.path};
    CHECK(fit(stop, &kept) != undisturbed);
    CHECK(fit(0, &kept) == undisturbed);
    labels(3) = 1 - labels(3);
    CHECK_THROWS_WITH(fit(0, &kept), ContainsSubstring("with another labels"));
    labels(3) = 1 - labels(3);
  }
}

TEST_CASE("what the guard has done is remembered") {
  const auto make = [](ebm::Rng& rng) {
    return ebm::Trainer{training::Mlp{rng}, training::small_objective(), ebm::Sgd{.learning_rate = 30}};
  };
  const ebm::FitOptions options{.iterations = 120, .batch_size = 32, .recoveries = 100};
  ebm::Rng rng(7);
  auto trainer = make(rng);
  const auto result = trainer.fit(gaussian_points(50), options, rng);
  REQUIRE(result.recoveries > 0);
  check_resumes(make, gaussian_points(50), options, {60, 119});
}

namespace {

// Adam whose checkpoint leaves out the squares of the gradients.
struct Careless : ebm::Adam {
  struct State : ebm::Adam::State<float> {
    void transfer(ebm::Archive& archive) { archive("mean", mean); }
  };
  template <class Scalar>
  State make_state(std::size_t size) const {
    return {ebm::Adam::make_state<Scalar>(size)};
  }
};

}  // namespace

TEST_CASE("a state that leaves something out is found out") {
  const auto make = [](ebm::Rng& rng) {
    return ebm::Trainer{training::Mlp{rng}, training::small_objective(), Careless{}};
  };
  const NoFile file;
  const ebm::FitOptions options{.iterations = 20, .batch_size = 16};
  const ebm::Checkpoint kept{.path = file.path};
  trained(make, gaussian_points(50), options, kept, 10);
  CHECK(trained(make, gaussian_points(50), options, kept) != trained(make, gaussian_points(50), options));
}

TEST_CASE("a training that is killed again and again ends with the same bits") {
  const auto make = [](ebm::Rng& rng) {
    return ebm::Trainer{training::Mlp{rng}, training::small_objective(), ebm::Adam{}};
  };
  const auto points = gaussian_points(50);
  const ebm::FitOptions options{.iterations = 400, .batch_size = 32};
  const double start = ebm::seconds_now();
  const std::string undisturbed = trained(make, points, options);
  const double seconds = ebm::seconds_now() - start;
  const ebm::Stream stream(8);
  int killed = 0;
  for (std::uint32_t turn = 0; turn < 20; ++turn) {
    const NoFile file;
    const ebm::Checkpoint kept{.path = file.path, .every = 7};
    for (std::uint64_t kill_number = 0; kill_number < 2; ++kill_number) {
      const pid_t child = fork();
      REQUIRE(child >= 0);
      if (child == 0) {
        ebm::Rng rng(7);
        auto trainer = make(rng);
        trainer.fit(points, options, rng, kept);
        _exit(0);
      }
      usleep(static_cast<unsigned>(1e6 * seconds * stream.uniform(turn, kill_number)));
      kill(child, SIGKILL);
      int status = 0;
      REQUIRE(waitpid(child, &status, 0) == child);
      killed += WIFSIGNALED(status);
    }
    CHECK(trained(make, points, options, kept) == undisturbed);
    std::remove((file.path + ".new").c_str());
  }
  CHECK(killed >= 5);
}

TEST_CASE("a signal leaves a checkpoint, where that is wanted") {
  const auto make = [](ebm::Rng& rng) {
    return ebm::Trainer{training::Mlp{rng}, training::small_objective(), ebm::Adam{}};
  };
  const auto points = gaussian_points(50);
  const ebm::FitOptions options{.iterations = 60, .batch_size = 32};
  const std::string undisturbed = trained(make, points, options);
  for (const int signal : {SIGINT, SIGTERM}) {
    const NoFile file;
    const ebm::Checkpoint kept{.path = file.path, .on_signals = true};
    ebm::Rng rng(7);
    auto trainer = make(rng);
    const auto send = [&](const ebm::TrainingReport& report) {
      if (report.iteration == 20) raise(signal);
      return true;
    };
    auto with_signal = options;
    with_signal.on_iteration = send;
    struct sigaction before = {};
    sigaction(signal, nullptr, &before);
    const auto result = trainer.fit(points, with_signal, rng, kept);
    CHECK(result.status == ebm::TrainingStatus::interrupted);
    CHECK(result.iterations == 21);
    struct sigaction after = {};
    sigaction(signal, nullptr, &after);
    CHECK(after.sa_handler == before.sa_handler);
    CHECK(trained(make, points, options, kept) == undisturbed);
  }
}

TEST_CASE("the checkpoint of another training is refused, and so is a broken one") {
  const auto make = [](ebm::Rng& rng) {
    return ebm::Trainer{training::Mlp{rng}, training::small_objective(), ebm::Adam{}};
  };
  const NoFile file;
  const auto points = gaussian_points(50);
  const ebm::FitOptions options{.iterations = 20, .batch_size = 16};
  const ebm::Checkpoint kept{.path = file.path};
  trained(make, points, options, kept, 10);
  const auto refuses = [&](auto change, const std::string& what) {
    auto other_options = options;
    Eigen::MatrixXd other_points = points;
    ebm::Rng rng(7);
    auto trainer = make(rng);
    change(other_options, other_points, rng);
    const auto before = parameters_of(trainer);
    CHECK_THROWS_WITH(trainer.fit(other_points, other_options, rng, kept),
                      ContainsSubstring(file.path) && ContainsSubstring(what));
    CHECK(parameters_of(trainer) == before);
  };
  refuses([](auto&, auto& data, auto&) { data(3, 1) += 1e-3; }, "with another data");
  refuses([](auto&, auto& data, auto&) { data.conservativeResize(40, 2); }, "with another number of points");
  refuses([](auto& other, auto&, auto&) { other.iterations = 21; }, "with another number of iterations");
  refuses([](auto& other, auto&, auto&) { other.batch_size = 17; }, "with another batch size");
  refuses([](auto&, auto&, auto& rng) { rng = ebm::Rng(8, 1); }, "with another seed");
  refuses([](auto&, auto&, auto& rng) { rng.stream(); }, "with another generator");
  const auto other_start = [](ebm::Rng&) {
    ebm::Rng other(9);
    return ebm::Trainer{training::Mlp{other}, training::small_objective(), ebm::Adam{}};
  };
  ebm::Rng rng(7, 1);
  auto trainer = other_start(rng);
  CHECK_THROWS_WITH(trainer.fit(points, options, rng, kept), ContainsSubstring("with another start"));

  const std::string whole = ebm::read_file(file.path);
  for (std::size_t size = 0; size < whole.size(); size += whole.size() / 50) {
    ebm::write_file(file.path, whole.substr(0, size));
    refuses([](auto&, auto&, auto&) {}, "");
  }
  ebm::write_file(file.path, whole);
  CHECK(trained(make, points, options, kept) == trained(make, points, options));
  CHECK_THROWS_WITH(trained(make, points, options, {.path = "x", .every = 0}),
                    ContainsSubstring("checkpoint.every: 0, wanted at least 1"));
}
