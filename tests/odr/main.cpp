#include <ebm/ebm.hpp>

ebm::Tile<float, 2> tile_of_another_unit();

int main() {
  const ebm::Tile<float, 2> tile = tile_of_another_unit();
  return tile.rows() == 16 && (tile == 1.5f).all() ? 0 : 1;
}
