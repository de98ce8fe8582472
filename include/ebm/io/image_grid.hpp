// Many small images side by side: data, samples, filters of a model. Each pixel becomes a square. Included by itself;
// write_png (io/png.hpp, libpng) makes a file of the picture.
#pragma once

#include <ebm/io/axes.hpp>
#include <ebm/io/colormap.hpp>

#include <optional>

namespace ebm {

// Greys from black to white; and blue through white to orange, for values about 0.
inline constexpr Colormap kGreys{{0x000000, 0x101010, 0x202020, 0x303030, 0x404040, 0x505050, 0x606060, 0x707070,
                                  0x808080, 0x8f8f8f, 0x9f9f9f, 0xafafaf, 0xbfbfbf, 0xcfcfcf, 0xdfdfdf, 0xefefef,
                                  0xffffff}};
inline constexpr Colormap kBlueOrange{{0x08306b, 0x1a4a83, 0x2c659b, 0x4680b0, 0x689bc3, 0x8bb5d4, 0xafcfe3, 0xd5e6f0,
                                       0xffffff, 0xfbe3cc, 0xf6c79c, 0xf0aa6d, 0xe58e46, 0xd3732b, 0xb85a17, 0x984409,
                                       0x7f3000}};

// Images of height x width pixels, one a row of points, pixels row after row.
struct ImageGrid {
  std::string title = "";
  Points<double> images = {};
  Index height = 0, width = 0;
  Index columns = 8;
  Colormap colormap = kGreys;
  // What has the colormap's first and last color; left out, the smallest and largest of all pixels.
  std::optional<double> lower = {}, upper = {};
};

// At most `count` images, the first ones.
template <class Derived>
ImageGrid image_grid(const std::string& title, const Eigen::DenseBase<Derived>& images, Index height, Index width,
                     Index count = 64, Index columns = 8) {
  require_shape("images", images, kAny, height * width);
  return {title, images.derived().topRows(std::min(count, images.rows())).template cast<double>(), height, width,
          columns};
}

// Weights of either sign, each image in the scale of its own largest absolute value: what a unit looks for.
template <class Derived>
ImageGrid filter_grid(const std::string& title, const Eigen::DenseBase<Derived>& filters, Index height, Index width,
                      Index count = 64, Index columns = 8) {
  ImageGrid grid = image_grid(title, filters, height, width, count, columns);
  for (Index row = 0; row < grid.images.rows(); ++row) {
    double largest = 0;
    for (Index i = 0; i < grid.images.cols(); ++i) largest = std::max(largest, std::abs(grid.images(row, i)));
    if (largest > 0) grid.images.row(row) /= largest;
  }
  grid.colormap = kBlueOrange;
  grid.lower = -1, grid.upper = 1;
  return grid;
}

struct ImageGridOptions {
  Index pixel = 0;  // side of the square that a pixel becomes; 0 makes images some 56 pixels wide
  std::string title = "";
};

// The grids from left to right.
[[gnu::noinline]] inline Picture image_grid_picture(const std::vector<ImageGrid>& grids,
                                                    const ImageGridOptions& options = {}) {
  require(!grids.empty(), "grids", 0, "at least 1");
  const double edge = 18, between = 28, gap = 3, caption = 26, top = edge + (options.title.empty() ? 0 : 34);
  struct Place {
    double left, pixel;
    Index columns;
  };
  std::vector<Place> places;
  double right = edge, bottom = top;
  for (const ImageGrid& grid : grids) {
    require(grid.height >= 1 && grid.width >= 1, "images: height and width",
            static_cast<double>(std::min(grid.height, grid.width)), "at least 1 pixel");
    require(grid.columns >= 1, "columns", static_cast<double>(grid.columns), "at least 1");
    require_shape("images", grid.images, kAny, grid.height * grid.width);
    require(grid.images.rows() >= 1, "images: rows", 0, "at least 1");
    const Index pixel = options.pixel > 0 ? options.pixel : std::max<Index>(1, 56 / grid.width);
    const Index columns = std::min(grid.columns, grid.images.rows());
    const Index rows = (grid.images.rows() + columns - 1) / columns;
    const double left = places.empty() ? edge : right + between;
    places.push_back({left, static_cast<double>(pixel), columns});
    right = left + static_cast<double>(columns) * (static_cast<double>(grid.width * pixel) + gap) - gap;
    bottom = std::max(
        bottom, top + caption + static_cast<double>(rows) * (static_cast<double>(grid.height * pixel) + gap) - gap);
  }
  Canvas canvas(static_cast<Index>(right + edge), static_cast<Index>(bottom + edge));
  for (std::size_t g = 0; g < grids.size(); ++g) {
    const ImageGrid& grid = grids[g];
    const Place& place = places[g];
    double lower = std::numeric_limits<double>::infinity(), upper = -lower;
    for (Index i = 0; i < grid.images.size(); ++i) {
      lower = std::min(lower, grid.images.data()[i]);
      upper = std::max(upper, grid.images.data()[i]);
    }
    lower = grid.lower.value_or(lower), upper = grid.upper.value_or(upper);
    for (Index row = 0; row < grid.images.rows(); ++row) {
      const double x0 =
          place.left + static_cast<double>(row % place.columns) * (static_cast<double>(grid.width) * place.pixel + gap);
      const double y0 =
          top + caption +
          static_cast<double>(row / place.columns) * (static_cast<double>(grid.height) * place.pixel + gap);
      canvas.fill({x0 - 1, y0 - 1, x0 + static_cast<double>(grid.width) * place.pixel + 1,
                   y0 + static_cast<double>(grid.height) * place.pixel + 1},
                  Color::hex(0xC3C9D0));
      for (Index i = 0; i < grid.images.cols(); ++i) {
        const double x = x0 + static_cast<double>(i % grid.width) * place.pixel,
                     y = y0 + static_cast<double>(i / grid.width) * place.pixel, value = grid.images(row, i);
        const Color color = std::isnan(value) ? Color::hex(0xE6194B)
                                              : grid.colormap(upper > lower ? (value - lower) / (upper - lower) : 0.0);
        canvas.fill({x, y, x + place.pixel, y + place.pixel}, color);
      }
    }
    draw_text(canvas, grid.title, {place.left, top + caption - 8}, {.size = 16});
  }
  if (!options.title.empty()) draw_title(canvas, options.title, {edge, top, right, bottom});
  return canvas.picture();
}

}  // namespace ebm
