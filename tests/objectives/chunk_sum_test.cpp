#include <ebm/objectives/chunk_sum.hpp>

#include <ebm/core/thread_pool.hpp>

#include "support/catch.hpp"

#include <vector>

using namespace ebm;

namespace {

// Numbers whose sum depends on the order of its terms.
float term(Index chunk, std::size_t i) {
  return (chunk % 2 ? 1e-4f : 3e3f) / static_cast<float>(static_cast<Index>(i) + chunk + 1);
}

template <class Exec>
std::vector<float> summed(detail::ChunkSum<float>& sum, Index chunks, Exec&& executor) {
  FlatVector<float> gradient(37);
  std::fill_n(gradient.data(), gradient.padded_size(), 9.0f);  // to be overwritten
  sum.sum(chunks, gradient, executor, [](Index chunk, std::span<float> partial, Index) {
    for (std::size_t i = 0; i < partial.size(); ++i) partial[i] += term(chunk, i);
  });
  return {gradient.data(), gradient.data() + 37};
}

}  // namespace

TEST_CASE("ChunkSum: chunks are added in order, for any number of workers and again and again") {
  detail::ChunkSum<float> sum;
  for (const Index chunks : {1, 2, 9, 3}) {
    std::vector<float> expected(37, 0.0f);
    for (Index chunk = 0; chunk < chunks; ++chunk) {
      for (std::size_t i = 0; i < expected.size(); ++i) expected[i] += term(chunk, i);
    }
    CHECK(summed(sum, chunks, Serial{}) == expected);
    CHECK(summed(sum, chunks, ThreadPool{3}) == expected);
  }
}
