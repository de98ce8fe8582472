// ColouredTorus: bytes on the sites of a square torus, the two colours of the chessboard apart, many replicas.
//
// Laid out [tile of replicas][colour][row][site of that colour][replica of the tile], with so many replicas in a tile
// that a row fills 64 bytes: registers run over sites and replicas alike. The neighbours of a site in the rows above
// and below have its own offset in their rows; those in its own row have that offset too, and one site to the left or
// the right. Before the first site of a row stands a copy of the last one, behind the last a copy of the first.
//
// Only a torus of even sides has two colours whose sites do not touch.
#pragma once

#include <ebm/core/errors.hpp>
#include <ebm/core/shapes.hpp>

#include <cstdint>
#include <vector>

namespace ebm {

class ColouredTorus {
 public:
  // The rows where the four neighbours of a row's sites stand, each at the site's own offset.
  struct Neighbours {
    const std::uint8_t *above, *below, *beside, *other;
  };

  ColouredTorus(Index rows, Index columns, Index replicas)
      : rows_(rows), columns_(columns), replicas_(replicas), width_(1) {
    constexpr const char* wanted = "an even number from 4 on: a torus of odd sides wants three colours, see torus()";
    require(rows >= 4 && rows % 2 == 0, "rows", static_cast<double>(rows), wanted);
    require(columns >= 4 && columns % 2 == 0, "columns", static_cast<double>(columns), wanted);
    require(replicas >= 1, "replicas", static_cast<double>(replicas), "at least 1");
    while (columns / 2 * width_ < kAlignment) width_ *= 2;
    row_bytes_ = (columns / 2 * width_ + kAlignment - 1) / kAlignment * kAlignment;
    stride_ = row_bytes_ + 2 * kAlignment;
    lines_.resize(static_cast<std::size_t>(tiles() * 2 * rows_ * stride_ / kAlignment));
  }

  Index rows() const { return rows_; }
  Index columns() const { return columns_; }
  Index replicas() const { return replicas_; }
  Index tiles() const { return (replicas_ + width_ - 1) / width_; }
  // Replicas in a tile.
  Index width() const { return width_; }
  // Bytes of a row, whole lines; those behind the last site are padding.
  Index row_bytes() const { return row_bytes_; }

  // The sites of a colour in a row.
  std::uint8_t* row(Index tile, int colour, Index r) { return lines_.front().bytes + offset(tile, colour, r); }
  const std::uint8_t* row(Index tile, int colour, Index r) const {
    return lines_.front().bytes + offset(tile, colour, r);
  }
  std::uint8_t& at(Index replica, Index r, Index column) { return lines_.front().bytes[offset_of(replica, r, column)]; }
  std::uint8_t at(Index replica, Index r, Index column) const {
    return lines_.front().bytes[offset_of(replica, r, column)];
  }

  Neighbours neighbours(Index tile, int colour, Index r) const {
    const std::uint8_t* beside = row(tile, 1 - colour, r);
    return {row(tile, 1 - colour, r == 0 ? rows_ - 1 : r - 1), row(tile, 1 - colour, r == rows_ - 1 ? 0 : r + 1),
            beside, (r + colour) % 2 == 0 ? beside - width_ : beside + width_};
  }

  // Renews the copies at the ends of the rows, after sites of that colour have changed.
  void close_rows(Index tile, int colour) {
    const Index used = columns_ / 2 * width_;
    for (Index r = 0; r < rows_; ++r) {
      std::uint8_t* sites = row(tile, colour, r);
      for (Index i = 0; i < width_; ++i) sites[i - width_] = sites[used - width_ + i], sites[used + i] = sites[i];
    }
  }

 private:
  struct alignas(kAlignment) Line {
    std::uint8_t bytes[kAlignment] = {};
  };

  Index offset(Index tile, int colour, Index r) const {
    return ((tile * 2 + colour) * rows_ + r) * stride_ + kAlignment;
  }
  Index offset_of(Index replica, Index r, Index column) const {
    return offset(replica / width_, static_cast<int>((r + column) % 2), r) + column / 2 * width_ + replica % width_;
  }

  Index rows_, columns_, replicas_, width_, row_bytes_, stride_;
  std::vector<Line> lines_;
};

}  // namespace ebm
