// Pictures as PNG files. This header needs libpng 1.6: link ebm::png.
#pragma once

#include <ebm/io/file.hpp>
#include <ebm/io/picture.hpp>

#include <png.h>

namespace ebm {

[[gnu::noinline]] inline void write_png(const Picture& picture, const std::string& path) {
  static_assert(sizeof(Color) == 4, "libpng reads the pixels where they are");
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(picture.width());
  image.height = static_cast<png_uint_32>(picture.height());
  image.format = PNG_FORMAT_RGBA;

  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string content(size, '\0');
  if (png_image_write_to_memory(&image, content.data(), &size, 0, picture.data(), 0, nullptr) == 0) {
    throw Error(joined({path, ": cannot be encoded as PNG: ", image.message}));
  }
  content.resize(size);
  write_file(path, content);
}

}  // namespace ebm
