#include <ebm/core/noise.hpp>

#include <vector>

#include "support/catch.hpp"

using namespace ebm;

namespace {

// Numbers of `tiles` tiles, laid out [tile][index][lane].
template <class S>
struct Sheet {
  Index tiles, count;
  std::vector<S> values = std::vector<S>(static_cast<std::size_t>(tiles * count * kLanes<S>) + 64);

  S* tile(Index t) {
    auto* first = reinterpret_cast<char*>(values.data());
    auto* aligned = first + (kAlignment - reinterpret_cast<std::uintptr_t>(first) % kAlignment) % kAlignment;
    return reinterpret_cast<S*>(aligned) + t * count * kLanes<S>;
  }
};

template <class S>
Sheet<S> normals(Stream stream, Index tiles, Index count) {
  Sheet<S> sheet{tiles, count};
  for (Index t = 0; t < tiles; ++t) fill_normals<S>(stream, t, 0, count, sheet.tile(t));
  return sheet;
}
template <class S>
Sheet<S> uniforms(Stream stream, Index tiles, Index count) {
  Sheet<S> sheet{tiles, count};
  for (Index t = 0; t < tiles; ++t) fill_uniforms<S>(stream, t, 0, count, sheet.tile(t));
  return sheet;
}

double normal_below(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }
double uniform_below(double x) { return std::min(std::max(x, 0.0), 1.0); }

// The largest of |score| over all that is known of independent standard normals. About 60 scores, each standard normal
// to good approximation: the largest exceeds 6 with probability 1e-7.
template <class S>
double worst_normal_score(Sheet<S>& sheet) {
  double worst = 0;
  const auto add = [&](double score) { worst = std::max(worst, std::abs(score)); };
  const double n = static_cast<double>(sheet.tiles * sheet.count * kLanes<S>);

  double moment[5] = {}, beyond[2][6] = {};
  for (Index t = 0; t < sheet.tiles; ++t) {
    const S* values = sheet.tile(t);
    for (Index i = 0; i < sheet.count * kLanes<S>; ++i) {
      const double x = static_cast<double>(values[i]), square = x * x;
      moment[1] += x, moment[2] += square, moment[3] += square * x, moment[4] += square * square;
      const int whole = std::min(static_cast<int>(std::abs(x)), 5);
      ++beyond[x < 0][whole];
    }
  }
  add(moment[1] / std::sqrt(n));
  add((moment[2] - n) / std::sqrt(2 * n));
  add(moment[3] / std::sqrt(15 * n));
  add((moment[4] - 3 * n) / std::sqrt(96 * n));
  for (const auto& side : beyond) {
    double count = 0;
    for (int k = 5; k >= 1; --k) {
      count += side[k];
      const double p = normal_below(-k);  // the square root makes a Poisson count normal (Anscombe 1948)
      add(2 * (std::sqrt(count + 0.375) - std::sqrt(n * p + 0.375)) / std::sqrt(1 - p));
    }
  }

  // Products of numbers and of their centred squares, between indices of a chain and between chains.
  const auto correlate = [&](Index index_lag, Index lane_lag) {
    double linear = 0, squares = 0, pairs = 0;
    for (Index t = 0; t < sheet.tiles; ++t) {
      const S* values = sheet.tile(t);
      for (Index i = 0; i + index_lag < sheet.count; ++i) {
        for (Index l = 0; l + lane_lag < kLanes<S>; ++l) {
          const S x = values[i * kLanes<S> + l], y = values[(i + index_lag) * kLanes<S> + l + lane_lag];
          linear += static_cast<double>(x * y);
          squares += static_cast<double>((x * x - S(1)) * (y * y - S(1)));
        }
      }
      pairs += static_cast<double>((sheet.count - index_lag) * (kLanes<S> - lane_lag));
    }
    add(linear / std::sqrt(pairs));
    add(squares / (2 * std::sqrt(pairs)));
  };
  for (const Index lag : {1, 2, 3, 4, 5, 8, 16}) correlate(lag, 0);
  for (const Index lag : {1, 2, 3, 4, 5, 7}) correlate(0, lag);
  for (const Index lag : {1, 2, 3}) correlate(lag, lag), correlate(lag, 1);
  double neighbours = 0;  // the same lanes of neighbouring tiles
  for (Index t = 0; t + 1 < sheet.tiles; ++t) {
    const S *x = sheet.tile(t), *y = sheet.tile(t + 1);
    for (Index i = 0; i < sheet.count * kLanes<S>; ++i) neighbours += static_cast<double>(x[i] * y[i]);
  }
  add(neighbours / std::sqrt(n));
  return worst;
}

// The largest distance between the distribution of the numbers, seen at 2000 places, and its law, in units of what
// Dvoretzky, Kiefer & Wolfowitz 1956 (with Massart's constant) allow with probability 1 - 1e-6.
template <class S, class Below>
double distance_from_law(Sheet<S>& sheet, double lowest, double highest, Below below) {
  constexpr int places = 2000;
  std::vector<double> counts(places + 1, 0.0);
  const S scale = static_cast<S>(places / (highest - lowest));
  for (Index t = 0; t < sheet.tiles; ++t) {
    const S* values = sheet.tile(t);
    for (Index i = 0; i < sheet.count * kLanes<S>; ++i) {
      const S place = (values[i] - static_cast<S>(lowest)) * scale;
      ++counts[static_cast<std::size_t>(std::min(std::max(place, S(0)), S(places)))];
    }
  }
  const double n = static_cast<double>(sheet.tiles * sheet.count * kLanes<S>);
  double seen = 0, largest = 0;
  for (int i = 0; i < places; ++i) {
    seen += counts[static_cast<std::size_t>(i)];
    largest = std::max(largest, std::abs(seen / n - below(lowest + (i + 1) * (highest - lowest) / places)));
  }
  return largest / std::sqrt(std::log(2 / 1e-6) / (2 * n));
}

// What core/noise.hpp says, one chain and index at a time.
float reference_normal(Stream stream, std::uint32_t chain, std::uint64_t index, float) {
  const PhiloxBlock block = stream.words(chain, index / 4, Purpose::lane_normal);
  const std::uint32_t w0 = block[index % 4 / 2 * 2], w1 = block[index % 4 / 2 * 2 + 1];
  const float u = ebm::fma(static_cast<float>(w0 >> 1), 0x1p-31f, 0x1p-32f);
  const float angle = static_cast<float>(static_cast<std::int32_t>(w1)) * (0.78539816f * 0x1p-31f);
  auto [sine, cosine] = detail::sin_cos_in_octants(angle);
  if ((w1 & 2) != 0) cosine = -cosine;
  return ebm::sqrt(detail::log_in_range(u) * -2.0f) * (((w1 & 1) != 0) == (index % 2 == 0) ? sine : cosine);
}
double reference_normal(Stream stream, std::uint32_t chain, std::uint64_t index, double) {
  const PhiloxBlock w = stream.words(chain, index / 2, Purpose::lane_normal);
  const auto uniform = [](std::uint64_t high, std::uint64_t low) {
    return static_cast<double>(((high << 32) | low) >> 12) * 0x1p-52 + 0x1p-53;
  };
  auto [sine, cosine] = detail::sin_cos_in_octants((uniform(w[2], w[3]) - 0.5) * 1.5707963267948966);
  if ((w[3] & 2) != 0) cosine = -cosine;
  return ebm::sqrt(detail::log_in_range(uniform(w[0], w[1])) * -2.0) *
         (((w[3] & 1) != 0) == (index % 2 == 0) ? sine : cosine);
}

}  // namespace

TEMPLATE_TEST_CASE("normals are independent and normal", "", float, double) {
  using S = TestType;
  auto sheet = normals<S>(Stream(101), 64, sizeof(S) == 4 ? 9800 : 3000);  // 10 million floats, 1.5 million doubles
  CHECK(worst_normal_score(sheet) < 6.0);
  CHECK(distance_from_law(sheet, -6.0, 6.0, normal_below) < 1.0);

  bool finite = true;
  for (const S value : sheet.values) finite &= value - value == S(0);
  CHECK(finite);
}

TEST_CASE("the same checks find planted errors") {
  const auto plant = [](auto&& change, Index tiles = 16) {
    auto bad = normals<float>(Stream(101), tiles, 9800);
    for (Index t = 0; t < bad.tiles; ++t) {
      for (Index i = 0; i < bad.count; ++i) change(bad, t, i, bad.tile(t) + i * kLanes<float>);
    }
    return bad;
  };

  auto wide = plant(
      [](auto&, Index, Index, float* x) {
        for (int l = 0; l < kLanes<float>; ++l) x[l] *= 1.002f;
      },
      64);
  CHECK(worst_normal_score(wide) > 6.0);

  auto shifted = plant([](auto&, Index, Index, float* x) {
    for (int l = 0; l < kLanes<float>; ++l) x[l] += 0.006f;
  });
  CHECK(worst_normal_score(shifted) > 6.0);
  CHECK(distance_from_law(shifted, -6.0, 6.0, normal_below) > 1.0);

  auto twin_index = plant([](auto&, Index, Index i, float* x) {
    for (int l = 0; l < kLanes<float> && i % 64 == 63; ++l) x[l] = x[l - kLanes<float>];
  });
  CHECK(worst_normal_score(twin_index) > 6.0);

  auto twin_lane = plant([](auto&, Index, Index, float* x) { x[9] = -x[8]; });
  CHECK(worst_normal_score(twin_lane) > 6.0);

  auto twin_tile = plant([](auto& bad, Index t, Index i, float* x) {
    if (t == 7) std::copy_n(bad.tile(6) + i * kLanes<float>, kLanes<float>, x);
  });
  CHECK(worst_normal_score(twin_tile) > 6.0);

  // Pairs of one radius whose angle does not cover the circle: |x| = |y|.
  auto same_size = plant([](auto&, Index, Index i, float* x) {
    for (int l = 0; l < kLanes<float> && i % 16 == 1; ++l) x[l] = ebm::copysign(x[l - kLanes<float>], x[l]);
  });
  CHECK(worst_normal_score(same_size) > 6.0);

  auto cut = plant([](auto&, Index, Index, float* x) {
    for (int l = 0; l < kLanes<float>; ++l) x[l] = std::max(x[l], -3.9f);
  });
  CHECK(worst_normal_score(cut) > 6.0);
}

TEMPLATE_TEST_CASE("uniforms are independent and uniform", "", float, double) {
  using S = TestType;
  auto sheet = uniforms<S>(Stream(102), 64, 2000);
  const double n = static_cast<double>(sheet.tiles * sheet.count * kLanes<S>);
  double moment[5] = {}, along_index = 0, along_lane = 0;
  S smallest = 1, largest = 0;
  for (Index t = 0; t < sheet.tiles; ++t) {
    const S* values = sheet.tile(t);
    for (Index i = 0; i < sheet.count * kLanes<S>; ++i) {
      smallest = std::min(smallest, values[i]), largest = std::max(largest, values[i]);
      const double x = std::sqrt(12.0) * (static_cast<double>(values[i]) - 0.5);
      moment[1] += x, moment[2] += x * x, moment[3] += x * x * x, moment[4] += x * x * x * x;
      if (i >= kLanes<S>) along_index += x * std::sqrt(12.0) * (static_cast<double>(values[i - kLanes<S>]) - 0.5);
      if (i >= 1) along_lane += x * std::sqrt(12.0) * (static_cast<double>(values[i - 1]) - 0.5);
    }
  }
  CHECK(smallest > S(0));
  CHECK(largest <= S(1));
  CHECK(std::abs(moment[1]) / std::sqrt(n) < 6.0);  // moments of sqrt(12) (u - 1/2): 0, 1, 0, 9/5, 0, 27/7, 0, 9
  CHECK(std::abs(moment[2] - n) / std::sqrt(0.8 * n) < 6.0);
  CHECK(std::abs(moment[3]) / std::sqrt(27.0 / 7.0 * n) < 6.0);
  CHECK(std::abs(moment[4] - 1.8 * n) / std::sqrt((9.0 - 3.24) * n) < 6.0);
  CHECK(std::abs(along_index) / std::sqrt(n) < 6.0);
  CHECK(std::abs(along_lane) / std::sqrt(n) < 6.0);
  CHECK(distance_from_law(sheet, 0.0, 1.0, uniform_below) < 1.0);

  for (S& value : sheet.values) value = value * value;
  CHECK(distance_from_law(sheet, 0.0, 1.0, uniform_below) > 1.0);  // the check can fail
}

TEMPLATE_TEST_CASE("normals are a pure function of stream, chain and index", "", float, double) {
  using S = TestType;
  const Stream stream(0x123456789abcdef0u);
  constexpr Index count = 48, step = kNoiseBlock<S>;
  alignas(kAlignment) S all[count * kLanes<S>], parts[count * kLanes<S>], first_uniforms[count * kLanes<S>];
  for (const Index tile : {Index{0}, Index{5}, Index{100'000}}) {
    for (const Index first : {Index{0}, 16 * step, (Index{1} << 35) * step}) {
      fill_normals<S>(stream, tile, first, count, all);
      for (Index i = 0, size = step; i < count; i += size, size = std::min(3 * step, count - i)) {
        fill_normals<S>(stream, tile, first + i, size, parts + i * kLanes<S>);
      }
      CHECK(std::equal(std::begin(all), std::end(all), std::begin(parts)));

      bool as_documented = true;
      for (Index i = 0; i < count; ++i) {
        for (Index l = 0; l < kLanes<S>; ++l) {
          const auto chain = static_cast<std::uint32_t>(tile * kLanes<S> + l);
          as_documented &=
              all[i * kLanes<S> + l] == reference_normal(stream, chain, static_cast<std::uint64_t>(first + i), S(0));
        }
      }
      CHECK(as_documented);

      fill_uniforms<S>(stream, tile, first, count, first_uniforms);
      fill_uniforms<S>(stream, tile, first + step, count - step, parts);
      CHECK(std::equal(std::begin(first_uniforms) + step * kLanes<S>, std::end(first_uniforms), std::begin(parts)));
    }
  }
}

TEST_CASE("streams are independent of one another") {
  Rng rng(1);
  const Stream a = rng.stream(), b = rng.stream();
  auto x = normals<float>(a, 16, 2000), y = normals<float>(b, 16, 2000),
       z = normals<float>(Stream(a.key() + 1), 16, 2000);
  double xy = 0, xz = 0, xx = 0;
  const Index size = 16 * 2000 * kLanes<float>;
  for (Index i = 0; i < size; ++i) {
    const double value = static_cast<double>(x.tile(0)[i]);
    xy += value * static_cast<double>(y.tile(0)[i]);
    xz += value * static_cast<double>(z.tile(0)[i]);
    xx += value * value;
  }
  const double deviation = std::sqrt(static_cast<double>(size));
  CHECK(std::abs(xy) / deviation < 6.0);
  CHECK(std::abs(xz) / deviation < 6.0);
  CHECK(xx / deviation > 6.0);
}
