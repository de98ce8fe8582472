#include <ebm/core/graph.hpp>

#include <ebm/core/rng.hpp>

#include "support/catch.hpp"

#include <set>

using namespace ebm;

namespace {

// Whether every node is in exactly one block, and no edge inside any.
bool is_colouring(const Graph& graph) {
  std::vector<Index> block_of(static_cast<std::size_t>(graph.nodes()), -1);
  Index counted = 0;
  for (Index k = 0; k < graph.blocks(); ++k) {
    for (const Index node : graph.block(k)) block_of[static_cast<std::size_t>(node)] = k, ++counted;
  }
  bool sound = counted == graph.nodes() && std::find(block_of.begin(), block_of.end(), -1) == block_of.end();
  for (Index e = 0; e < graph.edges(); ++e)
    sound &= block_of[static_cast<std::size_t>(graph.edge(e).a)] != block_of[static_cast<std::size_t>(graph.edge(e).b)];
  return sound;
}

// The block of every node by the rule itself, all nodes looked through for the next one.
std::vector<Index> blocks_by_rule(const Graph& graph) {
  std::vector<Index> block_of(static_cast<std::size_t>(graph.nodes()), -1);
  std::vector<std::set<Index>> seen(block_of.size());
  for (Index done = 0; done < graph.nodes(); ++done) {
    Index next = -1;
    const auto rank = [&](Index i) {
      return std::pair(seen[static_cast<std::size_t>(i)].size(), graph.neighbours(i).size());
    };
    for (Index i = 0; i < graph.nodes(); ++i) {
      if (block_of[static_cast<std::size_t>(i)] < 0 && (next < 0 || rank(i) > rank(next))) next = i;
    }
    Index colour = 0;
    while (seen[static_cast<std::size_t>(next)].count(colour) > 0) ++colour;
    block_of[static_cast<std::size_t>(next)] = colour;
    for (const auto neighbour : graph.neighbours(next)) seen[static_cast<std::size_t>(neighbour.node)].insert(colour);
  }
  return block_of;
}
std::vector<Index> blocks_of(const Graph& graph) {
  std::vector<Index> block_of(static_cast<std::size_t>(graph.nodes()), -1);
  for (Index k = 0; k < graph.blocks(); ++k) {
    for (const Index node : graph.block(k)) block_of[static_cast<std::size_t>(node)] = k;
  }
  return block_of;
}

}  // namespace

TEST_CASE("Lattices have the edges that they should have") {
  CHECK(torus(4, 6).edges() == 48);
  CHECK(grid(4, 6).edges() == 4 * 5 + 3 * 6);
  CHECK(grid(1, 7).edges() == 6);
  CHECK(ring(5).edges() == 5);
  CHECK(complete(6).edges() == 15);
  CHECK(complete(6).edge(5) == Edge{1, 2});
  const Graph graph = torus(3, 5);
  for (Index i = 0; i < graph.nodes(); ++i) {
    REQUIRE(graph.neighbours(i).size() == 4);
    for (const auto [node, edge] : graph.neighbours(i)) {
      const Edge ends = graph.edge(edge);
      CHECK(((ends.a == i && ends.b == node) || (ends.b == i && ends.a == node)));
    }
  }
}

TEST_CASE("Blocks never touch, and are as few as a lattice allows") {
  for (Index rows = 3; rows <= 12; ++rows) {
    for (Index columns = 3; columns <= 12; ++columns) {
      const Graph graph = torus(rows, columns);
      CAPTURE(rows, columns);
      CHECK(is_colouring(graph));
      CHECK(graph.blocks() == (rows % 2 == 0 && columns % 2 == 0 ? 2 : 3));
      CHECK(grid(rows, columns).blocks() == 2);
    }
  }
  CHECK(complete(70).blocks() == 70);
  CHECK(is_colouring(complete(70)));
  CHECK(ring(7).blocks() == 3);
  CHECK(ring(8).blocks() == 2);
  CHECK(Graph(5, {}).blocks() == 1);
  CHECK(torus(101, 33).blocks() == 3);
}

// Random graphs, alone and next to a clique of 150, where nodes of few neighbours meet colours far above their number,
// some of them twice.
TEST_CASE("Blocks are those of the rule, whatever the degrees") {
  const Stream stream(5);
  std::uint64_t n = 0;
  for (const Index clique : {0, 150}) {
    for (const double share : {0.02, 0.1, 0.5}) {
      std::vector<Edge> edges;
      const Index nodes = clique + 90;
      for (Index a = 0; a < nodes; ++a) {
        for (Index b = a + 1; b < nodes; ++b) {
          if (b < clique || stream.uniform(0, n++) < share) edges.push_back({a, b});
        }
      }
      const Graph graph(nodes, edges);
      CAPTURE(clique, share);
      CHECK(graph.blocks() >= clique);
      CHECK(blocks_of(graph) == blocks_by_rule(graph));
    }
  }
}

// Sets of colours as large as the largest degree for every node would take 125 GB.
TEST_CASE("A star takes no more room than its edges") {
  std::vector<Edge> edges;
  for (Index i = 1; i < 1'000'000; ++i) edges.push_back({0, i});
  const Graph star(1'000'000, std::move(edges));
  CHECK(star.blocks() == 2);
  CHECK(star.block(0).size() == 1);
}

TEST_CASE("Graphs that are none are refused") {
  using Catch::Matchers::ContainsSubstring;
  CHECK_THROWS_WITH(torus(2, 4), ContainsSubstring("rows: 2, wanted at least 3"));
  CHECK_THROWS_WITH(Graph(3, {{0, 3}}), ContainsSubstring("edges: node: 3, wanted 0 to nodes - 1"));
  CHECK_THROWS_WITH(Graph(3, {{1, 1}}), ContainsSubstring("another node"));
  CHECK_THROWS_WITH(Graph(3, {{0, 1}, {1, 2}, {1, 0}}), ContainsSubstring("every edge once"));
  CHECK_THROWS_WITH(Graph(0, {}), ContainsSubstring("nodes: 0"));
}
