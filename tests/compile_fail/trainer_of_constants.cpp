// expect: must be a TrainableEnergy
// An energy without parameters is not trained.
#include <ebm/energies/banana.hpp>
#include <ebm/objectives/contrastive_divergence.hpp>
#include <ebm/training/adam.hpp>
#include <ebm/training/trainer.hpp>

ebm::Trainer trainer{ebm::Banana<float>{}, ebm::ContrastiveDivergence{}, ebm::Adam{}};
