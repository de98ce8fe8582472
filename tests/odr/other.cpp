#include <ebm/ebm.hpp>

ebm::Tile<float, 2> tile_of_another_unit();

ebm::Tile<float, 2> tile_of_another_unit() {
  ebm::Tile<float, 2> tile;
  tile.setConstant(1.5f);
  return tile;
}
