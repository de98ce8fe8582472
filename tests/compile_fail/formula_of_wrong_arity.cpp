// expect: FormulaOf
// A formula of two coordinates takes two.
#include <ebm/energies/formula.hpp>

auto energy = ebm::formula<2>([](auto x, auto y, auto z) { return x * y * z; });
