// The smallest type that meets Optimizer, and what comes near without meeting it.
#include <ebm/concepts/optimizer.hpp>

#include "support/catch.hpp"

namespace {

using ebm::FlatVector;

// Steepest descent remembers nothing.
struct Descent {
  double learning_rate = 0.5;
  struct Nothing {};

  void check() const {}
  template <class Scalar>
  Nothing make_state(std::size_t) const {
    return {};
  }
  template <class Scalar>
  void step(Nothing&, const FlatVector<Scalar>& gradient, FlatVector<Scalar>& parameters, double rate) const {
    for (ebm::Index i = 0; i < parameters.padded_size(); ++i)
      parameters.data()[i] -= static_cast<Scalar>(rate) * gradient.data()[i];
  }
};
static_assert(ebm::Optimizer<Descent> && ebm::Optimizer<Descent, double>);

struct RateInFloat : Descent {
  float learning_rate = 0.5f;
};
struct NoRate {
  void check() const;
  template <class Scalar>
  int make_state(std::size_t) const;
  template <class Scalar>
  void step(int&, const FlatVector<Scalar>&, FlatVector<Scalar>&, double) const;
};
struct CheckReturns : Descent {
  bool check() const;
};
struct CheckDeleted : Descent {
  void check() const = delete;
};
struct StateOfNoScalar : Descent {
  int make_state(std::size_t) const;
};
struct StepNotConst : Descent {
  template <class Scalar>
  void step(Nothing&, const FlatVector<Scalar>&, FlatVector<Scalar>&, double);
};
struct StepReturns : Descent {
  template <class Scalar>
  double step(Nothing&, const FlatVector<Scalar>&, FlatVector<Scalar>&, double) const;
};
struct StepWithoutRate : Descent {
  template <class Scalar>
  void step(Nothing&, const FlatVector<Scalar>&, FlatVector<Scalar>&) const;
};
struct StepOfOtherState : Descent {
  template <class Scalar>
  void step(int&, const FlatVector<Scalar>&, FlatVector<Scalar>&, double) const;
};
struct FloatsAlone : Descent {
  void step(Nothing&, const FlatVector<float>&, FlatVector<float>&, double) const;
};
static_assert(!ebm::Optimizer<RateInFloat>);
static_assert(!ebm::Optimizer<NoRate>);
static_assert(!ebm::Optimizer<CheckReturns>);
static_assert(!ebm::Optimizer<CheckDeleted>);
static_assert(!ebm::Optimizer<StateOfNoScalar>);
static_assert(!ebm::Optimizer<StepNotConst>);
static_assert(!ebm::Optimizer<StepReturns>);
static_assert(!ebm::Optimizer<StepWithoutRate>);
static_assert(!ebm::Optimizer<StepOfOtherState>);
static_assert(ebm::Optimizer<FloatsAlone> && !ebm::Optimizer<FloatsAlone, double>);

// theta after some steps on |theta|^2 / 2, whose gradient is theta.
template <ebm::Optimizer<double> O>
double descended(const O& optimizer, int steps) {
  auto state = optimizer.template make_state<double>(1);
  FlatVector<double> theta(1);
  theta.data()[0] = 1;
  for (int i = 0; i < steps; ++i) optimizer.step(state, FlatVector<double>(theta), theta, optimizer.learning_rate);
  return theta.data()[0];
}

}  // namespace

TEST_CASE("Optimizer: the archetype descends") { CHECK(descended(Descent{}, 10) == 0x1p-10); }
