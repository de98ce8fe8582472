// What a training is asked to do, and what it answers.
#pragma once

#include <ebm/concepts/objective.hpp>
#include <ebm/core/function_ref.hpp>
#include <ebm/training/schedule.hpp>

#include <optional>
#include <string>

namespace ebm {

// One iteration, as a callback sees it.
struct TrainingReport {
  Index iteration = 0, iterations = 0;
  BatchReport batch;
  double energy_gap = 0;  // E(data) - E(samples), smoothed; near 0 while samples follow the model, NaN where are none
  double gradient_norm = 0;
  double learning_rate = 0;

  void transfer(Archive& archive) {
    archive("iteration", iteration), archive("iterations", iterations), archive("batch", batch);
    archive("energy_gap", energy_gap), archive("gradient_norm", gradient_norm), archive("learning_rate", learning_rate);
  }
};

struct FitOptions {
  Index iterations = 12000;
  double epochs = 0;  // where not 0, sets the iterations
  Index batch_size = 256;
  Schedule schedule = {};
  double averaging = 0.999;  // weight of the past in the average of the parameters; 0 for the last parameters
  bool progress = false;
  // The frame of an energy that wants one: coordinates of mean 0 and covariance I, and a Gaussian anchor in them. Any
  // other energy is trained in the data's own units, whatever `standardise` says, and an anchor_variance is refused.
  bool standardise = true;
  std::optional<double> anchor_variance = {};  // left out, 4 up to three dimensions and 1 beyond; infinite for none
  Index recoveries = 5;                        // how often the guard may act before fit gives up
  // After each iteration, returns whether to go on. Refers to the callable: write it, or its name, in the call of fit.
  FunctionRef<bool(const TrainingReport&)> on_iteration = {};

  void check() const {
    require(iterations >= 1, "iterations", static_cast<double>(iterations), "at least 1");
    require(epochs >= 0 && epochs <= 1e9, "epochs", epochs, "0 to 1e9");
    require(batch_size >= 1, "batch_size", static_cast<double>(batch_size), "at least 1");
    require(averaging >= 0 && averaging < 1, "averaging", averaging, "0 to less than 1");
    require(!anchor_variance || *anchor_variance > 0, "anchor_variance", anchor_variance.value_or(1), "more than 0");
    require(recoveries >= 0, "recoveries", static_cast<double>(recoveries), "at least 0");
    schedule.check();
  }
};

// recovered: the guard had to act, and the result comes from a restored state. interrupted: the callback or a signal
// stopped it.
enum class TrainingStatus { healthy, recovered, interrupted };

inline const char* to_text(TrainingStatus status) {
  return status == TrainingStatus::healthy     ? "healthy"
         : status == TrainingStatus::recovered ? "recovered"
                                               : "interrupted";
}

struct FitResult {
  TrainingStatus status = TrainingStatus::healthy;
  Index iterations = 0;
  Index recoveries = 0;
  std::string events;  // what the guard did, a line each
  double seconds = 0;
  double temperature = 1;  // T of the model exp(-E / T) / Z that was trained: the kernel's
  TrainingReport last;

  void transfer(Archive& archive) {
    archive("iterations", iterations), archive("recoveries", recoveries), archive("events", events);
    archive("seconds", seconds), archive("last", last);
    if (archive.reading()) status = recoveries > 0 ? TrainingStatus::recovered : TrainingStatus::healthy;
  }
};

}  // namespace ebm
