// Fashion-MNIST (Xiao, Rasul & Vollgraf 2017): 60 000 and 10 000 images of clothes, 28 x 28, in ten classes. This
// header needs zlib: link ebm::zlib.
//
// Debian's package dataset-fashion-mnist holds the files, as gzipped idx.
#pragma once

#include <ebm/datasets/images.hpp>
#include <ebm/io/idx.hpp>

namespace ebm {

// The directory of the files, if the package is unpacked under `root`, or installed.
inline std::optional<std::string> find_fashion_mnist(const std::string& root = "") {
  const std::string directory = "/usr/share/datasets/fashion-mnist", name = "/train-images-idx3-ubyte.gz";
  std::optional<std::string> found = find_file({root + directory + name, directory + name});
  if (found) found->resize(found->size() - name.size());
  return found;
}

// Images and labels of any data set in the form of MNIST's: two idx files of unsigned bytes, N x height x width and N.
inline LabelledImages read_idx_images(const std::string& images_path, const std::string& labels_path,
                                      Index classes = 10) {
  const auto images = read_idx<std::uint8_t>(images_path), labels = read_idx<std::uint8_t>(labels_path);
  if (images.sizes.size() != 3)
    throw Error(joined({images_path, ": ", count_text(static_cast<Index>(images.sizes.size())),
                        " dimensions, wanted 3: images, their rows and columns"}));
  if (labels.sizes.size() != 1)
    throw Error(
        joined({labels_path, ": ", count_text(static_cast<Index>(labels.sizes.size())), " dimensions, wanted 1"}));
  const Index count = images.sizes[0], height = images.sizes[1], width = images.sizes[2];
  if (labels.sizes[0] != count)
    throw Error(joined({labels_path, ": ", count_text(labels.sizes[0]), " labels, wanted one for each of the ",
                        count_text(count), " images"}));
  if (images.values.empty()) throw Error(joined({images_path, ": no pixels"}));
  using Rows = Eigen::Matrix<std::uint8_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  LabelledImages result{height, width, classes, Eigen::Map<const Rows>(images.values.data(), count, height * width),
                        Values<int>(count)};
  for (Index i = 0; i < count; ++i) {
    result.labels(i) = labels.values[static_cast<std::size_t>(i)];
    if (result.labels(i) >= classes)
      throw Error(joined({labels_path, ": label ", count_text(result.labels(i)), " of image ", count_text(i),
                          ", wanted less than ", count_text(classes)}));
  }
  return result;
}

inline ImageSets read_fashion_mnist(const std::string& directory) {
  return {read_idx_images(directory + "/train-images-idx3-ubyte.gz", directory + "/train-labels-idx1-ubyte.gz"),
          read_idx_images(directory + "/t10k-images-idx3-ubyte.gz", directory + "/t10k-labels-idx1-ubyte.gz")};
}

}  // namespace ebm
