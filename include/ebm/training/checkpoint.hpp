// Checkpoint: a training in a file, from which it goes on with the same bits.
//
//   trainer.fit(points, {.iterations = 100'000}, rng, ebm::Checkpoint{.path = "moons.checkpoint"});
//
// The same call goes on from the file where there is one, also when the program was killed: parameters, their average,
// the optimizer, the chains, the minibatches and the guard are as they were. A training that had ended is not done
// again; remove the file to train anew. A file of another training (other data, labels, start, generator, iterations or
// batch size) is refused. What else the options and the objective say is taken as it is now.
#pragma once

#include <ebm/core/archive.hpp>
#include <ebm/core/stop_signals.hpp>
#include <ebm/io/safetensors.hpp>
#include <ebm/training/fit_options.hpp>

namespace ebm {

namespace detail {
class CheckpointKeeper;
}

struct Checkpoint {
  using Keeper = detail::CheckpointKeeper;

  std::string path;
  Index every = 1000;       // iterations; at the end, and where on_iteration stops the training, in any case
  bool on_signals = false;  // whether SIGINT and SIGTERM stop the training; a second one ends the program

  void check() const {
    if (path.empty()) throw ValueError("checkpoint.path: empty, wanted that of a file");
    require(every >= 1, "checkpoint.every", static_cast<double>(every), "at least 1");
  }
};

namespace detail {

// What a training must have in common with one that it goes on from.
struct TrainingMarks {
  std::int64_t data, labels, start;  // checksums
  std::int64_t rows, iterations, batch_size, seed, streams;

  void transfer(Archive& archive) {
    require_same(archive, "rows", rows, "number of points");
    require_same(archive, "data", data, "data");
    require_same(archive, "labels", labels, "labels");
    require_same(archive, "start", start, "start: its parameters were others");
    require_same(archive, "iterations", iterations, "number of iterations");
    require_same(archive, "batch_size", batch_size, "batch size");
    require_same(archive, "seed", seed, "seed");
    require_same(archive, "streams", streams, "generator: it had given another number of streams");
  }

  // Tells data apart, not adversaries.
  static std::int64_t checksum(const void* data, std::size_t bytes) {
    std::uint64_t sum = 0x9E3779B97F4A7C15u ^ bytes;
    for (std::size_t at = 0; at < bytes; at += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, static_cast<const char*>(data) + at, std::min<std::size_t>(8, bytes - at));
      sum = (sum ^ word) * 0xD6E8FEB86659FD93u;
      sum ^= sum >> 32;
    }
    return static_cast<std::int64_t>(sum);
  }

 private:
  static void require_same(Archive& archive, const char* name, std::int64_t own, const char* what) {
    std::int64_t kept = own;
    archive(name, kept);
    if (kept == own) return;
    throw Error(joined({archive.tensors().source(), ": the checkpoint of a training with another ", what}));
  }
};

class CheckpointKeeper {
 public:
  explicit CheckpointKeeper(const Checkpoint& checkpoint)
      : checkpoint_((checkpoint.check(), checkpoint)), signals_(checkpoint.on_signals) {}

  // Goes on from the file, if there is one.
  template <class Run>
  void resume(Run& run, FitResult& result) {
    marks_ = run.template marks<TrainingMarks>();
    if (access(checkpoint_.path.c_str(), F_OK) != 0) {
      if (errno != ENOENT) throw_file_error(checkpoint_.path, "cannot be reached");
      require_writable_directory();
      return;
    }
    Archive archive(read_safetensors(checkpoint_.path));
    transfer(archive, run, result);
  }

  // Writes the file where it is due.
  template <class Run>
  void keep(Run& run, FitResult& result) {
    if (signals_.arrived()) result.status = TrainingStatus::interrupted;
    const bool last = result.iterations == run.iterations() || result.status == TrainingStatus::interrupted;
    if ((!last && result.iterations % checkpoint_.every != 0) || !run.can_be_kept()) return;
    Archive archive;
    transfer(archive, run, result);
    write_safetensors(checkpoint_.path, archive.tensors());
  }

 private:
  // What could not be written after many iterations is refused before the first.
  void require_writable_directory() const {
    const std::size_t slash = checkpoint_.path.rfind('/');
    const std::string directory = slash == std::string::npos ? "." : checkpoint_.path.substr(0, slash + 1);
    if (access(directory.c_str(), W_OK) != 0) throw_file_error(checkpoint_.path, "its directory cannot be written to");
  }

  template <class Run>
  void transfer(Archive& archive, Run& run, FitResult& result) {
    archive("marks", marks_), archive("result", result);
    require(result.iterations >= 0 && result.iterations <= run.iterations(), "checkpoint: result.iterations",
            static_cast<double>(result.iterations), "0 to the training's iterations");
    archive("training", run);
  }

  Checkpoint checkpoint_;
  StopSignals signals_;
  TrainingMarks marks_ = {};
};

}  // namespace detail
}  // namespace ebm
