// Graph: nodes, edges, the neighbours of each node, and blocks of nodes that do not touch.
//
//   torus(rows, columns), grid(rows, columns), ring(nodes), complete(nodes), or Graph(nodes, edges) of one's own
//
// Blocks are a colouring: nodes of one block have no edge between them, so they can be drawn at once given the others
// (chromatic Gibbs sampling). They are found by always colouring next the node whose neighbours have most colours
// (Brelaz 1979), which needs two colours wherever two are enough, as on even tori; odd ones need three.
#pragma once

#include <ebm/core/errors.hpp>
#include <ebm/core/shapes.hpp>
#include <ebm/core/tensors.hpp>

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace ebm {

struct Edge {
  Index a, b;

  bool operator==(const Edge&) const = default;
};

class Graph {
 public:
  struct Neighbour {
    std::int32_t node, edge;
  };

  // No edge may occur twice, or lead from a node to itself.
  Graph(Index nodes, std::vector<Edge> edges) : nodes_(nodes), edges_(std::move(edges)) {
    require(nodes >= 1 && nodes < kMost, "nodes", static_cast<double>(nodes), "1 to 2^31 - 2");
    require(this->edges() < kMost, "edges", static_cast<double>(this->edges()), "fewer than 2^31 - 1");
    collect_neighbours();
    colour();
  }

  Index nodes() const { return nodes_; }
  Index edges() const { return static_cast<Index>(edges_.size()); }
  const Edge& edge(Index k) const { return edges_[static_cast<std::size_t>(k)]; }
  // In ascending order of the nodes.
  std::span<const Neighbour> neighbours(Index node) const {
    return std::span(neighbours_).subspan(first_neighbour(node), first_neighbour(node + 1) - first_neighbour(node));
  }
  // Where they stand in the list of all neighbours of all nodes.
  std::size_t first_neighbour(Index node) const { return first_[static_cast<std::size_t>(node)]; }

  Index blocks() const { return static_cast<Index>(first_of_block_.size()) - 1; }
  std::span<const Index> block(Index k) const {
    const std::size_t at = static_cast<std::size_t>(k);
    return std::span(by_block_).subspan(first_of_block_[at], first_of_block_[at + 1] - first_of_block_[at]);
  }
  // All nodes, block after block.
  std::span<const Index> by_block() const { return by_block_; }

  // As the tensor edges; how many nodes there are is told by the fields that an energy has of them.
  void add_to(Tensors& tensors) const {
    std::vector<std::int64_t> ends;
    for (const auto& [a, b] : edges_) ends.push_back(a), ends.push_back(b);
    tensors.add<std::int64_t>("edges", {edges(), 2}, ends);
  }
  static Graph from(const Tensors& tensors, Index nodes) {
    const Index count = tensors.at("edges").shape.empty() ? 0 : tensors.at("edges").shape[0];
    const auto ends = tensors.numbers<std::int64_t>("edges", {count, 2});
    std::vector<Edge> edges;
    for (std::size_t k = 0; k < ends.size(); k += 2) edges.push_back({ends[k], ends[k + 1]});
    return Graph(nodes, std::move(edges));
  }

 private:
  static constexpr Index kMost = (Index{1} << 31) - 1;

  void collect_neighbours() {
    first_.resize(static_cast<std::size_t>(nodes_) + 1);
    for (const auto& [a, b] : edges_) {
      for (const Index node : {a, b})
        require(node >= 0 && node < nodes_, "edges: node", static_cast<double>(node), "0 to nodes - 1");
      require(a != b, "edges: node", static_cast<double>(a), "another node than the other end");
      ++first_[static_cast<std::size_t>(a) + 1], ++first_[static_cast<std::size_t>(b) + 1];
    }
    for (std::size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
    neighbours_.resize(2 * edges_.size());
    std::vector<std::size_t> next = first_;
    for (std::size_t k = 0; k < edges_.size(); ++k) {
      const auto [a, b] = edges_[k];
      neighbours_[next[static_cast<std::size_t>(a)]++] = {static_cast<std::int32_t>(b), static_cast<std::int32_t>(k)};
      neighbours_[next[static_cast<std::size_t>(b)]++] = {static_cast<std::int32_t>(a), static_cast<std::int32_t>(k)};
    }
    for (Index i = 0; i < nodes_; ++i) {
      const auto from = neighbours_.begin() + static_cast<Index>(first_neighbour(i));
      const auto to = neighbours_.begin() + static_cast<Index>(first_neighbour(i + 1));
      std::sort(from, to, [](Neighbour p, Neighbour q) { return p.node < q.node; });
      const auto twice = std::adjacent_find(from, to, [](Neighbour p, Neighbour q) { return p.node == q.node; });
      require(twice == to, "edges: node", static_cast<double>(i), "every edge once");
    }
  }

  // Nodes wait in a heap by (colours among the neighbours, neighbours); entries that are out of date are passed over.
  // No node takes a colour above its number of neighbours, so its set of those that they have ends there; whether a
  // higher one is new to it, its few neighbours tell.
  void colour() {
    struct Waiting {
      Index colours, degree, node;
      bool operator<(const Waiting& other) const {
        if (colours != other.colours) return colours < other.colours;
        return degree != other.degree ? degree < other.degree : node > other.node;
      }
    };
    const std::size_t nodes = static_cast<std::size_t>(nodes_);
    std::vector<std::size_t> first_word{0};  // of each node's set of colours
    for (Index i = 0; i < nodes_; ++i) first_word.push_back(first_word.back() + neighbours(i).size() / 64 + 1);
    std::vector<std::uint64_t> seen(first_word.back());
    std::vector<Index> colours(nodes), colour_of(nodes, -1);
    // Whether a neighbour's colour is the first of its kind that the node meets.
    const auto meets = [&](std::size_t node, std::size_t colour, Index from) {
      if (first_word[node] + colour / 64 < first_word[node + 1]) {
        std::uint64_t& word = seen[first_word[node] + colour / 64];
        const bool known = word >> (colour % 64) & 1;
        word |= std::uint64_t{1} << (colour % 64);
        return !known;
      }
      const auto others = neighbours(static_cast<Index>(node));
      return std::none_of(others.begin(), others.end(), [&](Neighbour other) {
        return other.node != from && colour_of[static_cast<std::size_t>(other.node)] == static_cast<Index>(colour);
      });
    };
    std::vector<Waiting> heap;
    for (Index i = 0; i < nodes_; ++i) heap.push_back({0, static_cast<Index>(neighbours(i).size()), i});
    std::make_heap(heap.begin(), heap.end());
    std::vector<std::size_t> count;
    while (!heap.empty()) {
      std::pop_heap(heap.begin(), heap.end());
      const Waiting next = heap.back();
      heap.pop_back();
      const std::size_t node = static_cast<std::size_t>(next.node);
      if (colour_of[node] >= 0 || next.colours != colours[node]) continue;
      std::size_t colour = 0;
      while (seen[first_word[node] + colour / 64] >> (colour % 64) & 1) ++colour;
      colour_of[node] = static_cast<Index>(colour);
      count.resize(std::max(count.size(), colour + 1));
      ++count[colour];
      for (const Neighbour neighbour : neighbours(next.node)) {
        const std::size_t other = static_cast<std::size_t>(neighbour.node);
        if (colour_of[other] >= 0 || !meets(other, colour, next.node)) continue;
        heap.push_back({++colours[other], static_cast<Index>(neighbours(neighbour.node).size()), neighbour.node});
        std::push_heap(heap.begin(), heap.end());
      }
    }
    first_of_block_.assign(1, 0);
    for (const std::size_t size : count) first_of_block_.push_back(first_of_block_.back() + size);
    std::vector<std::size_t> place(first_of_block_);
    by_block_.resize(nodes);
    for (Index i = 0; i < nodes_; ++i)
      by_block_[place[static_cast<std::size_t>(colour_of[static_cast<std::size_t>(i)])]++] = i;
  }

  Index nodes_;
  std::vector<Edge> edges_;
  std::vector<std::size_t> first_, first_of_block_;
  std::vector<Neighbour> neighbours_;
  std::vector<Index> by_block_;
};

namespace detail {

// Rows of sites, site (r, c) is node r * columns + c; each with its right and its lower neighbour.
inline Graph lattice(Index rows, Index columns, bool periodic) {
  std::vector<Edge> edges;
  for (Index r = 0; r < rows; ++r) {
    for (Index c = 0; c < columns; ++c) {
      const Index site = r * columns + c;
      if (periodic || c + 1 < columns) edges.push_back({site, r * columns + (c + 1) % columns});
      if (periodic || r + 1 < rows) edges.push_back({site, (r + 1) % rows * columns + c});
    }
  }
  return {rows * columns, std::move(edges)};
}

}  // namespace detail

// The square lattice whose opposite sides are joined; node r * columns + c.
inline Graph torus(Index rows, Index columns) {
  require(rows >= 3, "rows", static_cast<double>(rows), "at least 3, or edges would occur twice");
  require(columns >= 3, "columns", static_cast<double>(columns), "at least 3, or edges would occur twice");
  return detail::lattice(rows, columns, true);
}

// The square lattice with free sides.
inline Graph grid(Index rows, Index columns) {
  require(rows >= 1, "rows", static_cast<double>(rows), "at least 1");
  require(columns >= 1, "columns", static_cast<double>(columns), "at least 1");
  return detail::lattice(rows, columns, false);
}

inline Graph ring(Index nodes) {
  require(nodes >= 3, "nodes", static_cast<double>(nodes), "at least 3");
  std::vector<Edge> edges;
  for (Index i = 0; i < nodes; ++i) edges.push_back({i, (i + 1) % nodes});
  return {nodes, std::move(edges)};
}

// Every pair of nodes; edges in the order (0, 1), (0, 2), ..., (1, 2), ...
inline Graph complete(Index nodes) {
  std::vector<Edge> edges;
  for (Index i = 0; i < nodes; ++i) {
    for (Index j = i + 1; j < nodes; ++j) edges.push_back({i, j});
  }
  return {nodes, std::move(edges)};
}

}  // namespace ebm
