// joint_step/64: ms for an iteration of joint training as JEM publishes it, as Trainer::fit makes it: 20 Langevin steps
// (step 1, noise .01) of 64 of 10 000 persistent chains, 5 % of which start anew, 64 labelled images with noise .03,
// the gradient of cross-entropy and contrastive divergence, Adam. The network has 1-32-64 channels of 3 x 3 kernels
// with stride 2, SiLU, a layer of 128, 10 classes, on 28 x 28. Its limit is that of multiplications and additions.
#include "timed_objective.hpp"

#include <ebm/energies/classifier_energy.hpp>
#include <ebm/objectives/joint.hpp>
#include <ebm/training/adam.hpp>
#include <ebm/training/trainer.hpp>

namespace benchmarks {

namespace {

using Joint = decltype(ebm::JointObjective<>::jem());

}  // namespace

void run_joint() {
  constexpr Index images = 64, dim = 28 * 28;
  const std::string work = "joint_step/" + std::to_string(images);
  if (!wanted(work)) return;
  ebm::Rng rng(1);
  using Network = decltype(ebm::network<float>(rng, ebm::Image<28, 28>{}, ebm::Conv<32, 3, 2, 1>{}, ebm::Silu{},
                                               ebm::Conv<64, 3, 2, 1>{}, ebm::Silu{}, ebm::Dense<128>{}, ebm::Silu{},
                                               ebm::Dense<10>{}));
  const Network network(rng, 0.1);  // quiet, so that steps of 1 are not too long
  const ebm::Stream stream = rng.stream();
  ebm::Points<float, ebm::Dynamic> data(10000, dim);
  ebm::Values<int> labels(data.rows());
  for (Index i = 0; i < data.size(); ++i)
    data.data()[i] = static_cast<float>(stream.uniform(0, static_cast<std::uint64_t>(i)));
  for (Index i = 0; i < labels.size(); ++i) labels(i) = static_cast<int>(i % 10);

  // Outputs by kernel pixels by channels of the convolutions, without those of the kernel that fall beside the image.
  constexpr double first = 41 * 41 * 32, later = 20 * 20 * 32 * 64 + 7 * 7 * 64 * 128 + 128 * 10,
                   chain_step = 2 * 2 * (first + later), row = 2 * (2 * first + 3 * later);
  double shortest_iteration = 0;
  const TimedObjective<Joint> timed{ebm::JointObjective<>::jem(), &shortest_iteration};
  ebm::Trainer trainer{ebm::ClassifierEnergy{network}, timed, ebm::Adam{.learning_rate = 1e-4}};
  trainer.fit(data, labels, {.iterations = 60, .batch_size = images}, rng);
  report(work, "ebm", shortest_iteration * 1e3, "ms/iteration",
         images * (20 * chain_step + 2 * row) / (shortest_iteration * fma_peak()));
}

}  // namespace benchmarks
