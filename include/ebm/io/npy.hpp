// Arrays in NumPy's .npy format 1.0 (NumPy Enhancement Proposal 1): float32 and float64, one or two dimensions.
//
//   "\x93NUMPY" 1 0, header's length (2 bytes), {'descr': '<f4', 'fortran_order': True, 'shape': (N, D), }, numbers
//
// Reading takes either order of storage and either type, and refuses a file whose size is not the one its header says:
// nothing is allocated beyond the size of the file.
#pragma once

#include <ebm/core/shapes.hpp>
#include <ebm/io/file.hpp>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <vector>

namespace ebm {

namespace detail {

static_assert(std::endian::native == std::endian::little, "ebm/io/npy.hpp: written for little-endian machines");

inline constexpr std::string_view kNpyMagic{"\x93NUMPY\x01\x00", 8};

struct NpyHeader {
  std::size_t bytes_per_number = 0;
  bool fortran_order = false;
  std::vector<std::uint64_t> shape;
};

// Reads the header's Python dictionary: exactly the three keys, in any order.
class NpyHeaderParser {
 public:
  NpyHeaderParser(const std::string& path, std::string_view text) : path_(path), text_(text) {}

  NpyHeader parse() {
    NpyHeader header;
    expect("{");
    for (int keys = 0; keys < 3; ++keys) {
      const std::string_view key = quoted();
      expect(":");
      if (key == "descr" && header.bytes_per_number == 0) {
        const std::string_view type = quoted();
        if (type != "<f4" && type != "<f8") fail("type " + std::string(type) + ", wanted <f4 or <f8");
        header.bytes_per_number = type == "<f4" ? 4 : 8;
      } else if (key == "fortran_order" && !order_seen_) {
        order_seen_ = true;
        header.fortran_order = accept("True");
        if (!header.fortran_order) expect("False");
      } else if (key == "shape" && !shape_seen_) {
        shape_seen_ = true;
        header.shape = tuple();
      } else {
        fail("unexpected key " + std::string(key));
      }
      if (!accept(",")) break;
    }
    expect("}");
    skip_space();
    if (!text_.empty() || header.bytes_per_number == 0 || !order_seen_ || !shape_seen_) {
      fail("the header does not have exactly descr, fortran_order and shape");
    }
    return header;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw Error(path_ + ": " + what); }

  void skip_space() { text_.remove_prefix(std::min(text_.find_first_not_of(" \n"), text_.size())); }

  bool accept(std::string_view token) {
    skip_space();
    if (!text_.starts_with(token)) return false;
    text_.remove_prefix(token.size());
    return true;
  }

  void expect(std::string_view token) {
    if (!accept(token)) fail("the header has no " + std::string(token) + " where one is wanted");
  }

  std::string_view quoted() {
    expect("'");
    const std::size_t end = text_.find('\'');
    if (end == text_.npos) fail("the header has a quote without end");
    const std::string_view result = text_.substr(0, end);
    text_.remove_prefix(end + 1);
    return result;
  }

  std::vector<std::uint64_t> tuple() {
    std::vector<std::uint64_t> sizes;
    expect("(");
    while (!accept(")")) {
      skip_space();
      std::uint64_t size = 0;
      const auto [stop, error] = std::from_chars(text_.data(), text_.data() + text_.size(), size);
      if (error != std::errc()) fail("the header's shape is not a tuple of sizes");
      text_.remove_prefix(static_cast<std::size_t>(stop - text_.data()));
      sizes.push_back(size);
      if (!accept(",")) {
        expect(")");
        break;
      }
    }
    return sizes;
  }

  const std::string& path_;
  std::string_view text_;
  bool order_seen_ = false, shape_seen_ = false;
};

}  // namespace detail

// Writes floats or doubles, a vector with shape (N,) and everything else with (N, D).
template <class Derived>
void write_npy(const std::string& path, const Eigen::DenseBase<Derived>& values) {
  using Scalar = typename Derived::Scalar;
  static_assert(std::is_same_v<Scalar, float> || std::is_same_v<Scalar, double>, "write_npy: wanted floats or doubles");
  constexpr bool vector = Derived::ColsAtCompileTime == 1;
  std::string header = std::string("{'descr': '<f") + (sizeof(Scalar) == 4 ? '4' : '8') +
                       "', 'fortran_order': True, 'shape': (" + std::to_string(values.rows()) + ", " +
                       (vector ? "" : std::to_string(values.cols())) + "), }";
  const std::size_t prefix = detail::kNpyMagic.size() + 2;
  header.append(63 - (prefix + header.size()) % 64, ' ') += '\n';

  std::string content(detail::kNpyMagic);
  content += static_cast<char>(header.size() & 0xFF);
  content += static_cast<char>(header.size() >> 8);
  content += header;
  content.reserve(content.size() + static_cast<std::size_t>(values.size()) * sizeof(Scalar));
  for (Index col = 0; col < values.cols(); ++col) {
    for (Index row = 0; row < values.rows(); ++row) {
      const Scalar value = values.derived().coeff(row, col);
      content.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
  }
  write_file(path, content);
}

// Reads an array of either type as N x Dim; a vector is N x 1. A double that is too large for a float is refused.
template <class Scalar, int Dim = Dynamic>
Points<Scalar, Dim> read_npy(const std::string& path) {
  const std::string content = read_file(path);
  const auto fail = [&](const std::string& what) { throw Error(path + ": " + what); };
  const std::size_t prefix = detail::kNpyMagic.size() + 2;
  if (content.size() < prefix || !content.starts_with(detail::kNpyMagic)) fail("not a file of NumPy's format 1.0");
  const auto byte = [&](std::size_t i) { return std::size_t{static_cast<unsigned char>(content[i])}; };
  const std::size_t length = byte(prefix - 2) + 256 * byte(prefix - 1);
  if (content.size() - prefix < length) fail("ends within its header");

  const detail::NpyHeader header =
      detail::NpyHeaderParser(path, std::string_view(content).substr(prefix, length)).parse();
  if (header.shape.empty() || header.shape.size() > 2) {
    fail(std::to_string(header.shape.size()) + " dimensions, wanted 1 or 2");
  }
  const std::uint64_t rows = header.shape[0], cols = header.shape.size() == 2 ? header.shape[1] : 1;
  if (Dim != Dynamic && cols != static_cast<std::uint64_t>(Dim)) {
    fail(std::to_string(cols) + " columns, wanted " + std::to_string(Dim));
  }
  const std::uint64_t bytes = content.size() - prefix - length, numbers = bytes / header.bytes_per_number;
  const bool sizes_agree = rows == 0 || cols == 0 ? bytes == 0 && std::max(rows, cols) < (std::uint64_t{1} << 31)
                                                  : rows <= numbers && numbers / rows == cols && numbers % rows == 0 &&
                                                        bytes % header.bytes_per_number == 0;
  if (!sizes_agree) {
    fail("holds " + std::to_string(bytes) + " bytes of numbers, which is not the size of " + std::to_string(rows) +
         " x " + std::to_string(cols));
  }

  Points<Scalar, Dim> result(static_cast<Index>(rows), static_cast<Index>(cols));
  const char* data = content.data() + prefix + length;
  for (Index col = 0; col < result.cols(); ++col) {
    for (Index row = 0; row < result.rows(); ++row) {
      const Index index = header.fortran_order ? row + result.rows() * col : col + result.cols() * row;
      const char* number = data + static_cast<std::size_t>(index) * header.bytes_per_number;
      double value;
      if (header.bytes_per_number == 8) {
        std::memcpy(&value, number, sizeof value);
      } else {
        float single;
        std::memcpy(&single, number, sizeof single);
        value = single;
      }
      result(row, col) = static_cast<Scalar>(value);
      if (std::isinf(result(row, col)) && !std::isinf(value)) fail(to_text(value) + " does not fit into a float");
    }
  }
  return result;
}

}  // namespace ebm
