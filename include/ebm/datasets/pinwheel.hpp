// Five bent arms: f = (1 + radial n0, tangential n1) turned clockwise by 2 pi k / arms + bend exp(f0), times 2, with
// n0, n1 ~ N(0, 1) and k uniform. FFJORD's toy, after Johnson et al. 2016. Entropy 2.31779 nats.
//
// The turn keeps r = |f|, so with f = r (cos a, sin a) a point (r, phi) comes from every root of
//   a - bend exp(r cos a) = phi  modulo 2 pi / arms
// and p is the sum over the roots of N(f) / (arms 4 |1 + bend exp(f0) f1|). The left side has at most two turning
// points, in (-pi, 0), so roots are bracketed on monotone branches. Where the arms are wound hundreds of times (r > 8,
// log p < -250) the sum over the roots is replaced by its mean over phi.
#pragma once

#include <ebm/datasets/bracketed_root.hpp>
#include <ebm/datasets/gauss_legendre.hpp>
#include <ebm/datasets/plane.hpp>

#include <array>

namespace ebm {

struct Pinwheel {
  int arms = 5;
  double radial = 0.3;
  double tangential = 0.1;
  double bend = 0.25;

  static constexpr int dim = 2;
  static constexpr const char* name() { return "pinwheel"; }

  Points<double, 2> sample(Index count, Rng& rng) const {
    check();
    return detail::draw_rows(count, rng, [&](const Stream& stream, std::uint32_t row) {
      const int arm = static_cast<int>(stream.integer(row, 0, static_cast<std::uint64_t>(arms)));
      return turned(arm, stream.normal(row, 0), stream.normal(row, 1));
    });
  }

  Values<double> log_density(const Points<double, 2>& points) const {
    check();
    Values<double> result(points.rows());
    Roots roots;
    for (Index first = 0; first < points.rows(); first += kChunk) {
      const Index rows = std::min(kChunk, points.rows() - first);
      roots.clear();
      std::vector<std::size_t> begins;
      for (Index i = first; i < first + rows; ++i) {
        begins.push_back(roots.size());
        bracket(points(i, 0) / 2, points(i, 1) / 2, roots);
      }
      begins.push_back(roots.size());
      solve(roots);
      for (Index i = 0; i < rows; ++i) {
        const auto row = static_cast<std::size_t>(i);
        result[first + i] = begins[row] < begins[row + 1]
                                ? log_total(roots.log_term, begins[row], begins[row + 1]) - log(4.0 * arms)
                                : far_away(points(first + i, 0) / 2, points(first + i, 1) / 2);
      }
    }
    return result;
  }

  Box<2> domain() const {
    const double f0 = fma(detail::kDomainSds, radial, 1.0), f1 = detail::kDomainSds * tangential;
    return detail::square_box(2 * sqrt(fma(f0, f0, f1 * f1)));
  }

  // E[-log p] over n0, n1 by the trapezoidal rule; the arms are alike.
  double entropy() const {
    constexpr Index side = 64;
    constexpr double step = 8.0 / side;
    Points<double, 2> grid((2 * side + 1) * (2 * side + 1), 2);
    std::vector<double> weights;
    for (Index i = -side; i <= side; ++i) {
      for (Index j = -side; j <= side; ++j) {
        const double n0 = step * static_cast<double>(i), n1 = step * static_cast<double>(j);
        const detail::PlanePoint point = turned(0, n0, n1);
        const auto row = static_cast<Index>(weights.size());
        grid(row, 0) = point.x;
        grid(row, 1) = point.y;
        weights.push_back(step * step * exp(fma(-0.5, fma(n0, n0, n1 * n1), -detail::kLogTwoPi)));
      }
    }
    const Values<double> log_p = log_density(grid);
    double sum = 0.0;
    for (Index i = 0; i < log_p.size(); ++i) sum = fma(weights[static_cast<std::size_t>(i)], -log_p[i], sum);
    return sum;
  }

 private:
  static constexpr Index kChunk = 1024;
  static constexpr double kFarthest = 8.0;

  // Brackets of roots and what is sought there, to be solved a register at a time.
  struct Roots {
    std::vector<double> low, high, level, radius, log_term;

    std::size_t size() const { return low.size(); }
    void clear() {
      for (auto* values : {&low, &high, &level, &radius, &log_term}) values->clear();
    }
  };

  detail::PlanePoint turned(int arm, double n0, double n1) const {
    const double f0 = fma(radial, n0, 1.0), f1 = tangential * n1;
    const auto [sine, cosine] = sin_cos(fma(bend, exp(f0), arm * (2 * detail::kPi / arms)));
    return {2 * fma(f0, cosine, f1 * sine), 2 * fma(f1, cosine, -(f0 * sine))};
  }

  // a - bend exp(r cos a) and its derivative.
  template <class V>
  std::pair<V, V> wound(V radius, V angle) const {
    const auto [sine, cosine] = sin_cos(angle);
    const V turn = V(bend) * exp(radius * cosine);
    return {angle - turn, fma(radius * sine, turn, V(1.0))};
  }

  // Where the derivative of wound vanishes, on a side of its least value.
  double turning_point(double radius, double negative, double positive) const {
    return detail::bracketed_root(negative, positive, 0.5 * (negative + positive), [&](double angle) {
      const auto [sine, cosine] = sin_cos(angle);
      const double turn = bend * radius * exp(radius * cosine);
      return std::pair{fma(turn, sine, 1.0), turn * fma(-radius * sine, sine, cosine)};
    });
  }

  void bracket(double x, double y, Roots& roots) const {
    const double radius = sqrt(fma(x, x, y * y));
    if (!(radius <= kFarthest)) return;
    const double phi = std::atan2(y, x), period = 2 * detail::kPi / arms;
    std::array<double, 4> ends{-detail::kPi, 0.0, 0.0, detail::kPi};
    // The derivative is least where r sin^2 = cos.
    const double cosine = 2.0 * radius / (1.0 + sqrt(fma(4.0 * radius, radius, 1.0)));
    const double least = -std::acos(cosine);
    const bool folded = wound(radius, least).second < 0.0;
    if (folded) {
      ends[1] = turning_point(radius, least, -detail::kPi);
      ends[2] = turning_point(radius, least, 0.0);
    }
    for (std::size_t branch = folded ? 0 : 2; branch < 3; ++branch) {
      const double from = branch == 2 && !folded ? ends[0] : ends[branch], to = ends[branch + 1];
      const double a = wound(radius, from).first, b = wound(radius, to).first;
      const double last = std::ceil((std::max(a, b) - phi) / period);
      for (double turn = std::ceil((std::min(a, b) - phi) / period); turn < last; ++turn) {
        roots.low.push_back(a < b ? from : to);
        roots.high.push_back(a < b ? to : from);
        roots.level.push_back(fma(turn, period, phi));
        roots.radius.push_back(radius);
      }
    }
  }

  // Newton's method, by halving where it would leave the bracket; then log N(f) - log |derivative| at each root.
  void solve(Roots& roots) const {
    using V = Pack<double>;
    constexpr std::size_t size = V::size;
    const std::size_t count = roots.size();
    roots.log_term.resize(count);
    for (std::size_t first = 0; first < count; first += size) {
      const auto load = [&](const std::vector<double>& values) {
        alignas(kAlignment) double lanes[size];
        for (std::size_t i = 0; i < size; ++i) lanes[i] = values[std::min(first + i, count - 1)];
        return V::load(lanes);
      };
      const V level = load(roots.level), radius = load(roots.radius);
      const V low = load(roots.low), high = load(roots.high);
      const V at_low = wound(radius, low).first, at_high = wound(radius, high).first;
      const V start = fma(high - low, (level - at_low) / (at_high - at_low), low);
      const V angle = detail::bracketed_root(low, high, start, [&](V a) {
        const auto [value, derivative] = wound(radius, a);
        return std::pair{value - level, derivative};
      });
      const V slope = wound(radius, angle).second;
      const auto [sine, cosine] = sin_cos(angle);
      const V n0 = fma(radius, cosine, V(-1.0)) * V(1.0 / radial), n1 = radius * sine * V(1.0 / tangential);
      const V log_term = fma(V(-0.5), fma(n0, n0, n1 * n1), V(log_peak())) - log(abs(slope));
      alignas(kAlignment) double lanes[size];
      log_term.store(lanes);
      for (std::size_t i = 0; i < std::min(size, count - first); ++i) roots.log_term[first + i] = lanes[i];
    }
  }

  static double log_total(const std::vector<double>& terms, std::size_t begin, std::size_t end) {
    double largest = -std::numeric_limits<double>::infinity(), sum = 0.0;
    for (std::size_t i = begin; i < end; ++i) largest = std::max(largest, terms[i]);
    if (largest == std::numeric_limits<double>::infinity()) return largest;
    for (std::size_t i = begin; i < end; ++i) sum += exp(terms[i] - largest);
    return largest + log(sum);
  }

  // log of the mean of p over the circle through the point: (1 / 8 pi) int N(r cos a, r sin a) da.
  double far_away(double x, double y) const {
    const double radius = sqrt(fma(x, x, y * y));
    if (!(radius <= std::numeric_limits<double>::max())) return radius == radius ? -radius : radius;
    const detail::GaussLegendre rule;
    const double panels = std::min(4096.0, std::ceil(2 * radius / std::min(radial, tangential)));
    std::vector<double> terms;
    rule.panels(-detail::kPi, detail::kPi, static_cast<Index>(panels), [&](double angle, double weight) {
      const auto [sine, cosine] = sin_cos(angle);
      const double n0 = fma(radius, cosine, -1.0) / radial, n1 = radius * sine / tangential;
      terms.push_back(fma(-0.5, fma(n0, n0, n1 * n1), log_peak()) + log(weight));
    });
    return log_total(terms, 0, terms.size()) - log(8 * detail::kPi);
  }

  double log_peak() const { return -detail::kLogTwoPi - log(radial * tangential); }

  void check() const {
    require(arms >= 1 && arms <= 100, "arms", arms, "1 to 100");
    require(radial > 0.0 && radial <= 1.0, "radial", radial, "a number in (0, 1]");
    require(tangential > 0.0 && tangential <= 1.0, "tangential", tangential, "a number in (0, 1]");
    require(bend > 0.0 && bend <= 1.0, "bend", bend, "a number in (0, 1]");
  }
};

}  // namespace ebm
