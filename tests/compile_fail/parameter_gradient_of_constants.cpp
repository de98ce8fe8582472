// expect: TrainableEnergy
// An energy without parameters has no gradient in them.
#include <ebm/energies/banana.hpp>
#include <ebm/energies/check_gradient.hpp>

auto check = ebm::check_parameter_gradient(ebm::Banana<float>(), ebm::Points<float, 2>(3, 2), ebm::Values<float>(3));
