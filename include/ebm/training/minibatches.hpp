// Minibatches: the rows of a data set in random order, each exactly once per epoch, in batches that run on across
// epochs, so that every row has the same weight whatever the batch size.
//
//   ebm::Minibatches batches(images.rows(), rng.stream());
//   for (Index& row : batch) row = batches.next();
//
// The trainer draws its batches so, and so may a loop of one's own. The order of epoch e is the permutation of stream
// key + e: a pure function of the seed and the epoch, whatever was drawn before. Of a state, only the place is kept.
#pragma once

#include <ebm/core/archive.hpp>
#include <ebm/core/rng.hpp>

namespace ebm {

class Minibatches {
 public:
  Minibatches(Index rows, const Stream& stream) : rows_(rows), stream_(stream), order_(stream.permutation(rows)) {
    require(rows >= 1, "rows", static_cast<double>(rows), "at least 1");
  }

  Index epoch() const { return epoch_; }

  // The next row.
  Index next() {
    if (position_ == rows_) {
      position_ = 0, ++epoch_;
      set_order();
    }
    return order_[static_cast<std::size_t>(position_++)];
  }

  void transfer(Archive& archive) {
    archive("position", position_), archive("epoch", epoch_);
    require(position_ >= 0 && position_ <= rows_, "position", static_cast<double>(position_), "0 to rows");
    if (archive.reading()) set_order();
  }

 private:
  void set_order() { order_ = Stream(stream_.key() + static_cast<std::uint64_t>(epoch_)).permutation(rows_); }

  Index rows_, position_ = 0, epoch_ = 0;
  Stream stream_;
  std::vector<Index> order_;
};

}  // namespace ebm
