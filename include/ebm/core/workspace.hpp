// Scratch memory that the caller owns: a stack of aligned blocks that grows while a computation warms up and never in
// its steady state. One workspace belongs to one thread at a time.
#pragma once

#include <ebm/core/shapes.hpp>

#include <cstddef>
#include <new>
#include <utility>
#include <vector>

namespace ebm {

class Workspace {
 public:
  // Gives back, at its end, everything that was taken since its beginning.
  class Scope {
   public:
    explicit Scope(Workspace& workspace) : workspace_(workspace), block_(workspace.block_), used_(workspace.used_) {}
    ~Scope() { workspace_.block_ = block_, workspace_.used_ = used_; }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Workspace& workspace_;
    std::size_t block_, used_;
  };

  Workspace() = default;
  Workspace(Workspace&& other) noexcept { *this = std::move(other); }
  Workspace& operator=(Workspace&& other) noexcept {
    blocks_ = std::exchange(other.blocks_, {});
    block_ = std::exchange(other.block_, 0);
    used_ = std::exchange(other.used_, 0);
    return *this;
  }

  // `count` uninitialised elements, aligned to kAlignment, valid until the enclosing scope ends.
  template <class Scalar>
  Scalar* take(Index count) {
    static_assert(std::is_trivial_v<Scalar>);
    const std::size_t bytes =
        (static_cast<std::size_t>(count) * sizeof(Scalar) + kAlignment - 1) / kAlignment * kAlignment;
    while (block_ < blocks_.size() && used_ + bytes > blocks_[block_].bytes) ++block_, used_ = 0;
    if (block_ == blocks_.size()) grow(bytes);
    Scalar* result = reinterpret_cast<Scalar*>(blocks_[block_].data + used_);
    used_ += bytes;
    return result;
  }

  template <class Scalar, int Dim>
  TileSpan<Scalar, Dim> tiles(Index count, Index dim) {
    return {take<Scalar>(count * dim * kLanes<Scalar>), count, dim};
  }

 private:
  struct Block {
    explicit Block(std::size_t size)
        : data(static_cast<std::byte*>(::operator new(size, std::align_val_t{kAlignment}))), bytes(size) {}
    Block(Block&& other) noexcept : data(std::exchange(other.data, nullptr)), bytes(other.bytes) {}
    ~Block() { ::operator delete(data, std::align_val_t{kAlignment}); }

    std::byte* data;
    std::size_t bytes;
  };

  [[gnu::cold, gnu::noinline]] void grow(std::size_t bytes) {
    blocks_.emplace_back(bytes > kBlockBytes ? bytes : kBlockBytes);
    block_ = blocks_.size() - 1, used_ = 0;
  }

  static constexpr std::size_t kBlockBytes = std::size_t{1} << 18;

  std::vector<Block> blocks_;
  std::size_t block_ = 0, used_ = 0;
};

}  // namespace ebm
