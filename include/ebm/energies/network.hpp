// Network: layers whose shapes are deduced from each other, with parameters of their own.
//
//   auto network =
//       ebm::network<float>(rng, ebm::Image<28, 28>{}, ebm::Conv<32, 5, 2>{}, ebm::Silu{}, ebm::Dense<10>{});
//   network.outputs(points)                                        N x 10
//
// Sizes that are known at run time only are written in braces; whatever follows from them is deduced there:
//
//   auto network = ebm::network<float>(rng, ebm::Features{d}, ebm::Dense{width}, ebm::Silu{}, ebm::Dense<1>{});
//   auto network = ebm::network<float>(rng, ebm::Features{d}, ebm::HiddenLayers{widths}, ebm::Dense<1>{});
//
// With equal sizes both have equal parameters, outputs, gradients and tensors, bit for bit.
//
// What an energy makes of the outputs is a head (energies/network_energy.hpp): a callable that is handed the outputs of
// each tile and gives back slopes, from which slopes in the inputs and in the parameters follow by backpropagation.
#pragma once

#include <ebm/core/errors.hpp>
#include <ebm/core/flat_vector.hpp>
#include <ebm/core/packing.hpp>
#include <ebm/core/rng.hpp>
#include <ebm/networks/conv.hpp>
#include <ebm/networks/dynamic_stack.hpp>
#include <ebm/networks/layer_tensors.hpp>
#include <ebm/networks/mixed_gradient.hpp>

namespace ebm {

template <class ScalarType, AnyShape InputShape, class... Layers>
class Network {
  static constexpr bool kStatic = !RunTimeShape<InputShape> && !(... || detail::kSizedAtRunTime<Layers>);

 public:
  using Scalar = ScalarType;
  using Stack = typename detail::StackOf<Scalar, InputShape, Layers...>::Type;
  using Input = InputShape;
  using Output = typename Stack::Output;
  // Dynamic where they are known at run time only.
  static constexpr int dim = Input::size;
  static constexpr int outputs_count = Output::size;
  static constexpr Index tiles_at_once = detail::kKernelTiles;

  // Weights start as He et al. 2015 have it, those of the last layer times last_scale.
  explicit Network(Rng& rng, double last_scale = 1.0) requires kStatic : Network(rng, Stack{}, last_scale) {}
  Network(Rng& rng, Stack stack, double last_scale = 1.0) : Network(std::move(stack)) {
    const Stream stream = rng.stream();
    std::uint64_t drawn = 0;
    stack_.initialise(parameters_.data(), last_scale, [&] { return stream.normal(0, drawn++); });
    stack_.pack(parameters_.data(), packed_.data());
  }

  // Of these parameters.
  explicit Network(std::span<const Scalar> theta) requires kStatic : Network(Stack{}) { set_parameters(theta); }

  const Stack& stack() const { return stack_; }
  Index dimension() const {
    if constexpr (kStatic) {
      return dim;
    } else {
      return stack_.inputs;
    }
  }
  Index output_size() const {
    if constexpr (kStatic) {
      return outputs_count;
    } else {
      return stack_.outputs();
    }
  }

  std::span<const Scalar> parameters() const { return parameters_.span(); }
  void set_parameters(std::span<const Scalar> theta) {
    if (theta.size() != parameters_.size()) detail::throw_count("parameters", theta.size(), parameters_.size());
    std::copy(theta.begin(), theta.end(), parameters_.data());
    stack_.pack(parameters_.data(), packed_.data());
  }

  Tensors tensors() const {
    Tensors result;
    result.add<Scalar>(detail::tensor_slots(stack_), parameters());
    detail::for_each_buffered_layer(
        stack_, "", parameters_.data(), packed_.data(),
        [&]<class Layer>(const Layer&, const std::string& name, const Scalar*, const Scalar* packed) {
          result.add<Scalar>(name, {Layer::buffers},
                             {packed + Layer::packed - Layer::buffers, static_cast<std::size_t>(Layer::buffers)});
        });
    return result;
  }
  // Sizes that are known at run time are those of the tensors.
  static Network from(const Tensors& tensors) {
    Stack stack = stack_of(tensors);
    const std::vector<Scalar> theta = tensors.numbers<Scalar>(detail::tensor_slots(stack));  // throws first
    Network result(std::move(stack));
    result.set_parameters(theta);
    detail::for_each_buffered_layer(
        result.stack_, "", static_cast<const Scalar*>(result.parameters_.data()), result.packed_.data(),
        [&]<class Layer>(const Layer&, const std::string& name, const Scalar* own, Scalar* packed) {
          const auto buffers = tensors.numbers<Scalar>(name, {Layer::buffers});
          std::copy(buffers.begin(), buffers.end(), packed + Layer::packed - Layer::buffers);
          Layer::restore(own, packed);
        });
    return result;
  }

  // head(tile, outputs[output][lane]) for every tile.
  template <class Head>
  void forward(TileSpan<const Scalar, dim> x, Workspace& workspace, Head head) const {
    Groups{x.count()}([&](auto group, Index t) {
      Workspace::Scope scope(workspace);
      const auto pass = strided<Scalar>(workspace, group, stack_.memory);
      stack_.template forward<group>(weights(), {x.tile_data(t), x.stride()}, pass, workspace);
      const auto out = stack_.output(pass);
      for (Index q = 0; q < group; ++q) head(t + q, static_cast<const Scalar*>(out.tile(q)));
    });
  }

  // head(tile, outputs, slopes) fills in dE/d(outputs) of every tile, weights of lanes included. Slopes in x are
  // written to `gradients`, if it has tiles; those in the parameters are added to `gradient`, if it is not null.
  template <class Head>
  void backward(TileSpan<const Scalar, dim> x, TileSpan<Scalar, dim> gradients, Scalar* gradient, Workspace& workspace,
                Head head) const {
    const Index tiles_a_pass = gradient ? gradient_tiles() : tiles_at_once;
    for (Index first = 0; first < x.count(); first += tiles_a_pass) {
      const Index tiles = std::min(tiles_a_pass, x.count() - first);
      Workspace::Scope scope(workspace);
      const auto pass = strided<Scalar>(workspace, tiles, stack_.memory);
      const auto delta = strided<Scalar>(workspace, tiles, stack_.widest),
                 other = strided<Scalar>(workspace, tiles, stack_.widest);
      const detail::Strided<const Scalar> input{x.tile_data(first), x.stride()};
      const Groups groups{tiles};
      groups([&](auto group, Index t) {
        stack_.template forward<group>(weights(), input.from(t), pass.from(t), workspace);
        for (Index q = t; q < t + group; ++q)
          head(first + q, static_cast<const Scalar*>(stack_.output(pass).tile(q)), delta.tile(q));
      });
      const detail::Strided<Scalar> dx{gradients.count() > 0 ? gradients.tile_data(first) : nullptr,
                                       gradients.stride()};
      stack_.backward(weights(), input, pass, delta, other, dx, gradient, tiles, workspace, groups);
    }
  }

  // head(tile, tangents, slopes) is handed what the outputs change by along the directions, and fills in slopes in
  // those; slopes in the parameters are added to `gradient`.
  template <class Head>
  void backward_tangents(TileSpan<const Scalar, dim> x, TileSpan<const Scalar, dim> directions, Scalar* gradient,
                         Workspace& workspace, Head head) const {
    using Mixed = detail::MixedGradient<Stack, Scalar>;
    for (Index first = 0; first < x.count(); first += gradient_tiles()) {
      const Index tiles = std::min(gradient_tiles(), x.count() - first);
      Workspace::Scope scope(workspace);
      const auto take = [&](Index features) -> detail::Tangents<Scalar> {
        return {strided<Scalar>(workspace, tiles, features), strided<Scalar>(workspace, tiles, features)};
      };
      const auto pass = take(stack_.memory), delta = take(stack_.widest), other = take(stack_.widest);
      const detail::Tangents<const Scalar> input{{x.tile_data(first), x.stride()},
                                                 {directions.tile_data(first), directions.stride()}};
      const Groups groups{tiles};
      groups([&](auto group, Index t) {
        Mixed::template forward<group>(stack_, weights(), input.from(t), pass.from(t), workspace);
        for (Index q = t; q < t + group; ++q) {
          std::fill_n(delta.value.tile(q), output_size() * kLanes<Scalar>, Scalar(0));
          head(first + q, static_cast<const Scalar*>(stack_.output(pass.tangent).tile(q)), delta.tangent.tile(q));
        }
      });
      Mixed::backward(stack_, weights(), input, pass, delta, other, {}, gradient, tiles, workspace, groups);
    }
  }

  // What the last layer gives, one row a point.
  template <class Derived>
  Points<Scalar, outputs_count> outputs(const Eigen::DenseBase<Derived>& points) const {
    require_shape("points", points, kAny, dimension());
    Points<Scalar, outputs_count> result(points.rows(), output_size());
    Workspace workspace;
    constexpr Index rows_at_once = 4 * tiles_at_once * kLanes<Scalar>;
    for (Index first = 0; first < points.rows(); first += rows_at_once) {
      const Index rows = std::min(rows_at_once, points.rows() - first);
      Workspace::Scope scope(workspace);
      const auto x = workspace.tiles<Scalar, dim>(tiles_for<Scalar>(rows), dimension());
      pack_rows(points.derived().middleRows(first, rows), x);
      forward(x, workspace, [&](Index t, const Scalar* out) {
        for (Index l = 0; l < std::min<Index>(kLanes<Scalar>, rows - t * kLanes<Scalar>); ++l) {
          for (Index k = 0; k < result.cols(); ++k)
            result(first + t * kLanes<Scalar> + l, k) = out[k * kLanes<Scalar> + l];
        }
      });
    }
    return result;
  }

 private:
  explicit Network(Stack stack)
      : stack_(std::move(stack)),
        parameters_(static_cast<std::size_t>(stack_.parameters)),
        packed_(static_cast<std::size_t>(stack_.packed)) {}

  static Stack stack_of([[maybe_unused]] const Tensors& tensors) {
    if constexpr (kStatic) {
      return {};
    } else {
      return Stack::from(tensors);
    }
  }

  // Without parameters, a group goes back while what it kept is in the cache. Gradients of parameters are summed over
  // the tiles of a pass in registers: how many these are must not depend on the instruction set.
  Index gradient_tiles() const {
    return stack_.memory * kLanes<Scalar> * static_cast<Index>(sizeof(Scalar)) <= 160 * 1024 ? 4 : 2;
  }

  detail::LayerWeights<Scalar> weights() const { return {parameters_.data(), packed_.data()}; }

  template <class S>
  static detail::Strided<S> strided(Workspace& workspace, Index tiles, Index features) {
    return {workspace.take<S>(tiles * features * kLanes<S>), features * kLanes<S>};
  }

  // f(tiles of a group as a constant, first tile), for some tiles.
  struct Groups {
    Index tiles;

    template <class F>
    void operator()(F f) const {
      Index t = 0;
      for (; t + tiles_at_once <= tiles; t += tiles_at_once)
        f(std::integral_constant<int, static_cast<int>(tiles_at_once)>{}, t);
      if constexpr (tiles_at_once > 1) {
        for (; t < tiles; ++t) f(std::integral_constant<int, 1>{}, t);
      }
    }
  };

  [[no_unique_address]] Stack stack_;
  FlatVector<Scalar> parameters_, packed_;
};

// Layers by value: each width is written once.
template <class Scalar, AnyShape Input, class... Layers>
Network<Scalar, Input, Layers...> network(Rng& rng, Input input, Layers... layers) {
  using Net = Network<Scalar, Input, Layers...>;
  if constexpr (std::is_empty_v<typename Net::Stack>) {
    return Net(rng);
  } else {
    return Net(rng, typename Net::Stack(input, layers...));
  }
}

}  // namespace ebm
