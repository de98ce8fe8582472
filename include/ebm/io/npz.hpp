// Archives of arrays in NumPy's .npz format: a zip archive of one .npy file each. This header needs zlib: link
// ebm::zlib.
//
//   numpy.savez("model.npz", **{name: tensor.numpy() for name, tensor in model.state_dict().items()})     there
//   ebm::load_pytorch(network, ebm::read_npz("model.npz"));                                               here
//
// Reading takes what numpy.savez and numpy.savez_compressed write of float32, float64 and int64, in either order of
// storage, and refuses everything else; what it allocates is bounded as io/zip.hpp says.
#pragma once

#include <ebm/io/npy.hpp>
#include <ebm/io/zip.hpp>

namespace ebm {

// The arrays in the content of a file, by name; errors call it by `path`.
[[gnu::noinline]] inline Tensors parse_npz(std::string_view content, const std::string& path) {
  std::vector<Tensor> tensors;
  for (const auto& [name, bytes] : parse_zip(content, path)) {
    if (!name.ends_with(".npy")) throw Error(joined({path, ": member \"", name, "\" is no .npy file"}));
    const detail::NpyArray array = detail::parse_npy(bytes, joined({path, ": member \"", name, "\""}));
    const std::size_t size = bytes_of(array.type);
    Tensor tensor{name.substr(0, name.size() - 4), array.type, array.header.shape, std::string(array.numbers)};
    if (array.header.fortran_order) {
      array.for_each_number([&](std::size_t index, std::size_t place) {
        array.numbers.copy(tensor.bytes.data() + index * size, size, place * size);
      });
    }
    tensors.push_back(std::move(tensor));
  }
  return Tensors(std::move(tensors), path);
}

[[gnu::noinline]] inline Tensors read_npz(const std::string& path) { return parse_npz(read_file(path), path); }

// The content of an archive, as numpy.savez would write it.
[[gnu::noinline]] inline std::string format_npz(const Tensors& tensors) {
  std::vector<ZipMember> members;
  for (const Tensor& tensor : tensors.list()) {
    std::string shape;
    for (const Index side : tensor.shape) shape += count_text(side) + ",";
    const char* type = tensor.type == NumberType::f32 ? "<f4" : tensor.type == NumberType::f64 ? "<f8" : "<i8";
    members.push_back({tensor.name + ".npy", detail::npy_head(type, false, shape) + tensor.bytes});
  }
  return format_zip(members);
}

[[gnu::noinline]] inline void write_npz(const std::string& path, const Tensors& tensors) {
  replace_file(path, format_npz(tensors));
}

}  // namespace ebm
