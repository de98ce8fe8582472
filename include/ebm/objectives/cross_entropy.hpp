// CrossEntropy: a classifier as ever.
//
//   loss = mean over labelled rows of -log p(y | x)
//
// It draws no samples, and says nothing about p(x): what a joint classifier (objectives/joint.hpp) is compared with.
#pragma once

#include <ebm/concepts/objective.hpp>
#include <ebm/objectives/parameter_gradient.hpp>

namespace ebm {

namespace detail {
inline void require_labels(const int* labels) {
  if (!labels) throw ValueError("labels: none given, wanted fit(points, labels, options, rng)");
}
}  // namespace detail

struct CrossEntropy {
  template <Classifier E>
  class Estimator;

  template <Classifier E>
  Estimator<E> estimator(const E& energy, Minibatch<typename E::Scalar, E::dim> data, Rng&, Index workers) const {
    detail::require_labels(data.labels);
    return Estimator<E>(energy, data, workers);
  }
};

template <Classifier E>
class CrossEntropy::Estimator {
 public:
  using Scalar = typename E::Scalar;
  using Data = Minibatch<Scalar, E::dim>;

  Estimator(const E&, Data data, Index workers)
      : weights_(static_cast<std::size_t>(data.tiles.count())),
        values_(weights_.size()),
        losses_(weights_.size()),
        memory_(workers, 0) {
    for (auto& each : weights_) each.setZero();
  }

  void transfer(Archive&) {}  // nothing outlasts an iteration

  template <class Exec>
  void recover(const E&, Data, Exec&) {}

  template <class Exec>
  BatchReport estimate(const E& energy, Data data, Index, FlatVector<Scalar>& gradient, Exec& executor) {
    const Index tiles = data.tiles.count();
    const double share = 1.0 / static_cast<double>(std::max<Index>(labelled_rows(data), 1));
    const typename ParameterGradient<E>::Part parts[] = {{data.tiles,
                                                          {weights_.front().data(), tiles},
                                                          {values_.front().data(), tiles},
                                                          data.labels,
                                                          static_cast<Scalar>(share),
                                                          losses_.front().data()}};
    sum_.sum(energy, parts, gradient, memory_, executor);
    double loss = 0, energy_sum = 0, square = 0;
    for (Index i = 0; i < data.rows; ++i) {
      loss += static_cast<double>(losses_.front().data()[i]);
      energy_sum += static_cast<double>(values_.front().data()[i]);
    }
    BatchReport report;
    report.label_loss = loss * share;
    report.data_energy = energy_sum / static_cast<double>(data.rows);
    for (Index i = 0; i < data.rows; ++i) {
      const double difference = static_cast<double>(values_.front().data()[i]) - report.data_energy;
      square = ebm::fma(difference, difference, square);
    }
    report.data_energy_sd = std::sqrt(square / static_cast<double>(data.rows));
    return report;
  }

 private:
  std::vector<Lanes<Scalar>> weights_, values_, losses_;
  RunMemory<Scalar> memory_;
  ParameterGradient<E> sum_;
};

}  // namespace ebm
