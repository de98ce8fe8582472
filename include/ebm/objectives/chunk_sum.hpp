// ChunkSum: a gradient as the sum of what fixed chunks of work add to it, with the same bits for any number of workers.
//
// The first chunk adds to the result, each of the others to a vector of its own, and these are added in order.
#pragma once

#include <ebm/core/executor.hpp>
#include <ebm/core/flat_vector.hpp>

namespace ebm::detail {

template <class Scalar>
class ChunkSum {
 public:
  // gradient <- what add(chunk, span of the gradient's size, worker) adds over all chunks.
  template <class Exec, class Add>
  void sum(Index chunks, FlatVector<Scalar>& gradient, Exec& executor, Add add) {
    const auto count = static_cast<std::size_t>(chunks);
    while (partial_.size() + 1 < count) partial_.emplace_back(gradient.size());
    executor.run(chunks, [&](Index chunk, Index worker) {
      FlatVector<Scalar>& partial = chunk == 0 ? gradient : partial_[static_cast<std::size_t>(chunk - 1)];
      partial.set_zero();
      add(chunk, partial.span(), worker);
    });
    using V = Pack<Scalar>;
    for (Index i = 0; count > 1 && i < gradient.padded_size(); i += V::size) {
      V sum = V::load(gradient.data() + i);
      for (std::size_t chunk = 1; chunk < count; ++chunk) sum = sum + V::load(partial_[chunk - 1].data() + i);
      sum.store(gradient.data() + i);
    }
  }

 private:
  std::vector<FlatVector<Scalar>> partial_;
};

}  // namespace ebm::detail
