#include <ebm/networks/pointwise.hpp>

#include "networks/check_layers.hpp"

using namespace ebm;
using check_layers::check;

TEST_CASE("activations as layers, first, in the middle and one upon another") {
  check<Features<5>, Silu>();
  check<Image<2, 3, 2>, Softplus, Tanh>();
  check<Features<4>, Dense<9>, LeakyRelu, Silu>();
}

namespace {

// Its slope is wrong by a term that is small near zero.
struct WrongSilu {
  template <class V>
  static V apply(V x, V& derivative) {
    derivative = logistic(x);
    return x * derivative;
  }
};

}  // namespace

TEST_CASE("a wrong slope is caught, in the inputs and in the parameters below") {
  const auto energy = check_layers::energy_of<double, Features<4>, Dense<9>, WrongSilu>();
  const auto points = check_layers::random_points<double, 4>(11, 4);
  CHECK(!check_gradient(energy, points));
  CHECK(!check_parameter_gradient(energy, points, check_layers::lane_weights(11)));
}
