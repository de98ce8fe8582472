// expect: FormulaOf
// A formula returns what its arithmetic makes of the coordinates.
#include <ebm/energies/formula.hpp>

auto energy = ebm::formula<2>([](auto x, auto y) { x* y; });
