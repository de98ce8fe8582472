// expect: (satisfaction of .*|does not satisfy .)TrainableEnergy
// An energy without parameters is not trained.
#include <ebm/energies/banana.hpp>
#include <ebm/objectives/contrastive_divergence.hpp>
#include <ebm/training/adam.hpp>
#include <ebm/training/trainer.hpp>

ebm::Trainer<ebm::Banana<float>, ebm::ContrastiveDivergence<>, ebm::Adam> trainer;
