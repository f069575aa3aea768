// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/tegra.hpp"

#include <sys/stat.h>

namespace webrtcserver {

namespace {

// JetPack 6 and later; JetPack 5 and earlier. The former is the null device where the encoder
// works, too: NVIDIA's udev rules make it with "mknod … c 1 3" when the driver binds, and a library
// answers in the device's place. On a Thor nothing is behind it, which the element finds when it
// opens.
constexpr const char* kNodes[] = {"/dev/v4l2-nvenc", "/dev/nvhost-msenc"};

bool exists(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0;
}

}  // namespace

std::string why_no_tegra_encoder() {
  return why_no_tegra_encoder("");
}

std::string why_no_tegra_encoder(const std::string& root) {
  if (!exists(root + "/etc/nv_tegra_release") && !exists(root + "/dev/nvmap")) return "";
  for (const char* node : kNodes) {
    if (exists(root + node)) return "";
  }
  return "this Jetson has no video encoder (no /dev/v4l2-nvenc, no /dev/nvhost-msenc)";
}

}  // namespace webrtcserver
