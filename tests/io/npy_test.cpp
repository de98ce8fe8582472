#include <ebm/core/rng.hpp>
#include <ebm/io/npy.hpp>

#include "support/catch.hpp"
#include "temporary_file.hpp"

#include <limits>

using Catch::Matchers::ContainsSubstring;

namespace {

// A file with this dictionary and so many bytes of numbers.
std::string npy(const std::string& dictionary, std::size_t bytes) {
  std::string content("\x93NUMPY\x01\x00", 8);
  content += static_cast<char>(dictionary.size() & 0xFF);
  content += static_cast<char>(dictionary.size() >> 8);
  return content + dictionary + std::string(bytes, '\0');
}

ebm::Points<double> read(const std::string& content) {
  const TemporaryFile file(content);
  return ebm::read_npy<double>(file.path);
}

template <class Matrix>
std::string written(const Matrix& values) {
  const TemporaryFile file;
  ebm::write_npy(file.path, values);
  return ebm::read_file(file.path);
}

}  // namespace

TEMPLATE_TEST_CASE("Arrays come back from .npy with the same bits", "", float, double) {
  ebm::Points<TestType, 3> values(5, 3);
  const ebm::Stream stream = ebm::Rng(1).stream();
  for (ebm::Index i = 0; i < values.size(); ++i)
    values.data()[i] = static_cast<TestType>(stream.normal(0, static_cast<std::uint64_t>(i)));
  values(1, 2) = std::numeric_limits<TestType>::infinity();
  values(2, 0) = std::numeric_limits<TestType>::denorm_min();
  const TemporaryFile file;
  ebm::write_npy(file.path, values);
  CHECK(ebm::read_npy<TestType, 3>(file.path) == values);
  CHECK(ebm::read_npy<double>(file.path) == values.template cast<double>());

  const Eigen::Matrix<TestType, Eigen::Dynamic, 3, Eigen::RowMajor> by_rows = values;
  ebm::write_npy(file.path, by_rows.topRows(4) * TestType(2));
  CHECK(ebm::read_npy<TestType, 3>(file.path) == values.topRows(4) * TestType(2));

  values(4, 1) = std::numeric_limits<TestType>::quiet_NaN();  // a missing number is one that is read
  ebm::write_npy(file.path, values);
  CHECK(std::isnan(ebm::read_npy<TestType, 3>(file.path)(4, 1)));

  ebm::write_npy(file.path, ebm::Points<TestType, 2>(0, 2));
  CHECK(ebm::read_npy<TestType, 2>(file.path).rows() == 0);
}

TEST_CASE("The header is the one that the format asks for") {
  const std::string content = written(Eigen::Matrix<float, 2, 3>::Zero().eval());
  CHECK((content.size() - 24) % 64 == 0);
  CHECK(content.substr(0, 10) == std::string("\x93NUMPY\x01\x00\x76\x00", 10));
  CHECK_THAT(content, ContainsSubstring("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }   "));
  CHECK(content[127] == '\n');
  CHECK_THAT(written(Eigen::VectorXd::Zero(7).eval()),
             ContainsSubstring("{'descr': '<f8', 'fortran_order': True, 'shape': (7, ), }"));
}

TEST_CASE("Both orders of storage are read, in any order of keys") {
  const double numbers[] = {1, 2, 3, 4, 5, 6};
  const std::string raw(reinterpret_cast<const char*>(numbers), sizeof numbers);
  const auto by_rows = read(npy("{'shape': (2, 3), 'fortran_order': False, 'descr': '<f8'}\n", 0) + raw);
  CHECK(by_rows == (Eigen::MatrixXd(2, 3) << 1, 2, 3, 4, 5, 6).finished());
  const auto by_columns = read(npy("{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3), }", 0) + raw);
  CHECK(by_columns == (Eigen::MatrixXd(2, 3) << 1, 3, 5, 2, 4, 6).finished());
  CHECK(by_rows != by_columns);
  CHECK(read(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (6,), }", 0) + raw).col(0) ==
        Eigen::Map<const Eigen::VectorXd>(numbers, 6));
}

TEST_CASE("A file cut off anywhere, or too long, is refused") {
  const std::string whole = written(Eigen::Matrix<double, 3, 2>::Ones().eval());
  CHECK(read(whole) == Eigen::MatrixXd::Ones(3, 2));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    INFO(size);
    CHECK_THROWS_AS(read(whole.substr(0, size)), ebm::Error);
  }
  CHECK_THROWS_WITH(read(whole + '\0'), ContainsSubstring("49 bytes") && ContainsSubstring("3 x 2"));
}

TEST_CASE("Shapes that the file does not hold are refused before they are allocated") {
  const auto with_shape = [](const std::string& shape, std::size_t bytes = 48) {
    return read(npy("{'descr': '<f8', 'fortran_order': True, 'shape': " + shape + ", }", bytes));
  };
  CHECK(with_shape("(2, 3)").size() == 6);
  for (const char* shape : {"(4611686018427387904, 4)", "(9223372036854775808, 2)", "(18446744073709551615, 1)",
                            "(18446744073709551616, 1)", "(3, 6148914691236517207)", "(2, 4)", "(0, 3)", "(-2, -3)",
                            "(2, 3, 1)", "()", "(2 3)", "[2, 3]", "(2, 3", "(1e0, 6)", "(,)", "2"}) {
    INFO(shape);
    CHECK_THROWS_AS(with_shape(shape), ebm::Error);
  }
  CHECK_THROWS_AS(with_shape("(0, 9223372036854775807)", 0), ebm::Error);
  CHECK(with_shape("(0, 3)", 0).cols() == 3);
}

TEST_CASE("Headers that mean something else are refused") {
  const std::string rest = ", 'fortran_order': True, 'shape': (1, 1), }";
  CHECK_THROWS_WITH(read(npy("{'descr': '<i8'" + rest, 8)), ContainsSubstring("type <i8, wanted <f4 or <f8"));
  CHECK_THROWS_WITH(read(npy("{'descr': '>f8'" + rest, 8)), ContainsSubstring("type >f8"));
  CHECK_THROWS_AS(read(npy("{'descr': [('x', '<f8')]" + rest, 8)), ebm::Error);
  CHECK_THROWS_AS(read(npy("{'descr': '<f8', 'descr': '<f8', 'shape': (1, 1), }", 8)), ebm::Error);
  CHECK_THROWS_AS(read(npy("{'descr': '<f8', 'shape': (1, 1), }", 8)), ebm::Error);
  CHECK_THROWS_AS(read(npy("{'descr': '<f8', 'fortran_order': 1, 'shape': (1, 1), }", 8)), ebm::Error);
  CHECK_THROWS_AS(read(npy("{'descr': '<f8" + std::string(500, 'x'), 8)), ebm::Error);
  std::string version_2 = npy("{'descr': '<f8'" + rest, 8);
  version_2[6] = 2;
  CHECK_THROWS_WITH(read(version_2), ContainsSubstring("format 1.0"));

  const TemporaryFile file(npy("{'descr': '<f8'" + rest, 8));
  CHECK_THROWS_WITH((ebm::read_npy<double, 2>(file.path)), ContainsSubstring("1 columns, wanted 2"));
  ebm::write_npy(file.path, Eigen::Matrix<double, 1, 1>(1e300));
  CHECK_THROWS_WITH(ebm::read_npy<float>(file.path), ContainsSubstring("1e+300 does not fit"));
}

TEST_CASE("Whatever byte of a file is changed, it is read whole or refused") {
  const std::string whole = written(Eigen::Matrix<float, 2, 2>::Ones().eval());
  for (std::size_t at = 0; at < 80; ++at) {
    for (const char byte : {'\0', '0', '9', '\'', '(', ')', ',', ' ', '}', '\xFF'}) {
      std::string changed = whole;
      changed[at] = byte;
      ebm::Index size = 4;
      try {
        size = read(changed).size();
      } catch (const ebm::Error&) {
      }
      CHECK(size == 4);
    }
  }
}

TEST_CASE("NumPy reads what is written, and what NumPy writes is read") {
  if (std::system("python3 -c 'import numpy' 2>/dev/null") != 0) return;  // no NumPy here
  const TemporaryFile ours, theirs;
  ebm::write_npy(ours.path, (Eigen::Matrix<float, 2, 3>() << 1, 2, 3, 4, 5, 6).finished());
  const std::string program = "python3 -c \"import numpy as np; a = np.load('" + ours.path +
                              "'); assert a.dtype == np.float32 and a.tolist() == [[1, 2, 3], [4, 5, 6]], a; "
                              "np.save(open('" +
                              theirs.path + "', 'wb'), a.astype(float) + 10)\"";
  REQUIRE(std::system(program.c_str()) == 0);
  CHECK(ebm::read_npy<double>(theirs.path) == (Eigen::MatrixXd(2, 3) << 11, 12, 13, 14, 15, 16).finished());
}
