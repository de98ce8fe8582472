#include <ebm/io/file.hpp>

#include "support/catch.hpp"
#include "temporary_file.hpp"

using Catch::Matchers::ContainsSubstring;

TEST_CASE("A file comes back as it was written, whatever its bytes") {
  const TemporaryFile file("old content that is longer than the new one");
  std::string content("zero \0 and the rest \r\n\xFF", 24);
  ebm::write_file(file.path, content);
  CHECK(ebm::read_file(file.path) == content);
  content.assign(300'000, 'x');
  ebm::write_file(file.path, content);
  CHECK(ebm::read_file(file.path) == content);
  ebm::write_file(file.path, "");
  CHECK(ebm::read_file(file.path).empty());
}

TEST_CASE("Errors of files name the path and the reason") {
  CHECK_THROWS_WITH(ebm::read_file("/no/such/file.csv"),
                    ContainsSubstring("/no/such/file.csv") && ContainsSubstring("No such file"));
  CHECK_THROWS_WITH(ebm::write_file("/no/such/file.csv", "x"),
                    ContainsSubstring("/no/such/file.csv: cannot be opened for writing"));
  CHECK_THROWS_WITH(ebm::read_file("/"), ContainsSubstring("directory"));
  CHECK_THROWS_AS(ebm::read_file("/"), ebm::Error);
}

TEST_CASE("A full device is an error, not a short file") {
  if (!std::filesystem::exists("/dev/full")) return;
  // A link, because what could not be written whole is removed.
  const TemporaryFile file;
  std::filesystem::remove(file.path);
  std::filesystem::create_symlink("/dev/full", file.path);
  CHECK_THROWS_WITH(ebm::write_file(file.path, "x"), ContainsSubstring("cannot be written"));
  CHECK(std::filesystem::symlink_status(file.path).type() == std::filesystem::file_type::not_found);
}
