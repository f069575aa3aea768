// SPDX-License-Identifier: LGPL-2.1-or-later
// Feeds a fuzz target every file of the folders that are named, and the beginnings of each: what
// was found once is not lost, and no input may depend on where it is cut off.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "fuzz/fuzz.hpp"

namespace {

constexpr std::size_t kBeginnings = 256;  // of each file, evenly

void feed(const std::string& bytes, std::size_t size) {
  // A copy of its own, so that a sanitizer sees a read beyond the end.
  const std::string part = bytes.substr(0, size);
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(part.data()),
                         part.size());  // NOLINT
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t files = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(file), {}};
      std::cout << entry.path().filename().string() << ", " << bytes.size() << " bytes"
                << std::endl;
      const std::size_t step = bytes.size() / kBeginnings + 1;
      for (std::size_t size = 0; size < bytes.size(); size += step) feed(bytes, size);
      feed(bytes, bytes.size());
      ++files;
    }
  }
  if (files > 0) return 0;
  std::cerr << "There is nothing in the corpus.\n";
  return 1;
}
