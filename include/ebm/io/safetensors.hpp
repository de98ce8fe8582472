// Tensors in files of the safetensors format, which NumPy, PyTorch and JAX read as well; save and load of what is
// Storable.
//
//   header's length (8 bytes, little-endian),
//   {"name": {"dtype": "F32", "shape": [64, 2], "data_offsets": [0, 512]}, ...}, numbers
//
// Reading is strict: the tensors must cover the file's bytes exactly, each once; types are F32, F64 and I64. The header
// is parsed here, since a general parser of JSON would accept more than the format allows. Nothing is allocated beyond
// a few times the file's size, whatever its header says. Files are written as a whole or not at all.
#pragma once

#include <ebm/concepts/storable_energy.hpp>
#include <ebm/io/file.hpp>

#include <bit>
#include <charconv>

namespace ebm {

namespace detail {

static_assert(std::endian::native == std::endian::little, "ebm/io/safetensors.hpp: written for little-endian machines");

// What the header says of a tensor.
struct TensorEntry {
  Tensor tensor;
  std::size_t begin = 0, end = 0;
};

// Exactly what the header of a safetensors file may contain.
class SafetensorsHeader {
 public:
  SafetensorsHeader(const std::string& path, std::string_view text) : path_(path), text_(text) {}

  std::vector<TensorEntry> parse() {
    std::vector<TensorEntry> entries;
    bool metadata_seen = false;
    if (!text_.starts_with('{')) fail("the header does not begin with {");
    for_each_member([&](std::string name) {
      if (name == "__metadata__") {
        if (std::exchange(metadata_seen, true)) fail("the header has __metadata__ twice");
        for_each_member([&](const std::string&) { string(); });
      } else {
        entries.push_back(entry(std::move(name)));
      }
    });
    skip_space();
    if (!text_.empty()) fail("the header goes on after its end");
    return entries;
  }

  [[noreturn]] void fail(std::string_view what) const { throw Error(joined({path_, ": ", what})); }

 private:
  TensorEntry entry(std::string name) {
    TensorEntry result{{std::move(name), NumberType::f32, {}, {}}};
    unsigned seen = 0;
    const auto once = [&](unsigned bit) {
      if (seen & bit) fail(joined({"tensor \"", result.tensor.name, "\" has a key twice"}));
      seen |= bit;
    };
    for_each_member([&](const std::string& key) {
      if (key == "dtype") {
        once(1);
        const std::string type = string();
        for (const NumberType known : {NumberType::f32, NumberType::f64, NumberType::i64}) {
          if (type == to_text(known)) result.tensor.type = known, seen |= 8;
        }
        if (!(seen & 8)) fail(joined({"tensor \"", result.tensor.name, "\" holds ", type, ", wanted F32, F64 or I64"}));
      } else if (key == "shape") {
        once(2);
        for_each_integer([&](std::uint64_t size) {
          if (size >> 62) fail(joined({"tensor \"", result.tensor.name, "\" has a shape that is too large"}));
          if (result.tensor.shape.size() == kMostSides)
            fail(joined({"tensor \"", result.tensor.name, "\" has more than 32 dimensions"}));
          result.tensor.shape.push_back(static_cast<Index>(size));
        });
      } else if (key == "data_offsets") {
        once(4);
        std::size_t count = 0;
        for_each_integer([&](std::uint64_t offset) { (count++ == 0 ? result.begin : result.end) = offset; });
        if (count != 2) fail(joined({"tensor \"", result.tensor.name, "\" does not have two data_offsets"}));
      } else {
        fail(joined(
            {"tensor \"", result.tensor.name, "\" has the key \"", key, "\", wanted dtype, shape, data_offsets"}));
      }
    });
    if (seen != 15) fail(joined({"tensor \"", result.tensor.name, "\" does not have dtype, shape and data_offsets"}));
    return result;
  }

  template <class F>
  void for_each_member(F f) {
    expect('{');
    if (accept('}')) return;
    do {
      std::string name = string();
      expect(':');
      f(std::move(name));
    } while (accept(','));
    expect('}');
  }

  template <class F>
  void for_each_integer(F f) {
    expect('[');
    if (accept(']')) return;
    do {
      skip_space();
      std::uint64_t value = 0;
      const auto [stop, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
      const std::size_t digits = static_cast<std::size_t>(stop - text_.data());
      if (error != std::errc() || (digits > 1 && text_.front() == '0'))
        fail("the header has no size where one is wanted");
      text_.remove_prefix(digits);
      f(value);
    } while (accept(','));
    expect(']');
  }

  std::string string() {
    expect('"');
    std::string result;
    for (;;) {
      const unsigned char c = take();
      if (c == '"') return result;
      if (c < 0x20) fail("the header has a control character in a string");
      if (c != '\\') {
        result += static_cast<char>(c);
        continue;
      }
      const char escaped = static_cast<char>(take());
      constexpr std::string_view names = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
      if (const std::size_t at = names.find(escaped); at != names.npos) {
        result += meanings[at];
      } else if (escaped == 'u') {
        append_code_point(result);
      } else {
        fail("the header has an unknown escape in a string");
      }
    }
  }

  // In UTF-8. Pairs of surrogates are no names that anybody gives.
  void append_code_point(std::string& to) {
    unsigned code = 0;
    const auto [stop, error] =
        std::from_chars(text_.data(), text_.data() + std::min<std::size_t>(4, text_.size()), code, 16);
    if (error != std::errc() || stop != text_.data() + 4 || (code >= 0xD800 && code < 0xE000)) {
      fail("the header has an unknown escape in a string");
    }
    text_.remove_prefix(4);
    const auto add = [&](unsigned byte) { to += static_cast<char>(byte); };
    if (code < 0x80) {
      add(code);
    } else if (code < 0x800) {
      add(0xC0 | code >> 6), add(0x80 | (code & 0x3F));
    } else {
      add(0xE0 | code >> 12), add(0x80 | (code >> 6 & 0x3F)), add(0x80 | (code & 0x3F));
    }
  }

  void skip_space() { text_.remove_prefix(std::min(text_.find_first_not_of(" \t\r\n"), text_.size())); }
  bool accept(char token) {
    skip_space();
    if (!text_.starts_with(token)) return false;
    text_.remove_prefix(1);
    return true;
  }
  void expect(char token) {
    if (!accept(token)) fail(joined({"the header has no ", std::string_view(&token, 1), " where one is wanted"}));
  }
  unsigned char take() {
    if (text_.empty()) fail("the header ends within a string");
    const char c = text_.front();
    text_.remove_prefix(1);
    return static_cast<unsigned char>(c);
  }

  const std::string& path_;
  std::string_view text_;
};

inline std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      (result += '\\') += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      constexpr const char* digits = "0123456789abcdef";
      ((result += "\\u00") += digits[c >> 4]) += digits[c & 15];
    } else {
      result += c;
    }
  }
  return result += '"';
}

}  // namespace detail

// Tensors from the content of a file; errors call it by `name`, the path as a rule.
[[gnu::noinline]] inline Tensors parse_safetensors(std::string_view content, const std::string& name) {
  std::uint64_t length = 0;
  detail::SafetensorsHeader header(name, content.substr(std::min<std::size_t>(8, content.size())));
  if (content.size() < 8) header.fail("ends within the length of its header");
  std::memcpy(&length, content.data(), 8);
  if (length > content.size() - 8) header.fail("ends within its header");
  const std::size_t header_size = static_cast<std::size_t>(length);
  std::vector<detail::TensorEntry> entries = detail::SafetensorsHeader(name, content.substr(8, header_size)).parse();
  content.remove_prefix(8 + header_size);

  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.begin != b.begin ? a.begin < b.begin : a.end < b.end; });
  std::size_t covered = 0;
  for (const auto& [tensor, begin, end] : entries) {
    const auto fail = [&, &which = tensor.name](std::string_view what) {
      header.fail(joined({"tensor \"", which, "\" ", what}));
    };
    if (begin > end || end > content.size()) fail("lies outside the file");
    if (begin != covered) fail(begin < covered ? "overlaps another one" : "leaves a gap before it");
    if ((end - begin) % bytes_of(tensor.type) != 0 ||
        !holds(tensor.shape, (end - begin) / bytes_of(tensor.type)))
      fail(joined({"has shape ", shape_text(tensor.shape), ", which is not the size of its bytes"}));
    covered = end;
  }
  if (covered != content.size()) header.fail("the file goes on after its last tensor");
  std::vector<Tensor> tensors;
  for (auto& [tensor, begin, end] : entries) {
    tensor.bytes = content.substr(begin, end - begin);
    tensors.push_back(std::move(tensor));
  }
  return Tensors(std::move(tensors), name);
}

[[gnu::noinline]] inline Tensors read_safetensors(const std::string& path) {
  return parse_safetensors(read_file(path), path);
}

// The content of a file. Numbers of eight bytes come first, so that all lie at multiples of their size.
[[gnu::noinline]] inline std::string format_safetensors(const Tensors& tensors) {
  std::string header = "{", numbers;
  for (const std::size_t size : {std::size_t{8}, std::size_t{4}}) {
    for (const Tensor& tensor : tensors.list()) {
      if (bytes_of(tensor.type) != size) continue;
      if (tensor.name == "__metadata__") tensors.fail(tensor.name, "has a name that the format keeps for itself");
      std::string shape;
      for (const Index side : tensor.shape) shape += (shape.empty() ? "" : ",") + count_text(side);
      const auto at = [&] { return count_text(static_cast<Index>(numbers.size())); };
      header += (header.size() > 1 ? "," : "") + detail::quoted(tensor.name) + ":{\"dtype\":\"" + to_text(tensor.type) +
                "\",\"shape\":[" + shape + "],\"data_offsets\":[" + at() + ",";
      numbers += tensor.bytes;
      header += at() + "]}";
    }
  }
  header += '}';
  header.append((8 - header.size() % 8) % 8, ' ');
  const std::uint64_t length = header.size();
  return std::string(reinterpret_cast<const char*>(&length), 8) + header + numbers;
}

[[gnu::noinline]] inline void write_safetensors(const std::string& path, const Tensors& tensors) {
  replace_file(path, format_safetensors(tensors));
}

// Keeps an energy, or a network; a file of this name is replaced. One whose numbers are not finite is refused.
template <Storable S>
void save(const S& storable, const std::string& path) {
  const Tensors tensors = storable.tensors();
  S::from(tensors);
  write_safetensors(path, tensors);
}

// Gets back what was saved, with the same bits; a file of something else is refused.
template <Storable S>
S load(const std::string& path) {
  const Tensors tensors = read_safetensors(path);
  S result = S::from(tensors);
  tensors.require_within(result.tensors());
  return result;
}

}  // namespace ebm
