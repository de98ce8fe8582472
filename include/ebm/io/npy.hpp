// Arrays in NumPy's .npy format 1.0 (NumPy Enhancement Proposal 1): float32 and float64, one or two dimensions.
//
//   "\x93NUMPY" 1 0, header's length (2 bytes), {'descr': '<f4', 'fortran_order': True, 'shape': (N, D), }, numbers
//
// Reading takes either order of storage and either type, and refuses a file whose size is not the one its header says:
// nothing is allocated beyond a few times the size of the file. Archives of arrays are read by io/npz.hpp.
#pragma once

#include <ebm/core/tensors.hpp>
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
  std::string_view type;
  bool fortran_order = false;
  TensorShape shape;
};

// An array as its file has it: a header, and as many bytes as the shape says.
struct NpyArray {
  NpyHeader header;
  NumberType type;
  std::string_view numbers;

  // Calls f(row by row, place in the file) for the index of every number.
  template <class F>
  void for_each_number(F f) const {
    const TensorShape& shape = header.shape;
    std::vector<std::size_t> at(shape.size(), 0), strides(shape.size(), 1);
    for (std::size_t k = 1; k < shape.size(); ++k) {
      const std::size_t i = header.fortran_order ? k : shape.size() - 1 - k,
                        next = header.fortran_order ? i - 1 : i + 1;
      strides[i] = strides[next] * static_cast<std::size_t>(shape[next]);
    }
    const std::size_t count = numbers.size() / bytes_of(type);
    for (std::size_t index = 0, place = 0; index < count; ++index) {
      f(index, place);
      for (std::size_t k = shape.size(); k-- > 0;) {
        place += strides[k];
        if (++at[k] < static_cast<std::size_t>(shape[k])) break;
        place -= std::exchange(at[k], 0) * strides[k];
      }
    }
  }
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
      if (key == "descr" && header.type.empty()) {
        header.type = quoted();
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
    if (!text_.empty() || header.type.empty() || !order_seen_ || !shape_seen_) {
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

  TensorShape tuple() {
    TensorShape sizes;
    expect("(");
    while (!accept(")")) {
      skip_space();
      std::uint64_t size = 0;
      const auto [stop, error] = std::from_chars(text_.data(), text_.data() + text_.size(), size);
      if (error != std::errc() || size >> 62) fail("the header's shape is not a tuple of sizes");
      text_.remove_prefix(static_cast<std::size_t>(stop - text_.data()));
      if (sizes.size() == kMostSides) fail("the array has more than 32 dimensions");
      sizes.push_back(static_cast<Index>(size));
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

// The array in the content of a file, of which errors speak by `name`; the numbers are a view of the content.
[[gnu::noinline]] inline NpyArray parse_npy(std::string_view content, const std::string& name) {
  const auto fail = [&](std::string_view what) { throw Error(joined({name, ": ", what})); };
  const std::size_t prefix = kNpyMagic.size() + 2;
  if (content.size() < prefix || !content.starts_with(kNpyMagic)) fail("not a file of NumPy's format 1.0");
  const auto byte = [&](std::size_t i) { return std::size_t{static_cast<unsigned char>(content[i])}; };
  const std::size_t length = byte(prefix - 2) + 256 * byte(prefix - 1);
  if (content.size() - prefix < length) fail("ends within its header");
  NpyArray array{NpyHeaderParser(name, content.substr(prefix, length)).parse(), NumberType::f32,
                 content.substr(prefix + length)};
  const std::string_view type = array.header.type;
  if (type != "<f4" && type != "<f8" && type != "<i8") fail(joined({"type ", type, ", wanted <f4, <f8 or <i8"}));
  if (type != "<f4") array.type = type == "<f8" ? NumberType::f64 : NumberType::i64;
  const std::size_t bytes = array.numbers.size();
  const bool has_sides = std::all_of(array.header.shape.begin(), array.header.shape.end(),
                                     [&](Index side) { return bytes > 0 || side < (Index{1} << 31); });
  if (!has_sides || bytes % bytes_of(array.type) != 0 || !holds(array.header.shape, bytes / bytes_of(array.type))) {
    fail(joined({"holds ", count_text(static_cast<Index>(bytes)), " bytes of numbers, which is not the size of ",
                 shape_text(array.header.shape)}));
  }
  return array;
}

// What stands before the numbers; they begin at a multiple of 64 bytes.
[[gnu::noinline]] inline std::string npy_head(std::string_view type, bool fortran_order, std::string_view shape) {
  std::string header = joined(
      {"{'descr': '", type, "', 'fortran_order': ", fortran_order ? "True" : "False", ", 'shape': (", shape, "), }"});
  header.append(63 - (kNpyMagic.size() + 2 + header.size()) % 64, ' ') += '\n';
  require(header.size() <= 0xFFFF, "header", static_cast<double>(header.size()), "at most 65535 bytes");
  std::string head(kNpyMagic);
  head += static_cast<char>(header.size() & 0xFF);
  head += static_cast<char>(header.size() >> 8);
  return head += header;
}

}  // namespace detail

// Writes floats or doubles, a vector with shape (N,) and everything else with (N, D).
template <class Derived>
void write_npy(const std::string& path, const Eigen::DenseBase<Derived>& values) {
  using Scalar = typename Derived::Scalar;
  static_assert(std::is_same_v<Scalar, float> || std::is_same_v<Scalar, double>, "write_npy: wanted floats or doubles");
  constexpr bool vector = Derived::ColsAtCompileTime == 1;
  const std::string rows = count_text(values.rows()), cols = count_text(values.cols());
  std::string content = detail::npy_head(sizeof(Scalar) == 4 ? "<f4" : "<f8", true,
                                         vector ? joined({rows, ", "}) : joined({rows, ", ", cols}));
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
  const auto fail = [&](std::string_view what) { throw Error(joined({path, ": ", what})); };
  const detail::NpyArray array = detail::parse_npy(content, path);
  const TensorShape& shape = array.header.shape;
  if (array.type == NumberType::i64) fail("type <i8, wanted <f4 or <f8");
  if (shape.empty() || shape.size() > 2)
    fail(joined({count_text(static_cast<Index>(shape.size())), " dimensions, wanted 1 or 2"}));
  const Index rows = shape[0], cols = shape.size() == 2 ? shape[1] : 1;
  if (Dim != Dynamic && cols != Dim) fail(joined({count_text(cols), " columns, wanted ", count_text(Dim)}));
  Points<Scalar, Dim> result(rows, cols);
  array.for_each_number([&](std::size_t index, std::size_t place) {
    const char* number = array.numbers.data() + place * bytes_of(array.type);
    double value;
    if (array.type == NumberType::f64) {
      std::memcpy(&value, number, sizeof value);
    } else {
      float single;
      std::memcpy(&single, number, sizeof single);
      value = single;
    }
    Scalar& to = result(static_cast<Index>(index) / cols, static_cast<Index>(index) % cols);
    to = static_cast<Scalar>(value);
    if (std::isinf(to) && !std::isinf(value)) fail(joined({to_text(value), " does not fit into a float"}));
  });
  return result;
}

}  // namespace ebm
