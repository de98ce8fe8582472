// Hashes of what the core computes, one line a function: the same for every compiler and for AVX2 and AVX-512.
#pragma once

#include <ebm/core/noise.hpp>

#include <string>
#include <utility>
#include <vector>

namespace ebm_bits {

// FNV-1a over 64-bit words.
struct Hash {
  std::uint64_t state = 0xcbf29ce484222325u;

  template <class S>
  void add(const S* values, ebm::Index count) {
    for (ebm::Index i = 0; i < count; ++i) {
      state = (state ^ ebm::to_bits(values[i])) * 0x100000001b3u;
      state ^= state >> 29;
    }
  }
};

using Line = std::pair<std::string, std::uint64_t>;

// f of packs that cover lowest .. highest, half of them uniformly, half in powers of two towards zero.
template <class S, class F>
std::uint64_t hash_of(S lowest, S highest, F f) {
  using ebm::Pack;
  constexpr int size = ebm::kLanes<S>;
  alignas(ebm::kAlignment) S x[size], y[size];
  Hash hash;
  for (std::uint32_t block = 0; block < 4096; ++block) {
    for (int lane = 0; lane < size; ++lane) {
      const auto words = ebm::philox({block, static_cast<std::uint32_t>(lane), 0, 0}, 1);
      const S u = static_cast<S>(words[0] >> 8) * S(0x1p-24);
      x[lane] = std::fma(u, highest - lowest, lowest);
      if (words[1] % 2 == 0) x[lane] = std::ldexp(x[lane], -static_cast<int>(words[2] % 32));
      if (x[lane] < lowest) x[lane] = lowest;
    }
    for (int p = 0; p < size; p += Pack<S>::size) f(Pack<S>::load(x + p)).store(y + p);
    hash.add(y, size);
  }
  return hash.state;
}

template <class S>
void add_core_bits(const std::string& type, std::vector<Line>& lines) {
  const auto add = [&](const char* name, S lowest, S highest, auto f) {
    lines.emplace_back(name + (" " + type), hash_of<S>(lowest, highest, f));
  };
  const S range = sizeof(S) == 4 ? S(87) : S(700);
  add("exp", -range, range, [](auto x) { return ebm::exp(x); });
  add("log", S(1e-30), S(1e9), [](auto x) { return ebm::log(x); });
  add("log1p", S(-0.999), S(1000), [](auto x) { return ebm::log1p(x); });
  add("logistic", -range, range, [](auto x) { return ebm::logistic(x); });
  add("log1p_exp", -range, range, [](auto x) { return ebm::log1p_exp(x); });
  add("log_add_exp", -range, range, [](auto x) { return ebm::log_add_exp(x, S(1.25) - x); });
  add("tanh", S(-30), S(30), [](auto x) { return ebm::tanh(x); });
  add("sin", S(-9000), S(9000), [](auto x) { return ebm::sin(x); });
  add("cos", S(-9000), S(9000), [](auto x) { return ebm::cos(x); });
  add("sqrt", S(0), S(1e9), [](auto x) { return ebm::sqrt(x); });

  constexpr ebm::Index count = 256;
  static S noise alignas(ebm::kAlignment)[count * ebm::kLanes<S>];
  Hash normals, uniforms, sums;
  for (ebm::Index tile = 0; tile < 16; ++tile) {
    ebm::fill_normals<S>(ebm::Stream(99), tile, tile * count, count, noise);
    normals.add(noise, count * ebm::kLanes<S>);
    for (ebm::Index i = 0; i < count; ++i) {
      const S sum = ebm::sum_lanes<S>(noise + i * ebm::kLanes<S>);
      sums.add(&sum, 1);
    }
    ebm::fill_uniforms<S>(ebm::Stream(99), tile, tile * count, count, noise);
    uniforms.add(noise, count * ebm::kLanes<S>);
  }
  lines.emplace_back("normals " + type, normals.state);
  lines.emplace_back("uniforms " + type, uniforms.state);
  lines.emplace_back("sum_lanes " + type, sums.state);
}

inline std::vector<Line> core_bits() {
  std::vector<Line> lines;
  add_core_bits<float>("float", lines);
  add_core_bits<double>("double", lines);

  Hash stream;
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    const double numbers[] = {ebm::Stream(99).normal(i % 7, i), ebm::Stream(99).uniform(i % 7, i),
                              static_cast<double>(ebm::Stream(99).integer(i % 7, i, 1'000'003))};
    stream.add(numbers, 3);
  }
  lines.emplace_back("stream", stream.state);
  return lines;
}

}  // namespace ebm_bits
