#include <ebm/core/rng.hpp>

#include <map>
#include <set>

#include "support/catch.hpp"

using namespace ebm;

namespace {

// Standard normal quantity for the chi-square of counts that should be equal (Wilson & Hilferty 1931).
template <class Counts>
double chi_square_score(const Counts& counts) {
  double total = 0, sum = 0;
  for (const double count : counts) total += count;
  const double expected = total / static_cast<double>(counts.size()), freedom = static_cast<double>(counts.size()) - 1;
  for (const double count : counts) sum += (count - expected) * (count - expected) / expected;
  const double spread = 2.0 / (9.0 * freedom);
  return (std::cbrt(sum / freedom) - (1.0 - spread)) / std::sqrt(spread);
}

}  // namespace

// Scores are compared with 6: 1e-9 each on either side, fewer than a hundred of them.

TEST_CASE("integers are uniform below their bound") {
  const Stream stream(11);
  for (const std::uint64_t bound : {1u, 2u, 3u, 10u, 100u}) {
    CAPTURE(bound);
    std::vector<double> counts(bound, 0.0);
    for (std::uint64_t i = 0; i < 200'000; ++i) {
      const std::uint32_t k = stream.integer(3, i, bound);
      REQUIRE(k < bound);
      ++counts[k];
    }
    if (bound > 1) CHECK(std::abs(chi_square_score(counts)) < 6.0);
  }
}

TEST_CASE("integers below a bound that does not divide 2^32 are not biased") {
  // Of 3 * 2^30 values, multiply-and-shift alone gives those that are 0 modulo 3 twice as often as the others.
  const Stream stream(12);
  const std::uint64_t bound = std::uint64_t{3} << 30;
  std::vector<double> counts(3, 0.0), biased(3, 0.0);
  for (std::uint64_t i = 0; i < 200'000; ++i) {
    ++counts[stream.integer(0, i, bound) % 3];
    ++biased[((stream.words(0, i, Purpose::integer)[0] * bound) >> 32) % 3];
  }
  CHECK(std::abs(chi_square_score(counts)) < 6.0);
  CHECK(chi_square_score(biased) > 6.0);
  CHECK(stream.integer(0, 5, std::uint64_t{1} << 32) == stream.words(0, 5, Purpose::integer)[0]);
  CHECK_THROWS_AS(stream.integer(0, 0, 0), ValueError);
}

TEST_CASE("every permutation of four is equally likely") {
  Rng rng(13);
  std::map<std::vector<Index>, double> counts;
  for (int i = 0; i < 48'000; ++i) ++counts[rng.stream().permutation(4)];
  REQUIRE(counts.size() == 24);
  std::vector<double> values;
  for (const auto& [permutation, count] : counts) values.push_back(count);
  CHECK(std::abs(chi_square_score(values)) < 6.0);
}

TEST_CASE("a permutation has every index once") {
  std::vector<Index> order = Stream(5).permutation(1000);
  CHECK(order == Stream(5).permutation(1000));
  CHECK(order != Stream(6).permutation(1000));
  std::sort(order.begin(), order.end());
  for (Index i = 0; i < 1000; ++i) CHECK(order[static_cast<std::size_t>(i)] == i);
  CHECK(Stream(5).permutation(0).empty());
  CHECK(Stream(5).permutation(1) == std::vector<Index>{0});
  CHECK_THROWS_AS(Stream(5).permutation(-1), ValueError);
}

TEST_CASE("normals and uniforms have the moments of their laws") {
  const Stream stream(14);
  const int count = 1'000'000;
  double normal[5] = {}, uniform[3] = {}, neighbours = 0, previous = 0, smallest = 1, largest = 0;
  for (int i = 0; i < count; ++i) {
    const auto chain = static_cast<std::uint32_t>(i % 1000);
    const auto index = static_cast<std::uint64_t>(i / 1000);
    const double x = stream.normal(chain, index), u = stream.uniform(chain, index);
    smallest = std::min(smallest, u), largest = std::max(largest, u);
    normal[1] += x, normal[2] += x * x, normal[3] += x * x * x, normal[4] += x * x * x * x;
    uniform[1] += u - 0.5, uniform[2] += (u - 0.5) * (u - 0.5);
    neighbours += x * previous, previous = x;
  }
  const double n = count;
  CHECK(std::abs(normal[1]) / std::sqrt(n) < 6.0);
  CHECK(std::abs(normal[2] - n) / std::sqrt(2 * n) < 6.0);
  CHECK(std::abs(normal[3]) / std::sqrt(15 * n) < 6.0);
  CHECK(std::abs(normal[4] - 3 * n) / std::sqrt(96 * n) < 6.0);
  CHECK(std::abs(neighbours) / std::sqrt(n) < 6.0);
  CHECK(std::abs(uniform[1]) / std::sqrt(n / 12) < 6.0);
  CHECK(std::abs(uniform[2] - n / 12) / std::sqrt(n / 180) < 6.0);
  CHECK(smallest > 0.0);
  CHECK(largest < 1.0);
}

TEST_CASE("numbers of a stream depend on key, chain, index and purpose") {
  std::set<double> seen;
  for (const std::uint64_t key : {1u, 2u}) {
    for (const std::uint32_t chain : {0u, 1u}) {
      for (const std::uint64_t index : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{1} << 40}) {
        seen.insert(Stream(key).uniform(chain, index));
        seen.insert(Stream(key).normal(chain, index));
      }
    }
  }
  CHECK(seen.size() == 32);
  CHECK(Stream(1).normal(2, 3) == Stream(1).normal(2, 3));
}

TEST_CASE("a generator gives distinct streams, and its state is two integers") {
  Rng rng(42), other(43);
  std::set<std::uint64_t> keys;
  for (int i = 0; i < 10'000; ++i) keys.insert(rng.stream().key()), keys.insert(other.stream().key());
  CHECK(keys.size() == 20'000);
  CHECK(rng.streams_given() == 10'000);

  Rng resumed(rng.seed(), rng.streams_given());
  CHECK(resumed.stream().key() == rng.stream().key());
  CHECK(Rng(42).stream().key() == Rng(42).stream().key());
}
