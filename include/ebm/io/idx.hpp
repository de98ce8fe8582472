// Arrays in the idx format of the MNIST data sets (LeCun, Cortes & Burges), gzipped or not. This header needs zlib:
// link ebm::zlib.
//
//   0 0, type (1 byte), number of dimensions (1 byte), sizes (4 bytes each), numbers by rows; big-endian
//
//   const auto images = ebm::read_idx<std::uint8_t>("train-images-idx3-ubyte.gz");    images.sizes: 60000, 28, 28
//
// A file is refused that is not of the type asked for, or whose numbers are not exactly as many as its sizes say.
#pragma once

#include <ebm/core/shapes.hpp>
#include <ebm/io/gzip.hpp>

#include <bit>
#include <cstdint>
#include <vector>

namespace ebm {

template <class T>
struct IdxArray {
  std::vector<Index> sizes;  // the first one is the number of samples, as a rule
  std::vector<T> values;     // by rows: the last index runs fastest
};

namespace detail {

// The byte by which idx names a type.
template <class T>
inline constexpr int kIdxType = -1;
template <>
inline constexpr int kIdxType<std::uint8_t> = 0x08;
template <>
inline constexpr int kIdxType<std::int8_t> = 0x09;
template <>
inline constexpr int kIdxType<std::int16_t> = 0x0B;
template <>
inline constexpr int kIdxType<std::int32_t> = 0x0C;
template <>
inline constexpr int kIdxType<float> = 0x0D;
template <>
inline constexpr int kIdxType<double> = 0x0E;

[[gnu::noinline]] inline std::string idx_type_text(int type) {
  switch (type) {
    case 0x08:
      return "unsigned bytes";
    case 0x09:
      return "signed bytes";
    case 0x0B:
      return "16-bit integers";
    case 0x0C:
      return "32-bit integers";
    case 0x0D:
      return "floats";
    case 0x0E:
      return "doubles";
    default:
      return joined({"type ", count_text(type), ", which idx does not have"});
  }
}

// Reads the header; the sizes, whose product is the number of values that the file announces and can hold.
[[gnu::noinline]] inline std::vector<Index> read_idx_sizes(GzipReader& reader, int wanted_type, std::size_t bytes,
                                                           std::size_t& count) {
  unsigned char magic[4];
  reader.read(reinterpret_cast<char*>(magic), sizeof magic, "its idx header");
  if (magic[0] != 0 || magic[1] != 0) reader.fail("is no idx file, which begins with two zero bytes");
  if (magic[2] != wanted_type)
    reader.fail(joined({"holds ", idx_type_text(magic[2]), ", wanted ", idx_type_text(wanted_type)}));
  if (magic[3] == 0) reader.fail("has no dimensions, wanted at least 1");

  std::vector<Index> sizes;
  std::string shape;
  for (int d = 0; d < magic[3]; ++d) {
    unsigned char size[4];
    reader.read(reinterpret_cast<char*>(size), sizeof size, "its idx header");
    sizes.push_back((Index{size[0]} << 24) | (Index{size[1]} << 16) | (Index{size[2]} << 8) | Index{size[3]});
    shape = joined({shape, d > 0 ? " x " : "", count_text(sizes.back())});
  }
  const std::size_t most = (reader.most() - 4 * (1 + sizes.size())) / bytes;
  count = 1;
  for (const Index size : sizes) count = size == 0 ? 0 : count;
  for (const Index size : sizes) {
    if (count > 0 && static_cast<std::size_t>(size) > most / count)
      reader.fail(joined({"announces ", shape, " numbers, more than a file of its size can hold"}));
    count *= static_cast<std::size_t>(size);
  }
  return sizes;
}

}  // namespace detail

template <class T>
IdxArray<T> read_idx(const std::string& path) {
  static_assert(detail::kIdxType<T> >= 0, "read_idx: wanted std::uint8_t, int8_t, int16_t, int32_t, float or double");
  detail::GzipReader reader(path);
  std::size_t count = 0;
  IdxArray<T> array;
  array.sizes = detail::read_idx_sizes(reader, detail::kIdxType<T>, sizeof(T), count);
  array.values.resize(count);
  char* bytes = reinterpret_cast<char*>(array.values.data());
  reader.read(bytes, count * sizeof(T), "its numbers");
  reader.finish();
  if constexpr (std::endian::native == std::endian::little && sizeof(T) > 1) {
    for (std::size_t i = 0; i < count; ++i) std::reverse(bytes + i * sizeof(T), bytes + (i + 1) * sizeof(T));
  }
  return array;
}

}  // namespace ebm
