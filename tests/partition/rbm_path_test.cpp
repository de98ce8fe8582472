#include <ebm/partition/rbm_path.hpp>

#include "partition/machines.hpp"
#include "support/catch.hpp"

using namespace ebm::testing;
using ebm::Index;
using ebm::RbmPath;
using ebm::TileRange;

static_assert(ebm::AnnealingPath<RbmPath<float>>);
static_assert(ebm::OffersTargetDraws<RbmPath<double>>);
static_assert(!ebm::AnnealingPath<int>);

namespace {

// log f_beta of the visible units, as the header states it.
template <class Rbm>
double log_density(const Rbm& rbm, const ebm::Values<double>& base, double beta, const std::vector<bool>& v) {
  double sum = 0;
  for (Index i = 0; i < rbm.visible(); ++i) {
    if (v[static_cast<std::size_t>(i)]) sum += (1 - beta) * base[i] + beta * rbm.visible_bias(i);
  }
  for (Index j = 0; j < rbm.hidden(); ++j) {
    double a = rbm.hidden_bias(j);
    for (Index i = 0; i < rbm.visible(); ++i) a += v[static_cast<std::size_t>(i)] ? rbm.weight(i, j) : 0;
    sum += std::log1p(std::exp(beta * a));
  }
  return sum;
}

ebm::Values<double> some_base(Index visible) {
  ebm::Values<double> base(visible);
  for (Index i = 0; i < visible; ++i) base[i] = 0.4 * std::sin(5.0 * static_cast<double>(i));
  return base;
}

template <class Path>
std::vector<bool> visible_of(const Path& path, const typename Path::State& state, Index chain) {
  std::vector<bool> v;
  for (Index i = 0; i < path.visible(); ++i) v.push_back(path.is_on(state, chain, i));
  return v;
}

std::vector<bool> bits_of(Index state, Index units) {
  std::vector<bool> v;
  for (Index i = 0; i < units; ++i) v.push_back(((state >> i) & 1) != 0);
  return v;
}
Index state_of(const std::vector<bool>& v) {
  Index state = 0;
  for (std::size_t i = v.size(); i-- > 0;) state = 2 * state + (v[i] ? 1 : 0);
  return state;
}

// P(v -> v') of hidden given visible, then visible given hidden units, at beta.
Eigen::MatrixXd transition_matrix(const ebm::BernoulliRbm<double>& rbm, const ebm::Values<double>& base, double beta) {
  const Index visible = rbm.visible(), hidden = rbm.hidden();
  const auto bernoulli = [](double x, bool on) { return 1 / (1 + std::exp(on ? -x : x)); };
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(Index{1} << visible, Index{1} << visible);
  for (Index s = 0; s < matrix.rows(); ++s) {
    for (Index g = 0; g < (Index{1} << hidden); ++g) {
      double given = 1;
      for (Index j = 0; j < hidden; ++j) {
        double a = rbm.hidden_bias(j);
        for (Index i = 0; i < visible; ++i) a += ((s >> i) & 1) ? rbm.weight(i, j) : 0;
        given *= bernoulli(beta * a, ((g >> j) & 1) != 0);
      }
      for (Index s2 = 0; s2 < matrix.rows(); ++s2) {
        double next = given;
        for (Index i = 0; i < visible; ++i) {
          double x = (1 - beta) * base[i] + beta * rbm.visible_bias(i);
          for (Index j = 0; j < hidden; ++j) x += ((g >> j) & 1) ? beta * rbm.weight(i, j) : 0;
          next *= bernoulli(x, ((s2 >> i) & 1) != 0);
        }
        matrix(s, s2) += next;
      }
    }
  }
  return matrix;
}

}  // namespace

// Sizes that fill groups of four, chunks of twelve and products of sixty, and that do not; one tile to several.
TEMPLATE_TEST_CASE("weights and slopes are those of the formula", "", float, double) {
  using S = TestType;
  const double tolerance = sizeof(S) == 4 ? 2e-4 : 1e-11;
  for (const auto [visible, hidden, tiles] : {std::array<Index, 3>{5, 3, 1}, {12, 61, 2}, {31, 8, 9}}) {
    CAPTURE(visible, hidden, tiles);
    const auto rbm = deterministic_rbm<S>(visible, hidden);
    const auto base = some_base(visible);
    const RbmPath<S> path(rbm, base);
    auto state = path.make_state(tiles);
    ebm::Workspace workspace;
    path.draw_base(state, {0, tiles}, ebm::Stream(1), workspace);
    const Index chains = tiles * ebm::kLanes<S>;
    for (const auto [from, to] : {std::array<double, 2>{0, 1}, {0.3, 0.31}, {1, 0.2}}) {
      std::vector<double> weights(static_cast<std::size_t>(chains), 0.5), slopes = weights, fused = weights;
      path.weigh(state, {0, tiles}, from, to, weights.data(), workspace);
      path.slopes(state, {0, tiles}, from, slopes.data(), workspace);
      auto moved = state, annealed = state;
      path.move(moved, {0, tiles}, to, ebm::Stream(2), 7, workspace);
      path.anneal(annealed, {0, tiles}, from, to, fused.data(), ebm::Stream(2), 7, workspace);
      CHECK(fused == weights);
      for (Index c = 0; c < chains; ++c) {
        const auto v = visible_of(path, state, c);
        const auto at = static_cast<std::size_t>(c);
        REQUIRE(visible_of(path, moved, c) == visible_of(path, annealed, c));
        REQUIRE(std::abs(weights[at] - 0.5 - (log_density(rbm, base, to, v) - log_density(rbm, base, from, v))) <
                tolerance);
        const double numerical =
            (log_density(rbm, base, from + 1e-5, v) - log_density(rbm, base, from - 1e-5, v)) / 2e-5;
        REQUIRE(std::abs(slopes[at] - numerical) < (sizeof(S) == 4 ? 1e-3 : 1e-6));
      }
    }
  }
}

TEST_CASE("the base is known") {
  const auto rbm = deterministic_rbm<double>(6, 4);
  const auto base = some_base(6);
  double sum = 0;
  for (Index s = 0; s < 64; ++s) sum += std::exp(log_density(rbm, base, 0, bits_of(s, 6)));
  CHECK(std::abs(RbmPath<double>(rbm, base).base_log_partition() - std::log(sum)) < 1e-12);
}

// From every state of four visible units, 8192 chains; by chance one of 256 scores exceeds 6.5 with a probability below
// 3e-8. The matrix leaves f_beta invariant, and that at another beta is told apart.
TEST_CASE("a move is the transition that leaves f_beta invariant") {
  auto rbm = deterministic_rbm<double>(4, 3);
  std::vector<double> stronger(rbm.parameters().begin(), rbm.parameters().end());
  for (double& parameter : stronger) parameter *= 2;
  rbm.set_parameters(stronger);
  const auto base = some_base(4);
  const RbmPath<double> path(rbm, base);
  constexpr Index tiles = 1024, chains = tiles * ebm::kLanes<double>;
  ebm::Workspace workspace;
  for (const double beta : {0.0, 0.4, 1.0}) {
    const Eigen::MatrixXd matrix = transition_matrix(rbm, base, beta), wrong = transition_matrix(rbm, base, beta + 0.2);
    Eigen::RowVectorXd law(16);
    for (Index s = 0; s < 16; ++s) law[s] = std::exp(log_density(rbm, base, beta, bits_of(s, 4)));
    double norm = 0;
    for (Index k = 0; k < 16; ++k) norm += law[k];
    for (Index k = 0; k < 16; ++k) {
      double arriving = 0;
      for (Index s = 0; s < 16; ++s) arriving += law[s] * matrix(s, k);
      CHECK(std::abs(arriving - law[k]) < 1e-12 * norm);
    }
    double score = 0, wrong_score = 0;
    for (Index s = 0; s < 16; ++s) {
      auto state = path.make_state(tiles);
      for (Index c = 0; c < chains; ++c)
        path.set_visible(state, c, [&](Index i) { return ((s >> i) & 1) != 0; });
      path.move(state, {0, tiles}, beta, ebm::Stream(static_cast<std::uint64_t>(s)), 3, workspace);
      Eigen::RowVectorXd counts = Eigen::RowVectorXd::Zero(16);
      for (Index c = 0; c < chains; ++c) ++counts[state_of(visible_of(path, state, c))];
      for (Index s2 = 0; s2 < 16; ++s2) {
        const auto z = [&](double p) {
          return std::abs(counts[s2] - chains * p) / std::sqrt(static_cast<double>(chains) * p * (1 - p));
        };
        score = std::max(score, z(matrix(s, s2))), wrong_score = std::max(wrong_score, z(wrong(s, s2)));
      }
    }
    CHECK(score < 6.5);
    CHECK(wrong_score > 6.5);
  }
}

TEST_CASE("noise belongs to the tile, whatever it is moved with") {
  const auto rbm = deterministic_rbm<float>(20, 30);
  const RbmPath<float> path(rbm);
  ebm::Workspace workspace;
  auto together = path.make_state(9), apart = together;
  std::vector<double> weights(9 * 16), split = weights;
  path.draw_base(together, {0, 9}, ebm::Stream(4), workspace);
  path.anneal(together, {0, 9}, 0.2, 0.5, weights.data(), ebm::Stream(5), 1, workspace);
  for (const TileRange range : {TileRange{4, 5}, TileRange{0, 1}, TileRange{1, 3}}) {
    path.draw_base(apart, range, ebm::Stream(4), workspace);
    path.anneal(apart, range, 0.2, 0.5, split.data(), ebm::Stream(5), 1, workspace);
  }
  CHECK(weights == split);
  for (Index c = 0; c < 9 * 16; ++c) REQUIRE(visible_of(path, together, c) == visible_of(path, apart, c));
  path.copy_chain(apart, 3, 140, together);
  CHECK(visible_of(path, apart, 140) == visible_of(path, together, 3));
}
