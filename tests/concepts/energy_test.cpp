// The smallest type that meets each concept, and what comes near without meeting it.
#include <ebm/concepts/evaluation.hpp>

#include "support/catch.hpp"

namespace {

using ebm::Index, ebm::Lanes, ebm::LanesSpan, ebm::Tile, ebm::TileSpan, ebm::Workspace;
using Pack = ebm::Pack<float>;

// Archetypes: E = x^2 + y^2, once in each form.
struct ByTileValue {
  using Scalar = float;
  static constexpr int dim = 2;
  Lanes<float> energy(const Tile<float, 2>& x) const { return x.col(0).square() + x.col(1).square(); }
};
struct ByTile : ByTileValue {
  Tile<float, 2> gradient(const Tile<float, 2>& x) const { return 2.0f * x; }
};
struct ByLaneValue {
  using Scalar = float;
  static constexpr int dim = 2;
  Pack lane_value(const std::array<Pack, 2>& x) const { return x[0] * x[0] + x[1] * x[1]; }
};
struct ByLane : ByLaneValue {
  Pack lane_value_and_gradient(const std::array<Pack, 2>& x, std::array<Pack, 2>& gradient) const {
    gradient = {x[0] + x[0], x[1] + x[1]};
    return lane_value(x);
  }
};
struct InPlaceValue {
  using Scalar = float;
  static constexpr int dim = 2;
  void value(TileSpan<const float, 2> x, LanesSpan<float> values, Workspace&) const {
    for (Index t = 0; t < x.count(); ++t) values[t] = x[t].col(0).square() + x[t].col(1).square();
  }
};
struct InPlace : InPlaceValue {
  static constexpr Index tiles_at_once = 3;
  void value_and_gradient(TileSpan<const float, 2> x, LanesSpan<float> values, TileSpan<float, 2> gradients,
                          Workspace& workspace) const {
    value(x, values, workspace);
    for (Index t = 0; t < x.count(); ++t) gradients[t] = 2.0f * x[t];
  }
};
struct Trainable : InPlace {
  std::span<const float> parameters() const { return {}; }
  void set_parameters(std::span<const float>) {}
  void add_parameter_gradient(TileSpan<const float, 2>, LanesSpan<const float>, LanesSpan<float>, std::span<float>,
                              Workspace&) const {}
};
struct Mixed : Trainable {
  void add_mixed_gradient(TileSpan<const float, 2>, TileSpan<const float, 2>, LanesSpan<const float>, LanesSpan<float>,
                          std::span<float>, Workspace&) const {}
};
struct MixedOfOneDirection : Trainable {
  void add_mixed_gradient(TileSpan<const float, 2>, LanesSpan<const float>, LanesSpan<const float>, LanesSpan<float>,
                          std::span<float>, Workspace&) const {}
};
struct AnyDimension {
  using Scalar = double;
  static constexpr int dim = ebm::Dynamic;
  Index dimension() const { return 2; }
  Lanes<double> energy(const Tile<double, ebm::Dynamic>& x) const { return x.col(0).square() + x.col(1).square(); }
  Tile<double, ebm::Dynamic> gradient(const Tile<double, ebm::Dynamic>& x) const { return 2.0 * x; }
};

static_assert(ebm::Energy<ByTileValue> && !ebm::DifferentiableEnergy<ByTileValue>);
static_assert(ebm::Energy<ByLaneValue> && !ebm::DifferentiableEnergy<ByLaneValue>);
static_assert(ebm::Energy<InPlaceValue> && !ebm::DifferentiableEnergy<InPlaceValue>);
static_assert(ebm::DifferentiableEnergy<ByTile> && !ebm::TrainableEnergy<ByTile>);
static_assert(ebm::DifferentiableEnergy<ByLane> && !ebm::TrainableEnergy<ByLane>);
static_assert(ebm::DifferentiableEnergy<InPlace> && !ebm::TrainableEnergy<InPlace>);
static_assert(ebm::DifferentiableEnergy<AnyDimension>);
static_assert(ebm::TrainableEnergy<Trainable>);
static_assert(ebm::HasMixedGradient<Mixed> && !ebm::HasMixedGradient<Trainable>);
static_assert(!ebm::HasMixedGradient<MixedOfOneDirection>);
static_assert(ebm::kTilesAtOnce<InPlace> == 3 && ebm::kTilesAtOnce<AnyDimension> == 1);

// Near-misses of what every energy has.
struct IntegerScalar : ByTile {
  using Scalar = int;
};
struct NoScalar {
  [[maybe_unused]] static constexpr int dim = 2;
  Lanes<float> energy(const Tile<float, 2>&) const;
};
struct NoDim {
  using Scalar = float;
  Lanes<float> energy(const Tile<float, 2>&) const;
};
struct DimOfWrongType : ByTile {
  static constexpr long dim = 2;
};
struct DimNotConstant : ByTile {
  [[maybe_unused]] static inline int dim = 2;
};
struct ZeroDim : ByTile {
  static constexpr int dim = 0;
};
struct DynamicWithoutDimension {
  using Scalar = float;
  static constexpr int dim = ebm::Dynamic;
  Lanes<float> energy(const Tile<float, ebm::Dynamic>&) const;
};
struct DimensionOfWrongType : DynamicWithoutDimension {
  int dimension() const;
};
static_assert(!ebm::HasScalar<IntegerScalar> && !ebm::Energy<IntegerScalar>);
static_assert(!ebm::HasScalar<NoScalar> && !ebm::Energy<NoScalar>);
static_assert(!ebm::HasDimension<NoDim> && !ebm::Energy<NoDim>);
static_assert(!ebm::HasDimension<DimOfWrongType> && !ebm::Energy<DimOfWrongType>);
static_assert(!ebm::HasDimension<DimNotConstant> && !ebm::Energy<DimNotConstant>);
static_assert(!ebm::HasDimension<ZeroDim> && !ebm::Energy<ZeroDim>);
static_assert(!ebm::HasDimension<DynamicWithoutDimension> && !ebm::Energy<DynamicWithoutDimension>);
static_assert(!ebm::HasDimension<DimensionOfWrongType> && !ebm::Energy<DimensionOfWrongType>);

// Near-misses of the forms.
struct Base {
  using Scalar = float;
  static constexpr int dim = 2;
};
struct EnergyAsExpression : Base {
  auto energy(const Tile<float, 2>& x) const { return x.col(0).square(); }
};
struct EnergyAsArray : Base {
  Eigen::Array<float, 16, 1> energy(const Tile<float, 2>&) const;
};
struct EnergyNotConst : Base {
  Lanes<float> energy(const Tile<float, 2>&);
};
struct EnergyOfDoubles : Base {
  Lanes<double> energy(const Tile<float, 2>&) const;
};
struct LaneValueOfDoubles : Base {
  ebm::Pack<double> lane_value(const std::array<Pack, 2>&) const;
};
struct LaneValueOfThree : Base {
  Pack lane_value(const std::array<Pack, 3>&) const;
};
struct ValueReturned : Base {
  float value(TileSpan<const float, 2>, LanesSpan<float>, Workspace&) const;
};
struct ValueNotConst : Base {
  void value(TileSpan<const float, 2>, LanesSpan<float>, Workspace&);
};
static_assert(!ebm::ValuesByTile<EnergyAsExpression> && !ebm::Energy<EnergyAsExpression>);
static_assert(!ebm::Energy<EnergyAsArray>);
static_assert(!ebm::Energy<EnergyNotConst>);
static_assert(!ebm::Energy<EnergyOfDoubles>);
static_assert(!ebm::ValuesByLane<LaneValueOfDoubles> && !ebm::Energy<LaneValueOfDoubles>);
static_assert(!ebm::Energy<LaneValueOfThree>);
static_assert(!ebm::ValuesInPlace<ValueReturned> && !ebm::Energy<ValueReturned>);
static_assert(!ebm::Energy<ValueNotConst>);
static_assert(!ebm::Energy<Base>);

struct GradientAlone : Base {
  Tile<float, 2> gradient(const Tile<float, 2>&) const;
};
struct GradientAsLanes : ByTileValue {
  Lanes<float> gradient(const Tile<float, 2>&) const;
};
struct GradientOfThree : ByTileValue {
  Tile<float, 3> gradient(const Tile<float, 2>&) const;
};
struct GradientAsExpression : ByTileValue {
  auto gradient(const Tile<float, 2>& x) const { return 2.0f * x; }
};
struct GradientNotConst : ByTileValue {
  Tile<float, 2> gradient(const Tile<float, 2>&);
};
struct LaneGradientByValue : ByLaneValue {
  std::array<Pack, 2> lane_value_and_gradient(const std::array<Pack, 2>&) const;
};
struct GradientsConst : InPlaceValue {
  void value_and_gradient(TileSpan<const float, 2>, LanesSpan<float>, TileSpan<double, 2>, Workspace&) const;
};
static_assert(!ebm::Energy<GradientAlone> && !ebm::DifferentiableEnergy<GradientAlone>);
static_assert(!ebm::DifferentiableEnergy<GradientAsLanes>);
static_assert(!ebm::DifferentiableEnergy<GradientOfThree>);
static_assert(!ebm::DifferentiableEnergy<GradientAsExpression>);
static_assert(!ebm::DifferentiableEnergy<GradientNotConst>);
static_assert(!ebm::DifferentiableEnergy<LaneGradientByValue>);
static_assert(!ebm::DifferentiableEnergy<GradientsConst>);

// Near-misses of what can be trained.
struct ParametersAsVector : Trainable {
  std::vector<float> parameters() const;
};
struct ParametersWritable : Trainable {
  std::span<float> parameters() const;
};
struct ParametersFixed : Trainable {
  void set_parameters(std::span<const float>) = delete;
};
struct ParameterGradientReturned : Trainable {
  float add_parameter_gradient(TileSpan<const float, 2>, LanesSpan<const float>, LanesSpan<float>, std::span<float>,
                               Workspace&) const;
};
struct ParameterGradientWithoutValues : InPlace {
  std::span<const float> parameters() const;
  void set_parameters(std::span<const float>);
  void add_parameter_gradient(TileSpan<const float, 2>, LanesSpan<const float>, std::span<float>, Workspace&) const;
};
static_assert(!ebm::HasParameters<ParametersAsVector> && !ebm::TrainableEnergy<ParametersAsVector>);
static_assert(!ebm::HasParameters<ParametersWritable> && !ebm::TrainableEnergy<ParametersWritable>);
static_assert(!ebm::HasParameters<ParametersFixed> && !ebm::TrainableEnergy<ParametersFixed>);
static_assert(!ebm::HasParameterGradient<ParameterGradientReturned> &&
              !ebm::TrainableEnergy<ParameterGradientReturned>);
static_assert(!ebm::HasParameterGradient<ParameterGradientWithoutValues> &&
              !ebm::TrainableEnergy<ParameterGradientWithoutValues>);

template <class E>
void check_archetype(const E& energy) {
  using Scalar = typename E::Scalar;
  const ebm::Points<Scalar> points = (ebm::Points<Scalar>(3, 2) << 1, 2, 0, -3, 0.5, 0.25).finished();
  CHECK(ebm::energies(energy, points) == ebm::Values<Scalar>((ebm::Values<Scalar>(3) << 5, 9, 0.3125).finished()));
  if constexpr (ebm::DifferentiableEnergy<E>) CHECK(ebm::gradients(energy, points) == 2 * points);
  CHECK(ebm::dimension_of(energy) == 2);
}

}  // namespace

TEST_CASE("Energy: every archetype can be evaluated") {
  check_archetype(ByTileValue{});
  check_archetype(ByTile{});
  check_archetype(ByLaneValue{});
  check_archetype(ByLane{});
  check_archetype(InPlaceValue{});
  check_archetype(InPlace{});
  check_archetype(Trainable{});
  check_archetype(AnyDimension{});
}

TEST_CASE("Energy: the in-place form is called before the others") {
  struct Both : ByTile {
    void value_and_gradient(TileSpan<const float, 2> x, LanesSpan<float> values, TileSpan<float, 2> gradients,
                            Workspace&) const {
      for (Index t = 0; t < x.count(); ++t) values[t].setConstant(7), gradients[t].setConstant(8);
    }
  };
  CHECK(ebm::gradients(Both{}, Eigen::RowVector2f(1, 2)) == Eigen::RowVector2f(8, 8));
}
