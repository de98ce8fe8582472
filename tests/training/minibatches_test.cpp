#include <ebm/training/minibatches.hpp>

#include "support/catch.hpp"

namespace {

std::vector<ebm::Index> take(ebm::Minibatches& batches, ebm::Index count) {
  std::vector<ebm::Index> rows;
  for (ebm::Index i = 0; i < count; ++i) rows.push_back(batches.next());
  return rows;
}

}  // namespace

TEST_CASE("each row comes exactly once an epoch, in a new order each time") {
  ebm::Minibatches batches(10, ebm::Stream(3));
  std::vector<std::vector<ebm::Index>> epochs;
  for (int epoch = 0; epoch < 5; ++epoch) {
    epochs.push_back(take(batches, 10));
    auto sorted = epochs.back();
    std::sort(sorted.begin(), sorted.end());
    for (ebm::Index row = 0; row < 10; ++row) CHECK(sorted[static_cast<std::size_t>(row)] == row);
    for (int other = 0; other < epoch; ++other) CHECK(epochs[static_cast<std::size_t>(other)] != epochs.back());
  }
}

TEST_CASE("batches that do not divide the rows run on across epochs") {
  // 15 batches of 4 from 10 rows: every row 6 times, whatever the order.
  ebm::Minibatches batches(10, ebm::Stream(3));
  std::vector<int> seen(10, 0);
  for (int batch = 0; batch < 15; ++batch) {
    for (const ebm::Index row : take(batches, 4)) ++seen[static_cast<std::size_t>(row)];
  }
  for (const int count : seen) CHECK(count == 6);
}

TEST_CASE("batches are a function of the stream") {
  ebm::Minibatches one(100, ebm::Stream(3)), same(100, ebm::Stream(3)), other(100, ebm::Stream(4));
  const auto rows = take(one, 250);
  CHECK(take(same, 250) == rows);
  CHECK(take(other, 250) != rows);
}

TEST_CASE("every row is as likely as any other at every place") {
  // 6000 epochs of 6 rows: binomial(6000, 1/6) at each of 36 places, 6 standard deviations (sd 28.9): fails falsely
  // with probability 7e-8. Always starting at row 0 would be found.
  ebm::Minibatches batches(6, ebm::Stream(8));
  std::vector<int> count(36, 0);
  for (int epoch = 0; epoch < 6000; ++epoch) {
    for (std::size_t place = 0; place < 6; ++place) ++count[6 * place + static_cast<std::size_t>(batches.next())];
  }
  for (const int c : count) CHECK(std::abs(c - 1000) < 174);
}

TEST_CASE("a single row comes for ever") {
  ebm::Minibatches batches(1, ebm::Stream(3));
  CHECK(take(batches, 3) == std::vector<ebm::Index>(3, 0));
}

TEST_CASE("batches go on from where they were kept, and every epoch can be had without those before") {
  ebm::Minibatches whole(10, ebm::Stream(3));
  const auto rows = take(whole, 40);
  for (const ebm::Index place : {0, 3, 10, 25, 39}) {
    ebm::Minibatches before(10, ebm::Stream(3)), after(10, ebm::Stream(3));
    take(before, place);
    ebm::Archive kept;
    before.transfer(kept);
    ebm::Archive read(kept.tensors());
    after.transfer(read);
    CHECK(take(after, 40 - place) == std::vector<ebm::Index>(rows.begin() + place, rows.end()));
    CHECK(after.epoch() == 3);
  }
  CHECK(ebm::Stream(3 + 2).permutation(10) == std::vector<ebm::Index>(rows.begin() + 20, rows.begin() + 30));
}

TEST_CASE("no rows, or a place that is none, are refused") {
  CHECK_THROWS_AS(ebm::Minibatches(0, ebm::Stream(3)), ebm::ValueError);
  ebm::Minibatches large(10, ebm::Stream(3)), small(5, ebm::Stream(3));
  take(large, 8);
  ebm::Archive kept;
  large.transfer(kept);
  ebm::Archive read(kept.tensors());
  CHECK_THROWS_AS(small.transfer(read), ebm::ValueError);
}
