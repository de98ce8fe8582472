// expect: (satisfaction of .*|because .int. does not satisfy .)Executor
// What runs the chains says how many workers it has.
#include <ebm/energies/banana.hpp>
#include <ebm/samplers/mala.hpp>
#include <ebm/samplers/sample.hpp>

ebm::Rng rng;
auto draws = ebm::sample(ebm::Banana<float>(), ebm::Mala{}, {}, rng, 4);
