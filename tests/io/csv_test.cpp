#include <ebm/io/csv.hpp>

#include "support/catch.hpp"
#include "temporary_file.hpp"

#include <limits>

using Catch::Matchers::ContainsSubstring;

namespace {

template <class Scalar>
bool same_bits(const ebm::Points<Scalar>& a, const ebm::Points<Scalar>& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() &&
         std::memcmp(a.data(), b.data(), sizeof(Scalar) * static_cast<std::size_t>(a.size())) == 0;
}

ebm::Table<double> read(const std::string& text) {
  const TemporaryFile file(text);
  return ebm::read_csv(file.path);
}

}  // namespace

TEMPLATE_TEST_CASE("Numbers come back from a table with the same bits", "", float, double) {
  using Limits = std::numeric_limits<TestType>;
  ebm::Points<TestType> values(3, 4);
  values << TestType(0.1), TestType(-1) / 3, Limits::denorm_min(), Limits::max(), -TestType(0), Limits::infinity(),
      -Limits::infinity(), TestType(12345678), TestType(1e-7), TestType(2), Limits::min(), Limits::epsilon();
  const TemporaryFile file;
  ebm::write_csv(file.path, values);
  const auto table = ebm::read_csv<TestType>(file.path);
  CHECK(table.names.empty());
  CHECK(same_bits(table.values, values));

  // Shortest digits that still tell floats apart: the check is not so lax that a table of six digits passes.
  ebm::Points<TestType> rounded = values;
  rounded(0, 0) = static_cast<TestType>(0.100001);
  CHECK_FALSE(same_bits(table.values, rounded));
}

TEST_CASE("Names, rows and expressions are written as a reader expects") {
  const TemporaryFile file;
  const Eigen::Array<double, 2, 2, Eigen::RowMajor> values{{1, 2.5}, {-3, 4}};
  ebm::write_csv(file.path, 2 * values, {"x", "log p"});
  CHECK(ebm::read_file(file.path) == "x,log p\n2,5\n-6,8\n");
  const auto table = ebm::read_csv(file.path);
  CHECK(table.names == std::vector<std::string>{"x", "log p"});
  CHECK(table.values == (2 * values).matrix());

  ebm::write_csv(file.path, ebm::Points<float, 2>(0, 2), {"a", "b"});
  CHECK(ebm::read_csv(file.path).values.rows() == 0);
  CHECK(ebm::read_csv(file.path).values.cols() == 2);
}

TEST_CASE("Spaces, line breaks of other systems and a missing last one are read") {
  CHECK(read("a, b\r\n1 ,\t2\r\n3,4").values == (Eigen::Matrix2d() << 1, 2, 3, 4).finished());
  CHECK(std::isnan(read("nan,1\n").values(0, 0)));
}

TEST_CASE("A table that is not one is refused, with line and field") {
  CHECK_THROWS_WITH(read(""), ContainsSubstring("empty"));
  CHECK_THROWS_WITH(read("1,2\n3\n"), ContainsSubstring("line 2: 1 fields, wanted 2"));
  CHECK_THROWS_WITH(read("1,2\n3,4,5\n"), ContainsSubstring("line 2: 3 fields, wanted 2"));
  CHECK_THROWS_WITH(read("x,y\n1,2\n\n3,4\n"), ContainsSubstring("line 3: 1 fields"));
  CHECK_THROWS_WITH(read("x,y\n1,two\n"), ContainsSubstring("line 2, field 2: \"two\", wanted a number"));
  CHECK_THROWS_WITH(read("1,2 3\n"), ContainsSubstring("line 1, field 2"));
  CHECK_THROWS_WITH(read("1,0x1p3\n"), ContainsSubstring("field 2"));
  CHECK_THROWS_WITH(read("1,1e999\n"), ContainsSubstring("field 2"));
  CHECK_THROWS_WITH(read("x,1\n1,2\n"), ContainsSubstring("line 1, field 1"));
  CHECK_THROWS_WITH(read("1,\n"), ContainsSubstring("field 2"));
  CHECK_THROWS_WITH(read("\"a\",b\n1,2\n"), ContainsSubstring("line 1"));
  CHECK_THROWS_AS(ebm::read_csv("/no/such/file"), ebm::Error);
}

TEST_CASE("Whatever byte of a table is changed or cut off, it is read as a table or refused") {
  const std::string whole = "x,y\n1,2.5\n-3e2,nan\n0.125,-inf\n";
  int refused = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    for (int byte = -1; byte < 256; ++byte) {
      if (byte < 0) {
        changed.resize(at);
      } else {
        (changed = whole)[at] = static_cast<char>(byte);
      }
      try {
        const auto table = ebm::parse_csv(changed, "file");
        if (table.values.rows() > 4 || table.values.cols() > 3) FAIL("more than there is, at " << at);
        if (!table.names.empty() && static_cast<ebm::Index>(table.names.size()) != table.values.cols())
          FAIL("names of other columns, at " << at);
      } catch (const ebm::Error&) {
        ++refused;
      }
    }
  }
  CHECK(refused > 3000);
  const std::string long_field(100000, 'z');
  try {
    read("1," + long_field + "\n");
    FAIL("read");
  } catch (const ebm::Error& error) {
    CHECK(std::strlen(error.what()) < 200);
  }
}

TEST_CASE("Names that would not come back are refused") {
  const TemporaryFile file("kept");
  const Eigen::MatrixXd values = Eigen::MatrixXd::Ones(1, 2);
  for (const char* name : {"", "a,b", "a\nb", "a\"b", "1.5", "nan", " a"}) {
    INFO(name);
    CHECK_THROWS_AS(ebm::write_csv(file.path, values, {"x", name}), ebm::ValueError);
  }
  CHECK_THROWS_AS(ebm::write_csv(file.path, values, {"x"}), ebm::ShapeError);
  CHECK(ebm::read_file(file.path) == "kept");
}
