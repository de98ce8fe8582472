#include <ebm/concepts/storable_energy.hpp>

#include "support/catch.hpp"

namespace {

// The smallest type that meets the concept.
struct Archetype {
  using Scalar = float;
  static constexpr int dim = 1;
  float height = 0;

  ebm::Lanes<float> energy(const ebm::Tile<float, 1>& x) const { return x.col(0) * height; }
  std::span<const float> parameters() const { return {&height, 1}; }
  void set_parameters(std::span<const float> theta) { height = theta[0]; }

  ebm::Tensors tensors() const {
    ebm::Tensors result;
    result.add("height", height);
    return result;
  }
  static Archetype from(const ebm::Tensors& tensors) { return {tensors.number<float>("height")}; }
};
static_assert(ebm::StorableEnergy<Archetype>);

struct NoEnergy {
  ebm::Tensors tensors() const { return {}; }
  static NoEnergy from(const ebm::Tensors&) { return {}; }
};
static_assert(ebm::Storable<NoEnergy> && !ebm::StorableEnergy<NoEnergy>);

// Near misses.
struct OneWay : Archetype {};  // its from() gives an Archetype
struct NotStatic : NoEnergy {
  NotStatic from(const ebm::Tensors&);
};
struct FromNothing {
  ebm::Tensors tensors() const { return {}; }
  static FromNothing from() { return {}; }
};
struct Changing {
  ebm::Tensors tensors() { return {}; }
  static Changing from(const ebm::Tensors&) { return {}; }
};
static_assert(!ebm::Storable<OneWay> && !ebm::Storable<NotStatic> && !ebm::Storable<FromNothing>);
static_assert(!ebm::Storable<Changing>);

// An energy of which only the parameters are known.
struct Bare : Archetype {
  ebm::Tensors tensors() const = delete;
};
static_assert(!ebm::Storable<Bare>);

template <class E>
float height_after_transfer(float height) {
  E kept, back;
  kept.height = height;
  ebm::Archive written;
  ebm::transfer_energy(written, "energy", kept);
  ebm::Archive read(written.tensors());
  ebm::transfer_energy(read, "energy", back);
  return back.height;
}

}  // namespace

TEST_CASE("The state of an energy comes through an archive, storable or not") {
  CHECK(height_after_transfer<Archetype>(0.1f) == 0.1f);
  CHECK(height_after_transfer<Bare>(0.1f) == 0.1f);
}

TEST_CASE("An archive gives back what it was given, and refuses what does not fit") {
  struct State {
    double number = 0;
    ebm::Index count = 0;
    bool flag = false;
    std::string text = {};
    std::vector<unsigned char> bytes = {};
    ebm::FlatVector<float> vector = ebm::FlatVector<float>(3);

    void transfer(ebm::Archive& archive) {
      archive("number", number), archive("count", count), archive("flag", flag), archive("text", text);
      archive("bytes", bytes), archive("vector", vector);
    }
  };
  State kept{0.1, -3, true, "two\nlines", {1, 255}};
  kept.vector.data()[2] = 5;
  ebm::Archive written;
  written("state", kept);
  CHECK(written.tensors().has("state.vector"));
  State back{.bytes = {0, 0}};
  ebm::Archive read(written.tensors());
  read("state", back);
  CHECK(back.number == 0.1);
  CHECK(back.count == -3);
  CHECK(back.flag);
  CHECK(back.text == "two\nlines");
  CHECK(back.bytes == kept.bytes);
  CHECK(back.vector.data()[2] == 5);

  State wider{.bytes = {0, 0}, .vector = ebm::FlatVector<float>(4)};
  CHECK_THROWS_WITH(read("state", wider), Catch::Matchers::ContainsSubstring("\"state.vector\" has shape 3, wanted 4"));
  ebm::Archive again(written.tensors());
  CHECK_THROWS_WITH(again("other", back), Catch::Matchers::ContainsSubstring("\"other.number\" is not there"));
}
