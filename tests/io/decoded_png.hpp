// A PNG file as libpng reads it.
#pragma once

#include <ebm/io/picture.hpp>

#include <png.h>

inline ebm::Picture decoded_png(const std::string& path) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_file(&image, path.c_str()) == 0) throw ebm::Error(image.message);
  image.format = PNG_FORMAT_RGBA;
  ebm::Picture picture(static_cast<ebm::Index>(image.width), static_cast<ebm::Index>(image.height));
  if (png_image_finish_read(&image, nullptr, &picture(0, 0), 0, nullptr) == 0) throw ebm::Error(image.message);
  return picture;
}
