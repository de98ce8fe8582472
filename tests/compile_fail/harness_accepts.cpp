// expect-success
// The harness calls the compiler as the library needs it: a program without a mistake compiles.
#include <ebm/ebm.hpp>

ebm::Tile<float, 2> tile();
