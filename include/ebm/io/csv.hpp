// Tables as comma-separated text: one row a line, names of columns in the first if any, numbers that keep their bits.
//
// Reading is strict: every line has the same number of fields, every field is a number (nan and inf are), nothing is
// quoted. The first line holds names when none of its fields is a number.
#pragma once

#include <ebm/core/shapes.hpp>
#include <ebm/io/file.hpp>

#include <charconv>
#include <vector>

namespace ebm {

template <class Scalar>
struct Table {
  std::vector<std::string> names;  // empty, or one for each column
  Points<Scalar> values;
};

namespace detail {

// True, and the value, if the text is one number and nothing else.
template <class Scalar>
bool parse_number(std::string_view text, Scalar& value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end;
}

inline std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view()
                                         : text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

inline std::vector<std::string_view> split_fields(std::string_view line) {
  std::vector<std::string_view> fields;
  for (;;) {
    const std::size_t comma = line.find(',');
    fields.push_back(trimmed(line.substr(0, comma)));
    if (comma == std::string_view::npos) return fields;
    line.remove_prefix(comma + 1);
  }
}

inline void require_column_name(const std::string& name) {
  double value;
  if (name.empty() || trimmed(name) != name || name.find_first_of(",\"\r\n") != std::string::npos ||
      parse_number(name, value)) {
    throw ValueError("names: \"" + name + "\", wanted no number, comma, quote, line break or outer space");
  }
}

// Takes the first line from the text, without its line break.
inline std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace detail

template <class Derived>
void write_csv(const std::string& path, const Eigen::DenseBase<Derived>& values,
               const std::vector<std::string>& names = {}) {
  if (!names.empty()) require_shape("values", values, kAny, static_cast<Index>(names.size()));
  std::string text;
  for (const std::string& name : names) {
    detail::require_column_name(name);
    (text += name) += &name == &names.back() ? '\n' : ',';
  }
  for (Index row = 0; row < values.rows(); ++row) {
    for (Index col = 0; col < values.cols(); ++col) {
      char number[64];
      const auto end = std::to_chars(number, number + sizeof number, values.derived().coeff(row, col)).ptr;
      text.append(number, end) += col + 1 == values.cols() ? '\n' : ',';
    }
  }
  write_file(path, text);
}

// A table from its text; errors call it by `name`, the path as a rule.
template <class Scalar = double>
Table<Scalar> parse_csv(std::string_view text, const std::string& name) {
  Table<Scalar> table;
  std::vector<Scalar> numbers;  // row by row
  std::size_t columns = 0;
  for (Index line = 1; !text.empty(); ++line) {
    const auto fields = detail::split_fields(detail::take_line(text));
    const auto fail = [&](const std::string& what) { throw Error(name + ": line " + std::to_string(line) + what); };
    if (line == 1) {
      columns = fields.size();
      bool any_number = false;
      for (const std::string_view field : fields) {
        Scalar value;
        any_number = any_number || detail::parse_number(field, value);
      }
      if (!any_number) {
        for (const std::string_view field : fields) {
          if (field.empty() || field.find('"') != field.npos) fail(": wanted names without quotes, or numbers");
          table.names.emplace_back(field);
        }
        continue;
      }
    }
    if (fields.size() != columns) {
      fail(": " + std::to_string(fields.size()) + " fields, wanted " + std::to_string(columns));
    }
    for (std::size_t col = 0; col < columns; ++col) {
      Scalar value;
      if (!detail::parse_number(fields[col], value)) {
        fail(", field " + std::to_string(col + 1) + ": \"" + std::string(fields[col].substr(0, 40)) +
             "\", wanted a number");
      }
      numbers.push_back(value);
    }
  }
  if (columns == 0) throw Error(name + ": empty, wanted a table");
  const Index cols = static_cast<Index>(columns);
  using Rows = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  table.values = Eigen::Map<const Rows>(numbers.data(), static_cast<Index>(numbers.size()) / cols, cols);
  return table;
}

template <class Scalar = double>
Table<Scalar> read_csv(const std::string& path) {
  return parse_csv<Scalar>(read_file(path), path);
}

}  // namespace ebm
