#include <ebm/core/function_ref.hpp>

#include <string>

#include "support/catch.hpp"

namespace {

int twice(int x) { return 2 * x; }

}  // namespace

TEST_CASE("a reference to a callable calls it, and changes what it holds") {
  int calls = 0;
  auto count = [&calls](int x) {
    ++calls;
    return x + calls;
  };
  const ebm::FunctionRef<int(int)> reference = count;
  CHECK(reference(10) == 11);
  CHECK(reference(10) == 12);
  CHECK(calls == 2);

  auto counter = [n = 0]() mutable { return ++n; };
  const ebm::FunctionRef<int()> first = counter, second = first;
  CHECK(first() == 1);
  CHECK(second() == 2);  // both refer to the same object
  CHECK(counter() == 3);
}

TEST_CASE("functions, constant callables and members can be referred to") {
  const auto constant = [](int x) { return 3 * x; };
  CHECK(ebm::FunctionRef<int(int)>(constant)(2) == 6);
  CHECK(ebm::FunctionRef<int(int)>(twice)(2) == 4);
  CHECK(ebm::FunctionRef<double(int)>(twice)(2) == 4.0);  // the result is converted
}

TEST_CASE("an empty reference says so") {
  const ebm::FunctionRef<void()> empty;
  CHECK_FALSE(empty);
  const auto nothing = [] {};
  CHECK(ebm::FunctionRef<void()>(nothing));
}

TEST_CASE("arguments go through by reference and by move") {
  std::string text = "a";
  const auto append = [](std::string& to, std::string&& from) { to += from; };
  const ebm::FunctionRef<void(std::string&, std::string &&)> reference = append;
  reference(text, "b");
  CHECK(text == "ab");
}

TEST_CASE("only what can be called is taken") {
  STATIC_REQUIRE(std::is_constructible_v<ebm::FunctionRef<int(int)>, int (&)(int)>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<ebm::FunctionRef<int(std::string)>, int (&)(int)>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<ebm::FunctionRef<std::string(int)>, int (&)(int)>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<ebm::FunctionRef<int(int)>, int>);
  STATIC_REQUIRE(std::is_trivially_copyable_v<ebm::FunctionRef<int(int)>>);
}
