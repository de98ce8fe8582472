#include <ebm/networks/average_pool.hpp>

#include "networks/check_layers.hpp"

using namespace ebm;
using check_layers::check;

TEST_CASE("windows side by side, overlapping, and apart are averaged as in plain loops") {
  check<Image<6, 4, 1>, AveragePool<2>>();
  check<Image<7, 5, 3>, AveragePool<3, 2>>();
  check<Image<8, 7, 2>, AveragePool<2, 3>>();
  check<Image<6, 6, 2>, Conv<5, 3>, Silu, AveragePool<4>>();
  check_layers::check_single<Image<7, 5, 3>, AveragePool<3, 2>>();
}
