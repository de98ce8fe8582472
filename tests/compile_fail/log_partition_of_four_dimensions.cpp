// expect: (satisfaction of .*|does not satisfy .)LowDimensionalEnergy
// Quadrature ends at three dimensions.
#include <ebm/energies/double_well.hpp>
#include <ebm/partition/log_partition.hpp>

auto log_z = ebm::log_partition(ebm::DoubleWell<float, 4>());
