// A program of somebody who uses the library.
#include <ebm/ebm.hpp>
#include <iostream>

int main() {
  using Tile = ebm::Tile<float, 2>;
  std::cout << "A tile has " << sizeof(Tile) << " bytes, aligned to " << alignof(Tile) << '\n';
  return alignof(Tile) == 64 ? 0 : 1;
}
