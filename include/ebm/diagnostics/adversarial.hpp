// Attacks on a classifier by projected gradient descent: points moved, on purpose, to where it is wrong about them.
//
//   x <- clip_box( project onto |x' - x_0| <= r of x + step d ),
//   d = sign(g) in the maximum norm,  g / |g| in the Euclidean norm,  g = d(-log p(y | x))/dx
//
// Madry et al. 2018, section 2.1. The first start is the point itself (Kurakin et al. 2017), the others are uniform in
// the ball; what is kept of a point is the place with the largest loss that was met. Where x_0 lies in the box of the
// data, clipping to it does not lead out of the ball.
#pragma once

#include <ebm/concepts/classifier.hpp>
#include <ebm/core/executor.hpp>
#include <ebm/core/noise.hpp>

#include <limits>

namespace ebm {

enum class AttackNorm { maximum, euclidean };

struct AttackOptions {
  AttackNorm norm = AttackNorm::maximum;
  Index steps = 20;
  Index starts = 2;
  double step = 2.5;  // radii that all steps of a start make together
  // What coordinates lie within, as those of images do.
  double lower = -std::numeric_limits<double>::infinity(), upper = std::numeric_limits<double>::infinity();

  void check() const {
    require(steps >= 1, "steps", static_cast<double>(steps), "at least 1");
    require(starts >= 1, "starts", static_cast<double>(starts), "at least 1");
    require(step > 0 && step < 1e6, "step", step, "more than 0");
    require(lower < upper, "lower", lower, "less than upper");
  }
};

namespace detail {

template <DifferentiableClassifier E>
class ProjectedGradientAttack {
 public:
  using Scalar = typename E::Scalar;
  using Span = TileSpan<Scalar, E::dim>;

  ProjectedGradientAttack(const AttackOptions& options, double radius, const Stream& stream)
      : options_(options), radius_(radius), stream_(stream) {}

  // Moves tiles, of which the first has number `first` among all.
  void move(const E& energy, Index first, Span worst, const int* labels, Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    const auto make = [&] { return workspace.tiles<Scalar, E::dim>(worst.count(), worst.dim()); };
    const Span origin = make(), x = make(), slopes = make();
    const auto losses = workspace.tiles<Scalar, 1>(worst.count(), 1),
               largest = workspace.tiles<Scalar, 1>(worst.count(), 1);
    std::copy_n(worst.data(), worst.size(), origin.data());
    std::fill_n(largest.data(), largest.size(), -std::numeric_limits<Scalar>::infinity());
    for (Index start = 0; start < options_.starts; ++start) {
      std::copy_n(origin.data(), origin.size(), x.data());
      if (start > 0) scatter(first, start, x, workspace);
      for (Index step = 0; step <= options_.steps; ++step) {
        project(origin, x);
        energy.label_loss_and_gradient(x, labels, losses, slopes, workspace);
        for_each_pack(x, [&](Index t, Index p) {
          const V loss = V::load(losses.tile_data(t) + p), so_far = V::load(largest.tile_data(t) + p);
          select(loss > so_far, loss, so_far).store(largest.tile_data(t) + p);
          for (Index i = 0; i < x.dim(); ++i)
            select(loss > so_far, V::load(x.coordinate(t, i) + p), V::load(worst.coordinate(t, i) + p))
                .store(worst.coordinate(t, i) + p);
        });
        if (step < options_.steps) climb(slopes, x);
      }
    }
  }

 private:
  using V = Pack<Scalar>;

  bool euclidean() const { return options_.norm == AttackNorm::euclidean; }

  template <class F>
  static void for_each_pack(Span x, F f) {
    for (Index t = 0; t < x.count(); ++t) {
      for (Index p = 0; p < kLanes<Scalar>; p += V::size) f(t, p);
    }
  }
  // |v| of the lanes of a pack, v(i) their coordinates; scaled, because slopes may be tiny, and never 0.
  template <class Coordinate>
  static V length(Index dim, Coordinate v) {
    V largest(std::numeric_limits<Scalar>::min()), sum(0);
    for (Index i = 0; i < dim; ++i) largest = maximum(largest, abs(v(i)));
    for (Index i = 0; i < dim; ++i) sum = fma(v(i) / largest, v(i) / largest, sum);
    return maximum(largest * sqrt(sum), V(std::numeric_limits<Scalar>::min()));
  }

  // To a place that is uniform in the ball: a normal's direction, and a radius r u^(1 / dim).
  void scatter(Index first, Index start, Span x, Workspace& workspace) const {
    Workspace::Scope scope(workspace);
    const Index padded = (x.dim() + kNoiseBlock<Scalar> - 1) / kNoiseBlock<Scalar> * kNoiseBlock<Scalar>;
    Scalar* noise = workspace.take<Scalar>(padded * kLanes<Scalar>);
    Scalar* uniforms = workspace.take<Scalar>(kNoiseBlock<Scalar> * kLanes<Scalar>);
    for (Index t = 0; t < x.count(); ++t) {
      if (euclidean()) {
        fill_normals<Scalar>(stream_, first + t, start * padded, padded, noise);
        fill_uniforms<Scalar>(stream_, first + t, start * kNoiseBlock<Scalar>, kNoiseBlock<Scalar>, uniforms);
      } else {
        fill_uniforms<Scalar>(stream_, first + t, start * padded, padded, noise);
      }
      for (Index p = 0; p < kLanes<Scalar>; p += V::size) {
        const auto lanes = [&](Index i) { return V::load(noise + i * kLanes<Scalar> + p); };
        V scale(2 * radius_), shift(-radius_);
        if (euclidean()) {
          const V share = exp(log(V::load(uniforms + p)) / V(static_cast<double>(x.dim())));
          scale = V(radius_) * share / length(x.dim(), lanes), shift = V(0);
        }
        for (Index i = 0; i < x.dim(); ++i) {
          Scalar* to = x.coordinate(t, i) + p;
          (V::load(to) + fma(scale, lanes(i), shift)).store(to);
        }
      }
    }
  }

  void climb(Span slopes, Span x) const {
    const V step(radius_ * options_.step / static_cast<double>(options_.steps));
    for_each_pack(x, [&](Index t, Index p) {
      const auto slope = [&](Index i) { return V::load(slopes.coordinate(t, i) + p); };
      const V norm = euclidean() ? length(x.dim(), slope) : V(1);
      for (Index i = 0; i < x.dim(); ++i) {
        const V sign = select(slope(i) > V(0), V(1), select(slope(i) < V(0), V(-1), V(0)));
        Scalar* to = x.coordinate(t, i) + p;
        fma(step, euclidean() ? slope(i) / norm : sign, V::load(to)).store(to);
      }
    });
  }

  // Onto the ball about the origin, and into the box.
  void project(Span origin, Span x) const {
    const V radius(radius_);
    for_each_pack(x, [&](Index t, Index p) {
      const auto away = [&](Index i) { return V::load(x.coordinate(t, i) + p) - V::load(origin.coordinate(t, i) + p); };
      const V shrink = euclidean() ? minimum(V(1), radius / length(x.dim(), away)) : V(1);
      for (Index i = 0; i < x.dim(); ++i) {
        const V by = euclidean() ? shrink * away(i) : maximum(-radius, minimum(away(i), radius));
        const V to = V::load(origin.coordinate(t, i) + p) + by;
        maximum(V(options_.lower), minimum(to, V(options_.upper))).store(x.coordinate(t, i) + p);
      }
    });
  }

  AttackOptions options_;
  double radius_;
  Stream stream_;
};

}  // namespace detail

// Each row moved by at most `radius`, to where the classifier is the least sure of its label that was found.
template <DifferentiableClassifier E, class Derived, Executor Exec = Serial>
Points<typename E::Scalar, E::dim> projected_gradient_attack(const E& energy, const Eigen::DenseBase<Derived>& points,
                                                             const Values<int>& labels, double radius,
                                                             const AttackOptions& options, Rng& rng,
                                                             Exec&& executor = {}) {
  using Scalar = typename E::Scalar;
  constexpr Index group = kTilesAtOnce<E>, rows_at_once = group * kLanes<Scalar>;
  options.check();
  require(radius >= 0 && radius < 1e6, "radius", radius, "at least 0");
  require_shape("points", points, kAny, dimension_of(energy));
  require_shape("labels", labels, points.rows(), 1);
  Points<Scalar, E::dim> result = points.derived().template cast<Scalar>();
  for (Index i = 0; i < result.size(); ++i) {
    const double value = static_cast<double>(result.data()[i]);
    require(value >= options.lower && value <= options.upper, "points", value, "numbers from lower to upper");
  }
  for (Index i = 0; i < labels.size(); ++i)
    require(labels(i) >= 0 && labels(i) < detail::classes_of(energy), "labels", labels(i), "one of the classes");
  const detail::ProjectedGradientAttack<E> attack(options, radius, rng.stream());
  std::vector<Workspace> workspaces(static_cast<std::size_t>(executor.workers()));
  executor.run((result.rows() + rows_at_once - 1) / rows_at_once, [&](Index task, Index worker) {
    Workspace& workspace = workspaces[static_cast<std::size_t>(worker)];
    Workspace::Scope scope(workspace);
    const Index first = task * rows_at_once, rows = std::min(rows_at_once, result.rows() - first);
    const auto x = workspace.tiles<Scalar, E::dim>(tiles_for<Scalar>(rows), result.cols());
    pack_rows(result.middleRows(first, rows), x);
    int lane_labels[rows_at_once];
    for (Index i = 0; i < rows_at_once; ++i) lane_labels[i] = labels(first + std::min(i, rows - 1));
    attack.move(energy, task * group, x, lane_labels, workspace);
    unpack_rows(x, result.middleRows(first, rows));
  });
  return result;
}

}  // namespace ebm
