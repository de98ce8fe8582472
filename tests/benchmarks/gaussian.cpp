// gaussian_100d/1024: a dense precision in 100 dimensions, epsilon .01. Its limit is the product with the precision.
#include "benchmark.hpp"

#include <ebm/energies/gaussian.hpp>

namespace benchmarks {

void run_gaussian() {
  if (!wanted("gaussian_100d/1024")) return;
  constexpr int dim = 100;
  using Energy = ebm::Gaussian<float, dim>;
  Eigen::MatrixXd factor(dim, dim);
  const ebm::Stream stream = ebm::Rng(1).stream();
  for (Index i = 0; i < factor.size(); ++i) factor.data()[i] = stream.normal(0, static_cast<std::uint64_t>(i));
  Energy::Matrix precision = Energy::Matrix::Identity();
  for (Index i = 0; i < dim; ++i) {
    for (Index j = 0; j < dim; ++j) precision(i, j) += factor.row(i).dot(factor.row(j)) / dim;
  }
  const double time = chain_step_time(Energy::with_precision(Energy::Vector::Zero(), precision), 1024, 0.01, 100);
  report("gaussian_100d/1024", "ebm", time, "ns/chain-step", 2.0 * dim * dim / (time * 1e-9 * fma_peak()));
}

}  // namespace benchmarks
