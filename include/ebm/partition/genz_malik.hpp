// The cubature rule of degree 7 with an embedded rule of degree 5 on a box of one to three dimensions.
//
// Genz & Malik 1980, "An adaptive algorithm for numerical integration over an N-dimensional rectangular region"; on
// [-1,1]^n, divided by its volume,
//   I7 = w1 f(0) + w2 sum f(+-l2 e_i) + w3 sum f(+-l4 e_i) + w4 sum_{i<j} f(+-l4 e_i +-l4 e_j)
//        + w5 sum f(+-l5, .., +-l5)
// and I5 = the same with its own weights and w5 = 0. |I7 - I5| is the error of the poorer rule, hence a cautious one of
// I7. The outermost nodes leave a strip of 2.6 % of the width at each face unseen, where a jump can hide. So each face
// is looked at once more: what is found there beyond the quartic through the nodes of that axis, times the strip, is
// an error too.
#pragma once

#include <array>
#include <cstddef>

namespace ebm::detail {

template <int Dim>
struct GenzMalik {
  static_assert(Dim >= 1 && Dim <= 3);
  static constexpr int pairs = 1 + 4 * Dim, corners = pairs + 2 * Dim * (Dim - 1), faces = corners + (1 << Dim);
  static constexpr int nodes = faces + 2 * Dim;
  static constexpr double l2 = 0.35856858280031809, l4 = 0.94868329805051380,
                          l5 = 0.68824720161168530;  // squares: 9/70, 9/10, 9/19
  static constexpr double face = 0.998;

  // The node offsets: the centre, then +-l2 and +-l4 of each axis, pairs, corners, and the looks at the faces.
  static constexpr std::array<std::array<double, Dim>, nodes> offsets = [] {
    std::array<std::array<double, Dim>, nodes> x{};
    for (std::size_t i = 0; i < Dim; ++i) {
      x[1 + 4 * i][i] = l2, x[2 + 4 * i][i] = -l2, x[3 + 4 * i][i] = l4, x[4 + 4 * i][i] = -l4;
      x[faces + 2 * i][i] = face, x[faces + 2 * i + 1][i] = -face;
    }
    std::size_t node = pairs;
    for (std::size_t i = 0; i < Dim; ++i) {
      for (std::size_t j = i + 1; j < Dim; ++j) {
        for (unsigned sign = 0; sign < 4; ++sign, ++node)
          x[node][i] = (sign & 1) ? l4 : -l4, x[node][j] = (sign & 2) ? l4 : -l4;
      }
    }
    for (unsigned sign = 0; sign < (1u << Dim); ++sign, ++node) {
      for (std::size_t i = 0; i < Dim; ++i) x[node][i] = ((sign >> i) & 1) ? l5 : -l5;
    }
    return x;
  }();

  // What one box says of one integrand: the mean over it, the error of that, and how rough each axis is.
  struct Answer {
    double mean, error;
    std::array<double, Dim> roughness;
  };

  static Answer apply(const std::array<double, nodes>& f) {
    constexpr double n = Dim;
    double axis2 = 0, axis4 = 0, pair = 0, corner = 0, unseen = 0;
    Answer answer{};
    for (std::size_t i = 0; i < Dim; ++i) {
      const double inner = f[1 + 4 * i] + f[2 + 4 * i], outer = f[3 + 4 * i] + f[4 + 4 * i];
      axis2 += inner, axis4 += outer;
      const double bend = inner - 2 * f[0] - (outer - 2 * f[0]) / 7;  // (l2 / l4)^2 = 1 / 7: cancels second derivatives
      const double above = f[faces + 2 * i] - at_face(f[0], f[1 + 4 * i], f[2 + 4 * i], f[3 + 4 * i], f[4 + 4 * i]);
      const double below = f[faces + 2 * i + 1] - at_face(f[0], f[2 + 4 * i], f[1 + 4 * i], f[4 + 4 * i], f[3 + 4 * i]);
      const double surprise = magnitude(above) + magnitude(below);
      answer.roughness[i] = magnitude(bend) + surprise;
      unseen += surprise;
    }
    for (std::size_t k = pairs; k < corners; ++k) pair += f[k];
    for (std::size_t k = corners; k < faces; ++k) corner += f[k];
    answer.mean = (12824 - 9120 * n + 400 * n * n) / 19683 * f[0] + 980.0 / 6561 * axis2 +
                  (1820 - 400 * n) / 19683 * axis4 + 200.0 / 19683 * pair + 6859.0 / 19683 / (1 << Dim) * corner;
    const double poorer = (729 - 950 * n + 50 * n * n) / 729 * f[0] + 245.0 / 486 * axis2 +
                          (265 - 100 * n) / 1458 * axis4 + 25.0 / 729 * pair;
    answer.error = magnitude(answer.mean - poorer) + (1 - l4) / 2 * unseen;
    return answer;
  }

 private:
  static constexpr double magnitude(double x) { return x < 0 ? -x : x; }

  // The quartic through (0, centre), (+-l2, ..), (+-l4, ..) at +face.
  static constexpr double at_face(double centre, double inner, double inner_far, double outer, double outer_far) {
    constexpr double x2 = face * face, a = l2 * l2, b = l4 * l4;
    constexpr double w0 = (x2 - a) * (x2 - b) / (a * b);
    constexpr double w2 = face * (x2 - b) / (2 * a * (a - b)), w4 = face * (x2 - a) / (2 * b * (b - a));
    return w0 * centre + w2 * ((face + l2) * inner + (face - l2) * inner_far) +
           w4 * ((face + l4) * outer + (face - l4) * outer_far);
  }
};

}  // namespace ebm::detail
