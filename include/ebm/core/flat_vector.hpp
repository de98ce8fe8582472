// FlatVector: a vector of parameters or of their gradient, in whole cache lines, zero beyond its end.
#pragma once

#include <ebm/core/pack.hpp>

#include <span>
#include <vector>

namespace ebm {

template <class Scalar>
class FlatVector {
 public:
  FlatVector() = default;
  explicit FlatVector(std::size_t size) : size_(size), lines_((size + kLanes<Scalar> - 1) / kLanes<Scalar>) {
    set_zero();
  }
  explicit FlatVector(std::span<const Scalar> values) : FlatVector(values.size()) {
    std::copy(values.begin(), values.end(), data());
  }

  std::size_t size() const { return size_; }
  // Elements up to the end of the last line.
  Index padded_size() const { return static_cast<Index>(lines_.size()) * kLanes<Scalar>; }
  Scalar* data() { return lines_.empty() ? nullptr : lines_.front().data(); }
  const Scalar* data() const { return lines_.empty() ? nullptr : lines_.front().data(); }
  std::span<Scalar> span() { return {data(), size_}; }
  std::span<const Scalar> span() const { return {data(), size_}; }

  void set_zero() {
    for (Lanes<Scalar>& line : lines_) line.setZero();
  }

 private:
  std::size_t size_ = 0;
  std::vector<Lanes<Scalar>> lines_;
};

// |v|, summed in a fixed order: eight strands, which do not wait for each other.
template <class Scalar>
double norm(const FlatVector<Scalar>& v) {
  double sum[8] = {};
  for (Index i = 0; i < v.padded_size(); i += 8) {
    for (int strand = 0; strand < 8; ++strand) {
      const double value = static_cast<double>(v.data()[i + strand]);
      sum[strand] = ebm::fma(value, value, sum[strand]);
    }
  }
  return std::sqrt(((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7])));
}

}  // namespace ebm
