// The same bits from GCC and Clang, AVX2 and AVX-512, now and later; the baseline has bits of its own.
#include <set>

#include "isa/core_bits.hpp"
#include "support/catch.hpp"

namespace {

struct Expected {
  const char* name;
  std::uint64_t fused, baseline;
};
constexpr Expected kExpected[] = {
    {"exp float", 0xb4a75732c7497e7fu, 0xe360cfb5a0d96194u},
    {"log float", 0x89e73d2cc9be106fu, 0x84922dd4020a0ec9u},
    {"log1p float", 0xebdb0958f55df98cu, 0x03b746f9530a63d6u},
    {"logistic float", 0x9aeaca2e6cb4d64au, 0x50a26c52cd091451u},
    {"log1p_exp float", 0x5dcad307b99ad275u, 0xb7314935298239c6u},
    {"log_add_exp float", 0x8abe9d4247d4c89du, 0x664a2aca9bc01f82u},
    {"tanh float", 0xc8a16e9239e9f3b1u, 0x4fe8cabad59af4c9u},
    {"sin float", 0xddee11262014664eu, 0x09f4a6b76d80f291u},
    {"cos float", 0xf5e5cf3677041b9cu, 0x6f265854afc99589u},
    {"sqrt float", 0xe37f54aaeff67f47u, 0xe37f54aaeff67f47u},
    {"normals float", 0xf74c185e623bce37u, 0xad3856a329768068u},
    {"uniforms float", 0x7f2308a31549b892u, 0x7f2308a31549b892u},
    {"sum_lanes float", 0x2ce6b223a8096950u, 0x6d9cb7b4d6aadedfu},
    {"exp double", 0xf85705bdbd4bd908u, 0x66f1d8f8b01f8792u},
    {"log double", 0x48cec06203b29c32u, 0xd9ba4299388a20aeu},
    {"log1p double", 0xc93341a371a733bbu, 0xd580910db053037du},
    {"logistic double", 0x27b801d6b75d3074u, 0xef56d88b37678d53u},
    {"log1p_exp double", 0xad0b30e6ca80449cu, 0xa6f24398960f2a82u},
    {"log_add_exp double", 0x74d0267eb482cd51u, 0xd4e4d587d8542ebdu},
    {"tanh double", 0xfa93ab0dea97ceabu, 0xa0d1072cd83c2baeu},
    {"sin double", 0x83ed9a1b63aafc37u, 0x6afe30ec8b6819bdu},
    {"cos double", 0xb63f0a8bd899346eu, 0x41ca82a50eb90cb9u},
    {"sqrt double", 0xc105db00c12bbd82u, 0xc105db00c12bbd82u},
    {"normals double", 0x52a63cbe6090a441u, 0x3bdb609919e494f2u},
    {"uniforms double", 0xc7b4dda3728cca18u, 0xc7b4dda3728cca18u},
    {"sum_lanes double", 0x1950ff95a77bd03du, 0xdad5ef64a51945e1u},
    {"stream", 0xc2b15c7d675ae99au, 0xfe4811481f8dad20u},
};

}  // namespace

TEST_CASE("the core computes the same bits in every build of its kind") {
  const auto lines = ebm_bits::core_bits();
  REQUIRE(lines.size() == std::size(kExpected));
  std::set<std::uint64_t> distinct;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    INFO(lines[i].first);
    CHECK(lines[i].first == kExpected[i].name);
    distinct.insert(lines[i].second);
#if EBM_PACK_BYTES > 16
    CHECK(lines[i].second == kExpected[i].fused);
#elif !defined(__FMA__)  // a compiler that may fuse without being asked decides for itself
    CHECK(lines[i].second == kExpected[i].baseline);
#endif
  }
  CHECK(distinct.size() == lines.size());
}
